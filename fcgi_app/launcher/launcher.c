/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's parent.  It waits in ppoll for children, signals and the clock;
 * what it logs about them is oslo.service's, word for word, so that an
 * operator's log watchers go on working.
 */
#include "config.h"

#include "fcgi_app/launcher/launcher.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/launcher/handover.h"
#include "fcgi_app/launcher/notify.h"
#include "fcgi_app/launcher/report.h"
#include "fcgi_app/launcher/scoreboard.h"
#include "fcgi_app/launcher/service.h"
#include "fcgi_app/launcher/settings.h"
#include "fcgi_app/launcher/signals.h"
#include "fcgi_app/launcher/throttle.h"
#include "fcgi_app/launcher/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

LOG_MODULE("oslo_service.service");

enum {
    TICK_MS = 1000,      /* between two looks at requests that take too long */
    START_TICK_MS = 5,   /* until the first workers serve */
    FIRST_ALONE_MS = 250 /* how long the others wait for a service's first worker */
};

/* A service and what the launcher knows of its workers. */
struct group {
    struct service *service;
    struct throttle throttle;
    int running;
    int planned;          /* workers that left as they should and whose place is free: no reason to slow down */
    uint64_t alone_until; /* the first worker starts alone, so that the service answers soonest; 0: it has started */
};

struct child {
    pid_t pid;
    struct group *group;
    struct scoreslot *slot;
    bool killed; /* over request_timeout */
};

struct launcher {
    const void *mem;
    struct conf *conf;
    const struct launcher_settings *settings;
    const struct report *report;
    launcher_worker_open *worker_open;
    void *worker_open_arg;
    char **argv;
    const char *program; /* what to start at SIGUSR1: the file this process was started from */
    struct scoreboard *board;
    int pipe[2]; /* its end of file tells the workers that the parent is gone */
    struct group *groups[4];
    size_t group_count;
    struct child *children;
    size_t child_count, child_size;
    bool running;
    int sigcaught;
    struct notify notify;
    uint64_t watchdog_next;
    struct report_trigger trigger;
    pid_t successor;     /* the pool that is to take over; 0: none */
    int successor_ready; /* its word that it serves; -1: none */
    bool handed_over;
    int predecessor; /* pipe to the older pool that waits for our word; -1: none */
};

static const int parent_signals[] = { SIGTERM, SIGHUP, SIGINT, SIGALRM, SIGCHLD, SIGUSR1, SIGUSR2, 0 };

static void wait_for_something(struct launcher *launcher, int milliseconds);

bool launcher_is_daemon(void)
{
    pid_t front = tcgetpgrp(STDOUT_FILENO);

    return front < 0 || front != getpgrp();
}

struct fault *launcher_open(const void *mem, struct conf *conf, const struct launcher_settings *settings,
                            const struct report *report, launcher_worker_open *worker_open, void *worker_open_arg,
                            char **argv, uint32_t slots, struct launcher **launcher)
{
    struct launcher *made = mem_new(mem, struct launcher);
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

    *made = (struct launcher){
        .mem = mem,
        .conf = conf,
        .settings = settings,
        .report = report,
        .worker_open = worker_open,
        .worker_open_arg = worker_open_arg,
        .argv = argv,
        .running = true,
        .successor_ready = -1,
        .predecessor = handover_taken(),
    };
    made->program = length > 0 ? mem_strndup(mem, path, (size_t)length) : argv[0];
    made->board = scoreboard_open(slots);
    if (!made->board || pipe2(made->pipe, O_CLOEXEC))
        return fault_new(mem, Internal, mem_printf(mem, "the pool cannot be set up: %s", strerror(errno)));
    notify_open(&made->notify);
    signals_take(parent_signals);
    report_trigger_open(&made->trigger, settings->report_trigger, settings->report_interval);
    *launcher = made;
    return NULL;
}

bool launcher_takes_over(const struct launcher *launcher)
{
    return launcher->predecessor >= 0;
}

/* ---- children ---- */

/* Not all workers of a pool leave at once: up to a tenth more requests each. */
static int64_t jittered(int64_t max_requests)
{
    uint64_t chance = 0;

    if (max_requests < 10 || getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
        return max_requests;
    return max_requests + (int64_t)(chance % (uint64_t)(max_requests / 10 + 1));
}

static void child_run(struct launcher *launcher, struct group *group, struct scoreslot *slot)
{
    const void *mem = mem_context(NULL, "worker");
    struct worker *worker = mem_new(mem, struct worker);
    struct worker_task task = {
        .service = group->service,
        .settings = launcher->settings,
        .worker = worker,
        .report = launcher->report,
        .parent_pipe = launcher->pipe[0],
        .max_requests = jittered(launcher->settings->max_requests),
        .open = launcher->worker_open,
        .open_arg = launcher->worker_open_arg,
    };

    close(launcher->pipe[1]);
    if (launcher->successor_ready >= 0)
        close(launcher->successor_ready);
    if (launcher->predecessor >= 0)
        close(launcher->predecessor);
    worker->mem = mem;
    worker->conf = launcher->conf;
    worker->slot = slot;
    _exit(worker_run(&task));
}

/* Sleeps a second, or until told to stop. */
static void sleep_a_second(struct launcher *launcher)
{
    uint64_t until = clock_monotonic_usec() + 1000000, now;

    while (launcher->running && (now = clock_monotonic_usec()) < until)
        wait_for_something(launcher, (int)((until - now) / 1000 + 1));
}

static void start_child(struct launcher *launcher, struct group *group)
{
    struct scoreslot *slot;
    pid_t pid;

    if (group->planned) {
        group->planned--;
    } else {
        if (throttle_check(&group->throttle, clock_monotonic_usec(), group->service->workers)) {
            log_info("Forking too fast, sleeping");
            sleep_a_second(launcher);
            if (!launcher->running)
                return;
        }
        throttle_record(&group->throttle, clock_monotonic_usec());
    }
    slot = scoreboard_take(launcher->board, group->service->name);
    pid = slot ? fork() : -1;
    if (!pid)
        child_run(launcher, group, slot);
    if (pid < 0) {
        log_error("Cannot fork a worker: %s", strerror(errno));
        if (slot)
            scoreboard_release(launcher->board, slot);
        sleep_a_second(launcher);
        return;
    }
    log_debug("Started child %d", (int)pid);
    slot->pid = (int32_t)pid; /* it says so itself too, but may be long in coming to it */
    launcher->board->forks++;
    if (launcher->child_count == launcher->child_size) {
        launcher->child_size += 16;
        launcher->children = mem_grow(launcher->mem, launcher->children, struct child, launcher->child_size);
    }
    launcher->children[launcher->child_count++] = (struct child){ .pid = pid, .group = group, .slot = slot };
    group->running++;
}

static void fill(struct launcher *launcher, struct group *group)
{
    while (launcher->running && group->running < (group->alone_until ? 1 : group->service->workers))
        start_child(launcher, group);
}

static bool has_started(const struct launcher *launcher, const struct group *group)
{
    for (size_t i = 0; i < launcher->child_count; i++)
        if (launcher->children[i].group == group && launcher->children[i].slot->ready)
            return true;
    return false;
}

/* The other workers, of each service whose first one serves or takes too long. */
static void start_others(struct launcher *launcher)
{
    for (size_t i = 0; i < launcher->group_count; i++) {
        struct group *group = launcher->groups[i];

        if (group->alone_until && (has_started(launcher, group) || clock_monotonic_usec() >= group->alone_until)) {
            group->alone_until = 0;
            fill(launcher, group);
        }
    }
}

/* Whether some service's first worker is still alone. */
static bool is_starting(const struct launcher *launcher)
{
    for (size_t i = 0; i < launcher->group_count; i++)
        if (launcher->groups[i]->alone_until)
            return true;
    return false;
}

struct fault *launcher_launch(struct launcher *launcher, struct service *service)
{
    struct group *group = mem_new(launcher->mem, struct group);

    if (launcher->group_count == sizeof(launcher->groups) / sizeof(launcher->groups[0]))
        return fault_new(launcher->mem, Internal, "more services than a pool takes");
    group->service = service;
    throttle_init(&group->throttle, launcher->mem);
    launcher->groups[launcher->group_count++] = group;
    group->alone_until = clock_monotonic_usec() + FIRST_ALONE_MS * 1000;
    log_info("Starting %d workers", service->workers);
    fill(launcher, group);
    return NULL;
}

static void forget_successor(struct launcher *launcher)
{
    close(launcher->successor_ready);
    launcher->successor_ready = -1;
    launcher->successor = 0;
}

/* One child that has ended: says so, and forgets it. Whether there was one. */
static bool reap(struct launcher *launcher)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    struct child *child = NULL;

    if (pid <= 0)
        return false;
    if (WIFSIGNALED(status))
        log_info("Child %d killed by signal %d", (int)pid, WTERMSIG(status));
    else
        log_info("Child %d exited with status %d", (int)pid, WEXITSTATUS(status));
    for (size_t i = 0; i < launcher->child_count; i++)
        if (launcher->children[i].pid == pid)
            child = &launcher->children[i];
    if (!child) {
        log_warning("pid %d not in child list", (int)pid);
        return true;
    }
    if (WIFSIGNALED(status))
        launcher->board->killed++;
    else if (!WEXITSTATUS(status) && child->slot->requests)
        child->group->planned++;
    child->group->running--;
    scoreboard_release(launcher->board, child->slot);
    *child = launcher->children[--launcher->child_count];
    return true;
}

/* Kills workers whose request takes longer than it may, and says which request it was. */
static void end_late_requests(struct launcher *launcher)
{
    int limit = launcher->settings->request_timeout;
    uint64_t now = clock_monotonic_usec();

    for (size_t i = 0; limit > 0 && i < launcher->child_count; i++) {
        struct child *child = &launcher->children[i];
        struct scoreslot seen;

        score_read(child->slot, &seen);
        if (child->killed || !seen.request_usec || score_seconds(seen.request_usec, now) < limit)
            continue;
        log_error("Request %s (%s %s) is over request_timeout (%d s): in stage %s for %.1f s, begun %.1f s ago. "
                  "Worker %d is killed",
                  *seen.request_id ? seen.request_id : "-", seen.method, seen.route, limit,
                  score_stage_name(seen.stage), score_seconds(seen.since_usec, now),
                  score_seconds(seen.request_usec, now), (int)child->pid);
        child->killed = true;
        launcher->board->timeouts++;
        kill(child->pid, SIGKILL);
    }
}

static void kill_children(const struct launcher *launcher, int number)
{
    for (size_t i = 0; i < launcher->child_count; i++)
        kill(launcher->children[i].pid, number);
}

/* ---- hand-over ---- */

static void begin_handover(struct launcher *launcher)
{
    struct handover_socket sockets[sizeof(launcher->groups) / sizeof(launcher->groups[0])];

    if (launcher->successor) {
        log_warning("Process %d is already to take over", (int)launcher->successor);
        return;
    }
    for (size_t i = 0; i < launcher->group_count; i++)
        sockets[i] =
            (struct handover_socket){ launcher->groups[i]->service->listener.fd, launcher->groups[i]->service->name };
    launcher->successor = handover_start(launcher->program, launcher->argv, sockets, launcher->group_count,
                                         &launcher->notify, &launcher->successor_ready);
    if (launcher->successor < 0) {
        log_error("The program cannot be started anew: %s", strerror(errno));
        launcher->successor = 0;
        return;
    }
    log_info("Caught SIGUSR1, process %d is to take over", (int)launcher->successor);
}

/* The pipe of the new pool has something to say. */
static void hear_successor(struct launcher *launcher)
{
    char word, text[48];

    if (read(launcher->successor_ready, &word, 1) != 1) {
        log_error("The new process %d did not come up; this pool goes on", (int)launcher->successor);
        forget_successor(launcher);
        return;
    }
    log_info("Process %d serves now", (int)launcher->successor);
    /* The new pool's own first sign of life may come too early to be heard from it. */
    snprintf(text, sizeof(text), "MAINPID=%d%s", (int)launcher->successor,
             launcher->notify.watchdog_usec ? "\nWATCHDOG=1" : "");
    notify_send(&launcher->notify, text);
    forget_successor(launcher);
    launcher->handed_over = true;
    launcher->sigcaught = SIGUSR1;
    launcher->running = false;
}

/* Tells the older pool that this one serves, once every worker is past its start. */
static void tell_predecessor(struct launcher *launcher)
{
    if (launcher->predecessor < 0 || is_starting(launcher))
        return;
    for (size_t i = 0; i < launcher->child_count; i++)
        if (!launcher->children[i].slot->ready)
            return;
    handover_ready(launcher->predecessor);
    launcher->predecessor = -1;
}

/* ---- waiting ---- */

static void handle_signals(struct launcher *launcher)
{
    if (signals_caught(SIGINT)) {
        log_info("Caught SIGINT signal, instantaneous exiting");
        _exit(1);
    }
    if (signals_caught(SIGALRM)) {
        log_info("Graceful shutdown timeout exceeded, instantaneous exiting");
        kill_children(launcher, SIGKILL);
        _exit(1);
    }
    if (signals_caught(SIGHUP)) {
        launcher->sigcaught = SIGHUP;
        launcher->running = false;
    }
    if (signals_caught(SIGTERM)) {
        /* The second one works its natural way. */
        signals_release(SIGTERM);
        launcher->sigcaught = SIGTERM;
        launcher->running = false;
    }
    if (signals_caught(SIGUSR1) && launcher->running)
        begin_handover(launcher);
    if (signals_caught(SIGUSR2) && !launcher->trigger.path)
        report_write(launcher->report, NULL);
    signals_caught(SIGCHLD);
}

/* Is this the process that the service manager listens to? Of two pools it is the old one until that has named the new.
 */
static bool is_main(const struct launcher *launcher)
{
    return launcher->predecessor < 0 && !launcher->handed_over;
}

/* Until a signal, a word of the new pool, or so many milliseconds; then looks after what the clock asks for. */
static void wait_for_something(struct launcher *launcher, int milliseconds)
{
    struct pollfd successor = { .fd = launcher->successor_ready, .events = POLLIN };
    struct timespec limit;

    if ((launcher->predecessor >= 0 || is_starting(launcher)) && milliseconds > START_TICK_MS)
        milliseconds = START_TICK_MS;
    limit = (struct timespec){ milliseconds / 1000, milliseconds % 1000 * 1000000l };
    if (ppoll(&successor, 1, &limit, signals_waiting_mask()) > 0 && successor.revents)
        hear_successor(launcher);
    handle_signals(launcher);
    end_late_requests(launcher);
    tell_predecessor(launcher);
    if (report_trigger_pulled(&launcher->trigger))
        report_write(launcher->report, NULL);
    if (launcher->notify.watchdog_usec && is_main(launcher) && clock_monotonic_usec() >= launcher->watchdog_next) {
        notify_send(&launcher->notify, "WATCHDOG=1");
        launcher->watchdog_next = clock_monotonic_usec() + launcher->notify.watchdog_usec / 2;
    }
}

/* How long the parent may sleep without missing the watchdog's or the trigger's time. */
static int tick(const struct launcher *launcher)
{
    uint64_t quarter = launcher->notify.watchdog_usec / 4000;

    return quarter && quarter < TICK_MS ? (int)quarter : TICK_MS;
}

static void respawn_children(struct launcher *launcher)
{
    while (launcher->running) {
        if (!reap(launcher)) {
            wait_for_something(launcher, tick(launcher));
            start_others(launcher);
            continue;
        }
        for (size_t i = 0; i < launcher->group_count; i++)
            fill(launcher, launcher->groups[i]);
    }
}

/* SIGHUP of a daemon: nothing stops; options and caches are new in every process. */
static void reload(struct launcher *launcher)
{
    char text[96];

    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)clock_monotonic_usec());
    notify_send(&launcher->notify, text);
    settings_reload(launcher->conf);
    kill_children(launcher, SIGHUP);
    notify_send(&launcher->notify, "READY=1");
    launcher->running = true;
    launcher->sigcaught = 0;
}

static int stop(struct launcher *launcher)
{
    if (is_main(launcher))
        notify_send(&launcher->notify, "STOPPING=1");
    signals_release(SIGTERM);
    signals_release(SIGINT);
    if (launcher->settings->graceful_shutdown_timeout > 0)
        alarm((unsigned)launcher->settings->graceful_shutdown_timeout);
    log_debug("Stop services.");
    for (size_t i = 0; i < launcher->group_count; i++) {
        service_stop(launcher->groups[i]->service);
        socket_close(&launcher->groups[i]->service->listener, !launcher->handed_over);
    }
    log_debug("Killing children.");
    kill_children(launcher, SIGTERM);
    if (launcher->child_count)
        log_info("Waiting on %zu children to exit", launcher->child_count);
    while (launcher->child_count)
        if (!reap(launcher))
            wait_for_something(launcher, tick(launcher));
    return 0;
}

void launcher_abandon(struct launcher *launcher)
{
    launcher->running = false;
    stop(launcher);
}

int launcher_wait(struct launcher *launcher)
{
    if (is_main(launcher))
        notify_send(&launcher->notify, "READY=1");
    if (launcher->settings->log_options) {
        log_debug("Full set of CONF:");
        settings_log_options(launcher->conf);
    }
    for (;;) {
        tell_predecessor(launcher);
        respawn_children(launcher);
        log_info("Caught %s, stopping children", signals_name(launcher->sigcaught));
        if (launcher->sigcaught != SIGHUP || !launcher_is_daemon())
            return stop(launcher);
        reload(launcher);
    }
}
