/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accept loop of one process.
 *
 * We accept ourselves and give libfcgi the open connection: with ipcFd set
 * and keepConnection true, FCGX_Accept_r() reads a request from it instead of
 * accepting, and FCGX_Finish_r() leaves it open for us to close or keep.
 * libfcgi knows no restart of an interrupted read, so signals are let
 * through only while the process waits for work.
 */
#include "config.h"

#include "fcgi_app/launcher/worker.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/context.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/score.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/http/fcgi.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/launcher/launcher.h"
#include "fcgi_app/launcher/report.h"
#include "fcgi_app/launcher/scoreboard.h"
#include "fcgi_app/launcher/service.h"
#include "fcgi_app/launcher/settings.h"
#include "fcgi_app/launcher/signals.h"
#include "fcgi_app/rpc/rpc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcgiapp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

LOG_MODULE("oslo_service.service");

/* oslo.db's words about a database that is down at start. */
static struct log_module engines_log = { "oslo_db.sqlalchemy.engines", 0, 0 };

enum {
    REQUEST_POOL = 64 * 1024,     /* bytes of a request's memory before it grows */
    DRAIN_KEEP = 64 * 1024,       /* bytes of an unread body that a kept connection is worth */
    LINGER_MS = 2000,             /* how long a peer may go on sending what nobody reads */
    BACKSTOP_SECONDS = 5,         /* how much later than the parent a worker ends itself */
    ACCEPT_FAILED_PAUSE_MS = 100, /* after EMFILE and the like */
    ALARM_SLACK_USEC = 250000,    /* the alarm is set anew when it is older than this, not at each request */
    SMALL_ANSWER = 8 * 1024,      /* bytes that the socket's buffer takes without waiting for the front server */
    MAX_WAIT_MS = 60 * 60 * 1000,
};

enum waiting { WAITING_LISTENER, WAITING_PARENT, WAITING_KEPT };

struct loop {
    struct worker_task *task;
    struct scoreslot *slot;
    FCGX_Request fcgi;
    int epoll;
    int kept; /* a connection that its peer wants kept; -1: none */
    uint64_t kept_until;
    uint64_t record_next; /* when the service record is tried again; 0: it stands */
    uint64_t bus_next;    /* when the message brokers want a sign of life; 0: there is none to give */
    int record_left;      /* attempts that are left; negative: without end */
    struct report_trigger trigger;
    bool leave;
    bool told_to_stop;
    int status;
};

/* For the handlers of signals that end a process in the middle of a request. */
static struct {
    struct scoreslot *slot;
    int request_timeout;
    volatile uint64_t alarm_set; /* when; 0: never, or it has gone off since */
} running;

/* ---- signals that do not wait ---- */

/* A log line from a handler may meet a lock of what it interrupted: then the system's alarm ends the process. */
static void prepare_last_words(void)
{
    sigset_t alarmed;

    signal(SIGALRM, SIG_DFL);
    sigemptyset(&alarmed);
    sigaddset(&alarmed, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarmed, NULL);
    alarm(1);
}

static void on_interrupt(int number)
{
    (void)number;
    prepare_last_words();
    log_info("Caught SIGINT signal, instantaneous exiting");
    _exit(1);
}

static void on_request_timeout(int number)
{
    struct scoreslot seen;
    uint64_t now = clock_monotonic_usec();

    (void)number;
    running.alarm_set = 0;
    /* Between requests, or in one that has just begun and sets its own. */
    if (!running.slot->request_usec || score_seconds(running.slot->request_usec, now) < running.request_timeout)
        return;
    prepare_last_words();
    score_read(running.slot, &seen);
    log_error("Request %s (%s %s) is over request_timeout (%d s): in stage %s for %.1f s, begun %.1f s ago. "
              "Worker %d exits",
              *seen.request_id ? seen.request_id : "-", seen.method, seen.route, running.request_timeout,
              score_stage_name(seen.stage), score_seconds(seen.since_usec, now), score_seconds(seen.request_usec, now),
              (int)getpid());
    _exit(1);
}

static void take_signals(const struct loop *loop)
{
    static const int pooled[] = { SIGTERM, SIGHUP, SIGUSR2, 0 };
    static const int alone[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, 0 };
    struct sigaction action = { .sa_handler = on_interrupt };

    signals_take(loop->task->service->alone ? alone : pooled);
    if (!loop->task->service->alone)
        signals_ignore(SIGUSR1);
    if (loop->trigger.path || loop->task->settings->report_trigger)
        signals_ignore(SIGUSR2);
    sigfillset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = on_request_timeout;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
}

/*
 * The alarm of one request: the worker's own when it serves alone, else behind the parent's.  It is not taken back
 * when the request ends: it goes off while the worker is idle, which nobody minds, or is set anew by a later request.
 */
static void arm(const struct loop *loop)
{
    int seconds = loop->task->settings->request_timeout;
    uint64_t begun = loop->slot->request_usec;
    struct itimerval timer = { 0 };

    if (seconds <= 0 || (running.alarm_set && begun - running.alarm_set < ALARM_SLACK_USEC))
        return;
    timer.it_value.tv_sec = seconds + (loop->task->service->alone ? 0 : BACKSTOP_SECONDS);
    timer.it_value.tv_usec = ALARM_SLACK_USEC;
    running.alarm_set = begun;
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* ---- one request ---- */

/* `direction` is SO_RCVTIMEO or SO_SNDTIMEO. */
static void bound_io(const struct loop *loop, int fd, int direction)
{
    struct timeval limit = { .tv_sec = loop->task->settings->io_timeout };

    if (limit.tv_sec > 0)
        setsockopt(fd, SOL_SOCKET, direction, &limit, sizeof(limit));
}

/* Reads the rest of the body so that the next request on this connection begins at its beginning. */
static bool drain(FCGX_Stream *in)
{
    char rest[8192];
    int seen = 0, got;

    while (seen < DRAIN_KEEP && (got = FCGX_GetStr(rest, sizeof(rest), in)) > 0)
        seen += got;
    return in->isClosed && !FCGX_GetError(in);
}

/* Closes without a reset that could overtake the answer: a body that nobody read is read now, for a bounded time. */
static void hang_up(int fd, bool body_left)
{
    uint64_t until = clock_monotonic_usec() + LINGER_MS * 1000;
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    char rest[16384];

    if (body_left && !shutdown(fd, SHUT_WR))
        while (clock_monotonic_usec() < until && poll(&waiting, 1, LINGER_MS / 4) > 0 &&
               read(fd, rest, sizeof(rest)) > 0)
            ;
    close(fd);
}

static bool somebody_waits(const struct loop *loop)
{
    struct pollfd waiting = { .fd = loop->task->service->listener.fd, .events = POLLIN };

    return poll(&waiting, 1, 0) != 0;
}

static void score_begin(struct loop *loop)
{
    struct scoreslot *slot = loop->slot;

    score_stage(slot, SCORE_READING);
    slot->request_usec = slot->since_usec;
    slot->request_id[0] = '\0';
    score_text(slot->method, sizeof(slot->method), "");
    score_text(slot->route, sizeof(slot->route), "");
}

static void score_end(struct loop *loop, const struct request *request)
{
    struct scoreslot *slot = loop->slot;
    unsigned class = (unsigned)request->response.status / 100;

    if (request->route)
        score_text(slot->route, sizeof(slot->route), request->route);
    slot->status_class[class < 6 ? class : 0]++;
    slot->bytes_out += request->response.body.length;
    slot->requests++;
    if (loop->task->worker->db)
        slot->connections = db_open_connections(loop->task->worker->db);
    slot->connections += rpc_open_connections(loop->task->worker->rpc);
}

static void warn_if_slow(const struct loop *loop)
{
    const struct scoreslot *slot = loop->slot;
    double took = (double)(clock_monotonic_usec() - slot->request_usec) / 1e6;

    if (loop->task->settings->slow_request_log > 0 && took > loop->task->settings->slow_request_log)
        log_warning("Slow request: %s %s took %.3f s", slot->method, slot->route, took);
}

static void score_idle(struct loop *loop)
{
    struct scoreslot *slot = loop->slot;
    uint64_t now = clock_monotonic_usec();

    if (slot->request_usec)
        slot->busy_usec += now - slot->request_usec;
    slot->request_usec = 0;
    slot->stage = SCORE_IDLE;
    slot->since_usec = now;
}

/* A plain request where only TLS is served: the words of what a TLS server would not even read. */
static void refuse_plain(struct request *request)
{
    response_reset(&request->response, request->mem);
    request->response.status = 400;
    response_set_header(&request->response, request->mem, "Content-Type", "text/plain; charset=UTF-8");
    strbuf_puts(&request->response.body, "400 Bad Request\n\nThis API is served over TLS only.\n\n   ");
}

/* Answers what FCGX_Accept_r() has read. Whether a part of its body was left unread. */
static bool answer(struct loop *loop)
{
    bool body_left;
    const struct service *service = loop->task->service;
    struct worker *worker = loop->task->worker;
    void *mem = mem_request_context(worker->mem, REQUEST_POOL);
    struct context *context = mem_new(mem, struct context);
    struct request *request = mem_new(mem, struct request);
    struct fault *fault;

    context->mem = mem;
    context->worker = worker;
    log_set_context(context);
    http_fcgi_receive(&loop->fcgi, mem, worker, context, request);
    score_text(loop->slot->method, sizeof(loop->slot->method), request->method);
    score_text(loop->slot->route, sizeof(loop->slot->route), request->path_info);
    score_stage(loop->slot, SCORE_ROUTING);
    if (service->use_ssl && !service_request_is_tls(request))
        refuse_plain(request);
    else
        service->answer(service->answer_arg, request);
    score_stage(loop->slot, SCORE_WRITING);
    if (request->response.body.length > SMALL_ANSWER)
        bound_io(loop, loop->fcgi.ipcFd, SO_SNDTIMEO);
    fault = http_fcgi_send(&loop->fcgi, request);
    if (fault)
        log_info("Worker %d: %s", (int)getpid(), fault->message);
    score_end(loop, request);
    warn_if_slow(loop);
    body_left = request->content_length > 0 && !loop->fcgi.in->isClosed;
    log_set_context(NULL);
    talloc_free(mem);
    return body_left;
}

/* Serves one request of an open connection, which is closed or kept afterwards. */
static void serve(struct loop *loop, int fd)
{
    bool wants_keep, body_left, keep;

    score_begin(loop);
    arm(loop);
    FCGX_InitRequest(&loop->fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
    loop->fcgi.ipcFd = fd;
    loop->fcgi.keepConnection = 1;
    loop->fcgi.detached = 1; /* libfcgi's own wait for the peer's end would hold the worker */
    if (FCGX_Accept_r(&loop->fcgi) < 0) {
        /* libfcgi has closed it: silence, half a record, or no FastCGI at all. */
        log_debug("A connection ended before its request was complete");
        score_idle(loop);
        return;
    }
    if (FCGX_GetError(loop->fcgi.in)) {
        /* libfcgi takes an error among the parameters for their end: a request with some of its headers is none. */
        log_debug("A connection ended in the middle of its parameters");
        FCGX_Free(&loop->fcgi, 1);
        score_idle(loop);
        return;
    }
    wants_keep = loop->fcgi.keepConnection != 0;
    loop->fcgi.keepConnection = 1;
    body_left = answer(loop);
    /* The end of the body is read too: a front server that finds us gone while it sends it takes the answer for lost.
     */
    keep = (wants_keep || !body_left) && drain(loop->fcgi.in) && wants_keep;
    FCGX_Finish_r(&loop->fcgi);
    if (loop->fcgi.ipcFd >= 0) {
        loop->fcgi.ipcFd = -1;
        if (keep && !somebody_waits(loop)) {
            struct epoll_event event = { .events = EPOLLIN, .data.u32 = WAITING_KEPT };

            loop->kept = fd;
            loop->kept_until = clock_monotonic_usec() + (uint64_t)loop->task->settings->keep_idle_ms * 1000;
            epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
        } else {
            hang_up(fd, body_left && !keep);
        }
    }
    score_idle(loop);
    if (loop->task->max_requests && loop->slot->requests >= (uint64_t)loop->task->max_requests) {
        log_debug("Leaving after %llu requests", (unsigned long long)loop->slot->requests);
        loop->leave = true;
    }
}

/* ---- waiting ---- */

static void serve_kept(struct loop *loop)
{
    int fd = loop->kept;

    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
    loop->kept = -1;
    serve(loop, fd);
}

static void drop_kept(struct loop *loop)
{
    if (loop->kept >= 0)
        close(loop->kept);
    loop->kept = -1;
}

/* The FastCGI specification's list of peers that may connect over TCP. */
static bool may_connect(const struct sockaddr_storage *peer)
{
    const char *allowed = getenv("FCGI_WEB_SERVER_ADDRS");
    char text[INET6_ADDRSTRLEN] = "";
    size_t length;

    if (!allowed || (peer->ss_family != AF_INET && peer->ss_family != AF_INET6))
        return true;
    if (peer->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, text, sizeof(text));
    else
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)peer)->sin6_addr, text, sizeof(text));
    length = strlen(text);
    for (const char *at = allowed; at && length; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        at += strspn(at, " ");
        if (!strncmp(at, text, length) && strchr(", ", at[length]))
            return true;
    }
    return false;
}

/* Whether there was one to serve. */
static bool accept_one(struct loop *loop)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof(peer);
    int fd;

    peer.ss_family = AF_UNSPEC;
    fd = accept4(loop->task->service->listener.fd, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    if (fd < 0) {
        /* A sibling was faster, or the peer went away; else the system is short of something: not at full speed. */
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
            log_error("Cannot accept a connection: %s", strerror(errno));
            poll(NULL, 0, ACCEPT_FAILED_PAUSE_MS);
        }
        return false;
    }
    if (!may_connect(&peer)) {
        log_warning("A connection from an address that is not in FCGI_WEB_SERVER_ADDRS was closed");
        close(fd);
        return true;
    }
    if (loop->kept >= 0) {
        struct pollfd kept = { .fd = loop->kept, .events = POLLIN };

        /* A request that is already on the kept connection was there first. */
        if (poll(&kept, 1, 0) > 0)
            serve_kept(loop);
        drop_kept(loop);
    }
    bound_io(loop, fd, SO_RCVTIMEO);
    serve(loop, fd);
    return true;
}

/* Connections that stood in the queue of a socket that nobody can reach any more are served before the end. */
static void serve_queue(struct loop *loop)
{
    const struct listener *listener = &loop->task->service->listener;

    if (loop->task->service->alone || !listener->path || !access(listener->path, F_OK))
        return;
    while (somebody_waits(loop) && accept_one(loop))
        ;
}

/* The service record at start, or once more; the worker leaves when it cannot be had. */
static void start_service(struct loop *loop)
{
    const struct launcher_settings *settings = loop->task->settings;
    bool again = false;
    struct fault *fault = service_start(loop->task->service, loop->task->worker, &again);

    loop->record_next = 0;
    if (fault && again && loop->record_left) {
        if (loop->record_left > 0)
            log_write(&engines_log, LOG_LEVEL_WARNING, __FILE__, __LINE__, __func__,
                      "SQL connection failed. %d attempts left.", loop->record_left--);
        else
            log_write(&engines_log, LOG_LEVEL_WARNING, __FILE__, __LINE__, __func__,
                      "SQL connection failed. infinite attempts left.");
        loop->record_next = clock_monotonic_usec() + (uint64_t)settings->db_retry_interval * 1000000;
        return;
    }
    if (fault && loop->task->too_old && fault_is(fault, FAULT_ServiceTooOld)) {
        log_error("%s", fault->message);
        loop->task->too_old(loop->task->service, fault);
        return;
    }
    if (fault) {
        log_exception(fault->message, "Error starting thread.");
        loop->leave = true;
        loop->status = 1;
    }
}

static void handle_signals(struct loop *loop)
{
    if (signals_caught(SIGTERM) || signals_caught(SIGUSR1))
        loop->leave = loop->told_to_stop = true;
    if (signals_caught(SIGHUP)) {
        log_info("%s", loop->task->service->alone ? "Caught SIGHUP, handling" : "Child caught SIGHUP, handling");
        /* In the foreground of a terminal it means what it means to other programs. */
        if (!launcher_is_daemon()) {
            loop->leave = loop->told_to_stop = true;
            return;
        }
        settings_reload(loop->task->worker->conf);
        service_reset(loop->task->service, loop->task->worker);
    }
    if (signals_caught(SIGUSR2) && loop->task->report)
        report_write(loop->task->report, loop->task->worker);
}

static int next_wait(const struct loop *loop)
{
    uint64_t now = clock_monotonic_usec(), next = now + MAX_WAIT_MS * 1000ull;

    if (loop->kept >= 0 && loop->kept_until < next)
        next = loop->kept_until;
    if (loop->record_next && loop->record_next < next)
        next = loop->record_next;
    if (loop->trigger.path && loop->trigger.next_usec < next)
        next = loop->trigger.next_usec;
    if (loop->bus_next && loop->bus_next < next)
        next = loop->bus_next;
    return next <= now ? 0 : (int)((next - now) / 1000 + 1);
}

/* Brokers close connections that they hear nothing of. */
static void keep_buses(struct loop *loop)
{
    struct rpc *rpc = loop->task->worker->rpc;
    uint64_t now = clock_monotonic_usec();
    int wanted;

    if (!rpc || !rpc_open_connections(rpc)) {
        loop->bus_next = 0;
        return;
    }
    if (loop->bus_next && now < loop->bus_next)
        return;
    wanted = rpc_tick(rpc);
    loop->bus_next = wanted < 0 ? 0 : now + (uint64_t)wanted * 1000;
}

static void step(struct loop *loop)
{
    struct epoll_event events[4];
    bool kept = false, listener = false;
    int ready;

    keep_buses(loop);
    ready = epoll_pwait(loop->epoll, events, 4, next_wait(loop), signals_waiting_mask());
    handle_signals(loop);
    if (loop->leave)
        return;
    for (int i = 0; i < ready; i++) {
        if (events[i].data.u32 == WAITING_KEPT)
            kept = true;
        if (events[i].data.u32 == WAITING_LISTENER)
            listener = true;
        if (events[i].data.u32 == WAITING_PARENT) {
            log_info("Parent process has died unexpectedly, exiting");
            loop->leave = true;
            loop->status = 1;
            return;
        }
    }
    if (loop->record_next && clock_monotonic_usec() >= loop->record_next)
        start_service(loop);
    if (loop->trigger.path && report_trigger_pulled(&loop->trigger))
        report_write(loop->task->report, loop->task->worker);
    if (loop->leave)
        return;
    if (kept)
        serve_kept(loop);
    else if (listener)
        accept_one(loop);
    else if (loop->kept >= 0 && clock_monotonic_usec() >= loop->kept_until)
        drop_kept(loop);
}

/* Opens what the loop waits on. */
static bool open_epoll(struct loop *loop)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.u32 = WAITING_LISTENER };

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0 || epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->task->service->listener.fd, &event))
        return false;
    event = (struct epoll_event){ .events = EPOLLIN | EPOLLHUP, .data.u32 = WAITING_PARENT };
    return loop->task->parent_pipe < 0 || !epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->task->parent_pipe, &event);
}

int worker_run(struct worker_task *task)
{
    struct loop *loop = mem_new(task->worker->mem, struct loop);
    struct fault *fault;

    mem_keep_freed();
    loop->task = task;
    loop->slot = task->worker->slot;
    loop->kept = -1;
    loop->record_left = task->settings->db_max_retries;
    running.slot = loop->slot;
    running.request_timeout = task->settings->request_timeout;
    scoreboard_enter(loop->slot);
    if (task->service->alone && task->report)
        report_trigger_open(&loop->trigger, task->settings->report_trigger, task->settings->report_interval);
    FCGX_Init();
    take_signals(loop);
    fault = task->open ? task->open(task->open_arg, task->worker) : NULL;
    if (fault) {
        log_exception(fault->message, "Error starting thread.");
        return 1;
    }
    if (!open_epoll(loop)) {
        log_error("Cannot wait for connections: %s", strerror(errno));
        return 1;
    }
    start_service(loop);
    score_idle(loop);
    loop->slot->ready = true;
    while (!loop->leave)
        step(loop);
    if (!loop->status)
        serve_queue(loop);
    if (loop->told_to_stop) {
        service_stop(task->service);
        service_stopped(task->service);
    }
    score_stage(loop->slot, SCORE_LEAVING);
    rpc_reset(task->worker->rpc);
    drop_kept(loop);
    return loop->status;
}
