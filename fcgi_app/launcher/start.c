/* SPDX-License-Identifier: Apache-2.0 */
/* The two forms of the program, and its examination. */
#include "config.h"

#include "fcgi_app/launcher/start.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/conf/ini.h"
#include "fcgi_app/conf/logging.h"
#include "fcgi_app/http/request.h"
#include "fcgi_app/launcher/notify.h"
#include "fcgi_app/launcher/report.h"
#include "fcgi_app/launcher/scoreboard.h"
#include "fcgi_app/launcher/settings.h"
#include "fcgi_app/launcher/socket.h"
#include "fcgi_app/launcher/worker.h"
#include "fcgi_app/objects/registry.h"
#include "fcgi_app/objects/service.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LOG_MODULE("nova");

struct program {
    const void *mem;
    const struct start *start;
    struct conf *conf;
    char **argv;
    struct launcher_settings settings;
    struct report report;
};

/* ---- the parts of a start ---- */

/* Takes `flag` out of the arguments; whether it was there. */
static bool take_flag(int *argc, char **argv, const char *flag)
{
    for (int i = 1; i < *argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], flag)) {
            memmove(argv + i, argv + i + 1, sizeof(*argv) * (size_t)(*argc - i));
            (*argc)--;
            return true;
        }
    return false;
}

static int fail(const struct fault *fault)
{
    log_critical("Unhandled error: %s", fault->message);
    fprintf(stderr, "nova-api-fcgi: %s\n", fault->message);
    return 1;
}

/* What a distribution says of its package, in the file `release` beside the configuration. */
static void read_release_words(const void *mem, struct conf *conf)
{
    const char *path = conf_find_file(conf, mem, "release");
    const struct ini_section *nova;
    struct ini_file *file;
    struct fault *fault;

    if (!path)
        return;
    fault = ini_read(mem, path, INI_PASTE, &file);
    if (fault) {
        log_error("Failed to load %s: %s", path, fault->message);
        return;
    }
    nova = ini_section(file, "Nova");
    release_words_take(&(struct release_words){ ini_value(nova, "vendor"), ini_value(nova, "product"),
                                                ini_value(nova, "package"), ini_value(nova, "support") });
}

static const char *start_logging(struct conf *conf)
{
    const char *why = conf_log_setup(conf);

    if (!why)
        conf_log_notes(conf);
    return why;
}

/* `api` is the only one, or NULL. */
static void prepare(struct program *program, const char *api, const char *service)
{
    const struct release *release = release_default();

    settings_read(program->conf, &program->settings);
    program->report = (struct report){
        .conf = program->conf,
        .service = service,
        .vendor = release_words()->vendor,
        .product = release_words()->product,
        .version = release_words()->package
                       ? mem_printf(program->mem, "%s-%s", release->version, release_words()->package)
                       : release->version,
        .log_dir = program->settings.report_log_dir,
    };
    if (api) {
        const char **only = mem_array(program->mem, const char *, 2);

        only[0] = api;
        program->settings.enabled_apis = only;
    }
}

/* ---- the pool ---- */

/* Room for every worker of every API before the first is forked. */
static struct fault *count_workers(const struct program *program, uint32_t *slots)
{
    *slots = 0;
    for (const char *const *api = program->settings.enabled_apis; *api; api++) {
        int workers;

        TRY(service_workers(program->mem, program->conf, *api, &workers));
        *slots += (uint32_t)workers;
    }
    return NULL;
}

static struct fault *open_socket(const struct program *program, const struct launcher *launcher,
                                 struct service *service, struct inherited_set *sockets)
{
    int fd = socket_inherited_for(sockets, service->name);

    if (fd >= 0)
        return socket_adopt(program->mem, service->name, fd, launcher_takes_over(launcher), &program->settings,
                            &service->listener);
    return socket_listen(program->mem, service->name, service_address(program->mem, program->conf, service->name),
                         &program->settings, &service->listener);
}

static struct fault *launch_apis(struct program *program, struct launcher *launcher, struct inherited_set *sockets,
                                 int *started)
{
    for (const char *const *api = program->settings.enabled_apis; *api; api++) {
        struct service *service;
        struct fault *fault = service_open(program->mem, program->conf, &program->settings, *api, program->start->load,
                                           program->start->arg, &service);

        if (fault && fault_is(fault, FAULT_PasteAppNotFound)) {
            log_warning("%s. ``enabled_apis`` includes bad values. Fix to remove this warning.", fault->message);
            continue;
        }
        if (fault)
            return fault;
        TRY(open_socket(program, launcher, service, sockets));
        TRY(launcher_launch(launcher, service));
        ++*started;
    }
    return NULL;
}

static int run_pool(struct program *program)
{
    struct launcher *launcher;
    struct inherited_set sockets;
    struct fault *fault;
    uint32_t slots = 0;
    int started = 0;

    if (settings_lists(program->settings.enabled_apis, "osapi_compute"))
        service_version_cache_enable();
    socket_inherited(program->mem, &sockets);
    fault = count_workers(program, &slots);
    if (!fault)
        fault = launcher_open(program->mem, program->conf, &program->settings, &program->report,
                              program->start->worker_open, program->start->arg, program->argv, slots, &launcher);
    if (fault)
        return fail(fault);
    fault = launch_apis(program, launcher, &sockets, &started);
    if (fault) {
        launcher_abandon(launcher);
        return fail(fault);
    }
    if (!started) {
        log_error("No APIs were started. Check the enabled_apis config option.");
        return 1;
    }
    return launcher_wait(launcher);
}

/* ---- the responder ---- */

/* What upstream's script answers in place of an API whose record says that others are newer. */
struct too_old {
    const char *text;
};

static void answer_too_old(void *arg, struct request *request)
{
    const struct too_old *too_old = arg;

    response_reset(&request->response, request->mem);
    request->response.status = 500;
    response_set_header(&request->response, request->mem, "Content-Type", "text/plain; charset=UTF-8");
    strbuf_puts(&request->response.body, too_old->text);
}

static void responder_too_old(struct service *service, const struct fault *fault)
{
    struct too_old *too_old = mem_new(NULL, struct too_old);

    too_old->text = mem_printf(too_old, "Out of date %s service %s\n", service->name, fault->message);
    service->answer = answer_too_old;
    service->answer_arg = too_old;
}

static int run_responder(struct program *program, const char *api)
{
    struct worker *worker = mem_new(program->mem, struct worker);
    struct scoreboard *board = scoreboard_open(1);
    struct service *service;
    struct notify notify;
    int status;
    struct worker_task task = {
        .settings = &program->settings,
        .worker = worker,
        .report = &program->report,
        .parent_pipe = -1,
        .open = program->start->worker_open,
        .open_arg = program->start->arg,
        .too_old = responder_too_old,
    };
    struct fault *fault = service_open(program->mem, program->conf, &program->settings, api, program->start->load,
                                       program->start->arg, &service);

    if (!fault)
        fault = socket_adopt(program->mem, api, STDIN_FILENO, false, &program->settings, &service->listener);
    if (fault)
        return fail(fault);
    /* A front server replaces who leaves; spawn-fcgi alone does not: so only when it was asked for. */
    if (conf_is_set(program->conf, OPTION_fcgi_max_requests))
        task.max_requests = program->settings.max_requests;
    if (program->settings.log_options)
        settings_log_options(program->conf);
    service->alone = true;
    task.service = service;
    notify_open(&notify);
    board->parent_pid = 0;
    worker->mem = mem_context(NULL, "worker");
    worker->conf = program->conf;
    worker->slot = scoreboard_take(board, api);
    /* The socket listens already: what arrives from now on is answered. */
    notify_send(&notify, "READY=1");
    status = worker_run(&task);
    notify_send(&notify, "STOPPING=1");
    return status;
}

/* ---- --check ---- */

static void say(void *arg, const char *line)
{
    int *findings = arg;

    ++*findings;
    printf("%s\n", line);
}

/* Can files be made in the directory of this option? */
static void check_directory(const struct program *program, enum option option, const char *path, int *findings)
{
    const char *where = conf_where(program->conf, program->mem, option);

    if (path && *path && access(path, W_OK | X_OK))
        say(findings,
            mem_printf(program->mem, "%s: [%s] %s = %s: no files can be made there: %s", where ? where : "by default",
                       conf_option_group(option), conf_option_name(option), path, strerror(errno)));
}

static int run_check(struct program *program)
{
    int findings = 0, good = 0;

    for (const char *const *api = program->settings.enabled_apis; *api; api++) {
        struct service *service;
        struct fault *fault = service_open(program->mem, program->conf, &program->settings, *api, program->start->load,
                                           program->start->arg, &service);

        good += !fault;
        /* As at the start: an API that is not there is not served, and the others are. */
        if (fault && fault_is(fault, FAULT_PasteAppNotFound))
            printf("warning: %s is not served: %s%s%s\n", *api, fault->message, fault->cause ? ": " : "",
                   fault->cause ? fault->cause : "");
        else if (fault)
            say(&findings, mem_printf(program->mem, "%s: %s", *api, fault->message));
    }
    if (!good && !findings)
        say(&findings, "No APIs would be started. Check the enabled_apis config option.");
    check_directory(program, OPTION_oslo_reports_log_dir, program->settings.report_log_dir, &findings);
    if (program->start->check)
        program->start->check(program->conf, say, &findings);
    if (!findings)
        printf("The configuration is good.\n");
    return findings ? 1 : 0;
}

int start_run(int argc, char **argv, const struct start *start)
{
    bool check = take_flag(&argc, argv, "--check"), stop = false, responder = socket_is_listening(STDIN_FILENO);
    struct program program = { .mem = mem_context(NULL, "program"), .start = start, .argv = argv };
    char *name = mem_strdup(program.mem, argv[0] ? argv[0] : "nova-api-fcgi");
    struct conf_start options = {
        .project = "nova",
        .program = basename(name),
        .argc = argc,
        .argv = argv,
        .own_flag = "--check",
        .own_help = "test the configuration, the paste file and the log targets, say what is wrong, and leave",
        .uwsgi_way = responder && conf_wants_uwsgi_way(),
    };
    const char *api, *why;
    struct fault *fault;
    int status = 0;

    fault = conf_load_with(program.mem, &options, &program.conf, &stop, &status);
    if (fault) {
        /* --check's findings go where its other lines go. */
        if (check)
            printf("%s\n", fault->message);
        else
            fprintf(stderr, "nova-api-fcgi: %s\n", fault->message);
        return 1;
    }
    if (stop)
        return status;
    why = start_logging(program.conf);
    if (!why)
        why = object_registry_check();
    if (why) {
        fprintf(check ? stdout : stderr, "nova-api-fcgi: %s\n", why);
        return 1;
    }
    read_release_words(program.mem, program.conf);
    api = conf_string(program.conf, OPTION_fcgi_api);
    if (responder && !api)
        api = "osapi_compute";
    prepare(&program, api, responder ? api : options.program);
    if (check)
        return run_check(&program);
    return responder ? run_responder(&program, api) : run_pool(&program);
}
