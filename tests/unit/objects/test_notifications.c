/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notifications of things that are no servers, through the driver `log`, against those that Python's nova-api logged
 * for the same verbs (data/notifications.jsonl: event, publisher, payload, in its order).
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/objects/failure_notifications.h"
#include "fcgi_app/objects/notifications.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECONDS INT64_C(1000000)

struct cloud {
    void *mem;
    char directory[40];
    struct worker worker;
    struct context context;
};

static char *path_of(struct cloud *cloud, const char *name)
{
    return mem_printf(cloud->mem, "%s/%s", cloud->directory, name);
}

/* Options of this format, logging into x.log. */
static void open_cloud(struct cloud *cloud, const char *format)
{
    char program[] = "nova-api", option[] = "--config-file";
    char *argv[] = { program, option, path_of(cloud, "nova.conf") };
    FILE *file = fopen(argv[2], "w");
    int status;
    bool stop;
    struct log_settings settings;

    fprintf(file,
            "[DEFAULT]\nhost = api-1\nlog_file = %s\n[oslo_messaging_notifications]\ndriver = log\n"
            "[notifications]\nnotification_format = %s\n",
            path_of(cloud, "x.log"), format);
    fclose(file);
    assert_null(conf_load(cloud->mem, "nova", "nova-api", 3, argv, &cloud->worker.conf, &stop, &status));
    settings = conf_log_settings(cloud->worker.conf);
    assert_null(log_setup(&settings));
    cloud->worker.mem = cloud->mem;
    cloud->context = (struct context){
        .mem = cloud->mem,
        .worker = &cloud->worker,
        .project_id = "project-1",
        .user_id = "admin",
    };
}

static int setup(void **state)
{
    struct cloud *cloud = calloc(1, sizeof(*cloud));

    strcpy(cloud->directory, "/tmp/nova-notify-XXXXXX");
    assert_non_null(mkdtemp(cloud->directory));
    cloud->mem = mem_context(NULL, "test");
    *state = cloud;
    return 0;
}

static int teardown(void **state)
{
    struct cloud *cloud = *state;

    log_shutdown();
    unlink(path_of(cloud, "x.log"));
    unlink(path_of(cloud, "nova.conf"));
    rmdir(cloud->directory);
    talloc_free(cloud->mem);
    free(cloud);
    return 0;
}

/* ---- the verbs that were recorded ---- */

static void keypairs(const struct context *context)
{
    struct notified_keypair key = { .user_id = "admin", .name = "my-k1", .type = "ssh" };
    struct notified_keypair other = { .user_id = "admin", .name = "my-k2", .type = "ssh", .public_key = "ssh-rsa KEY" };

    notify_keypair(context, "create", "start", &key);
    key.public_key = "ssh-rsa KEY";
    key.fingerprint = "ba:fe:cc:0f:68:6e:66:52:e2:36:0b:82:56:03:55:12";
    notify_keypair(context, "create", "end", &key);
    notify_keypair(context, "import", "start", &other);
    other.fingerprint = "54:de:74:93:ad:96:79:6b:e6:b3:72:e8:a5:56:27:81";
    notify_keypair(context, "import", "end", &other);
    notify_keypair(context, "delete", "start", &key);
    notify_keypair(context, "delete", "end", &key);
}

static void server_groups(const struct context *context)
{
    const struct notified_server_group group = {
        .uuid = "c0f2ba7d-4745-4962-a260-54b848052328",
        .name = "my-g",
        .user_id = "admin",
        .project_id = "project-1",
        .policy = "anti-affinity",
        .rules = "{\"max_server_per_host\": \"2\"}",
        .says_rules = true,
        .members = "[]",
    };

    notify_server_group(context, "create", &group);
    notify_server_group(context, "delete", &group);
}

static void flavors(const struct context *context)
{
    static const char *const specs[] = { "{}", "{\"hw:numa_nodes\": \"1\"}", "{\"hw:numa_nodes\": \"2\"}", "{}" };
    struct notified_flavor flavor = {
        .flavorid = "my-f",
        .name = "my-f",
        .description = "d",
        .memory_mb = 64,
        .vcpus = 1,
        .root_gb = 1,
        .rxtx_factor = 1.0,
        .is_public = true,
        .projects = "[]",
    };

    notify_flavor(context, "create", &flavor);
    flavor.description = "e";
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        flavor.extra_specs = specs[i];
        notify_flavor(context, "update", &flavor);
    }
    flavor.extra_specs = flavor.projects = NULL;
    notify_flavor(context, "delete", &flavor);
}

static void both(const struct context *context, const char *action, const struct notified_aggregate *aggregate)
{
    notify_aggregate(context, action, "start", aggregate);
    notify_aggregate(context, action, "end", aggregate);
}

static void aggregate_with_a_zone(const struct context *context)
{
    struct notified_aggregate aggregate = {
        .id = INT64_MIN,
        .uuid = "b4d20226-2efc-43c6-a1ce-22888401c609",
        .name = "my-a",
        .metadata = "{\"availability_zone\": \"my-az\"}",
        .given = "{\"availability_zone\": \"my-az\"}",
    };

    notify_aggregate(context, "create", "start", &aggregate);
    aggregate.id = 2;
    aggregate.hosts = "[]";
    notify_aggregate(context, "create", "end", &aggregate);
    aggregate.name = "my-b";
    both(context, "update_prop", &aggregate);
    aggregate.given = "{\"x\": \"1\"}";
    notify_aggregate(context, "update_metadata", "start", &aggregate);
    aggregate.metadata = "{\"availability_zone\": \"my-az\", \"x\": \"1\"}";
    notify_aggregate(context, "update_metadata", "end", &aggregate);
    aggregate.asked = "2";
    both(context, "delete", &aggregate);
}

static void services(const struct context *context)
{
    struct notified_service service = {
        .host = "compute-2",
        .binary = "nova-compute",
        .topic = "compute",
        .uuid = "5d562055-f122-4dd5-9cd9-104d1f313ba7",
        .disabled_reason = "broken",
        .report_count = 1180,
        .version = 64,
        .last_seen_up = 1795361577 * SECONDS, /* 2026-11-22T15:32:57Z */
        .disabled = true,
    };

    notify_service(context, "update", &service);
    service.disabled = false;
    service.disabled_reason = NULL;
    notify_service(context, "update", &service);
}

static void aggregate_with_a_host(const struct context *context)
{
    struct notified_aggregate aggregate = {
        .id = INT64_MIN,
        .uuid = "395e5717-16ef-444b-90bf-53d7adcb6014",
        .name = "my-a",
        .host = "compute-2",
    };

    notify_aggregate(context, "create", "start", &aggregate);
    aggregate.id = 3;
    aggregate.hosts = "[]";
    aggregate.metadata = "{}";
    notify_aggregate(context, "create", "end", &aggregate);
    aggregate.asked = "3";
    notify_aggregate(context, "add_host", "start", &aggregate);
    aggregate.hosts = "[\"compute-2\"]";
    notify_aggregate(context, "add_host", "end", &aggregate);
    notify_aggregate(context, "remove_host", "start", &aggregate);
    aggregate.hosts = "[]";
    notify_aggregate(context, "remove_host", "end", &aggregate);
    both(context, "delete", &aggregate);
}

static void all_verbs(const struct context *context)
{
    keypairs(context);
    server_groups(context);
    flavors(context);
    aggregate_with_a_zone(context);
    services(context);
    aggregate_with_a_host(context);
}

/* ---- what was logged ---- */

/* The next message of the log as JSON text's tree; NULL at the end. */
static json_t *next_message(FILE *log)
{
    char line[8192], *found;

    while (fgets(line, sizeof(line), log))
        if ((found = strstr(line, "] {"))) {
            json_t *message = json_loads(found + 2, 0, NULL);

            assert_non_null(message);
            return message;
        }
    return NULL;
}

static const char *text_at(const json_t *message, const char *key)
{
    return json_string_value(json_object_get(message, key));
}

/* Compares the log with the recorded rows of these formats. */
static void compare(struct cloud *cloud, bool legacy, bool versioned)
{
    const char *root = getenv("srcdir");
    FILE *rows =
        fopen(mem_printf(cloud->mem, "%s/tests/unit/objects/data/notifications.jsonl", root ? root : "."), "r");
    FILE *log = fopen(path_of(cloud, "x.log"), "r");
    char line[8192];
    int number = 0;

    assert_non_null(rows);
    assert_non_null(log);
    while (fgets(line, sizeof(line), rows)) {
        json_t *row = json_loads(line, 0, NULL), *message, *payload, *wanted;
        bool is_versioned = strstr(line, "nova_object.name") != NULL;

        number++;
        if (is_versioned ? versioned : legacy) {
            message = next_message(log);
            if (!message)
                fail_msg("row %d: nothing was published", number);
            assert_string_equal(text_at(message, "event_type"), json_string_value(json_array_get(row, 0)));
            assert_string_equal(text_at(message, "publisher_id"), json_string_value(json_array_get(row, 1)));
            assert_string_equal(text_at(message, "priority"), "INFO");
            wanted = json_loads(json_string_value(json_array_get(row, 2)), 0, NULL);
            payload = json_object_get(message, "payload");
            /* the order of keys too */
            {
                char *got = json_dumps(payload, 0), *recorded = json_dumps(wanted, 0);

                assert_string_equal(got, recorded);
                free(got);
                free(recorded);
            }
            json_decref(wanted);
            json_decref(message);
        }
        json_decref(row);
    }
    assert_null(next_message(log));
    assert_int_equal(number, 56);
    fclose(rows);
    fclose(log);
}

static void both_formats(void **state)
{
    struct cloud *cloud = *state;

    open_cloud(cloud, "both");
    all_verbs(&cloud->context);
    compare(cloud, true, true);
}

static void only_versioned(void **state)
{
    struct cloud *cloud = *state;

    open_cloud(cloud, "versioned");
    all_verbs(&cloud->context);
    compare(cloud, false, true);
}

static void only_legacy(void **state)
{
    struct cloud *cloud = *state;

    open_cloud(cloud, "unversioned");
    all_verbs(&cloud->context);
    compare(cloud, true, false);
}

/* ---- failures ---- */

/* What is told of `fault` in the member of the payload that tells most, of each form. */
static void assert_told(struct cloud *cloud, FILE *log, struct fault *fault, const char *shown, const char *function,
                        const char *args)
{
    const struct failing_arg given[] = { { .text = "host-\"1\"" }, FAILING_TRUTH(false) };
    json_t *message, *payload;
    char *text;

    assert_ptr_equal(notify_failure(&cloud->context, FAILING_SET_MAINTENANCE, fault, given), fault);
    message = next_message(log);
    assert_non_null(message);
    assert_string_equal(text_at(message, "priority"), "ERROR");
    assert_string_equal(text_at(message, "event_type"), "set_host_maintenance");
    assert_string_equal(text_at(message, "publisher_id"), "compute.api-1");
    payload = json_object_get(message, "payload");
    assert_string_equal(text_at(payload, "exception"), shown);
    text = json_dumps(json_object_get(payload, "args"), 0);
    assert_string_equal(text, args);
    free(text);
    json_decref(message);
    message = next_message(log);
    assert_non_null(message);
    assert_string_equal(text_at(message, "event_type"), "compute.exception");
    assert_string_equal(text_at(message, "publisher_id"), "nova-api:api-1");
    payload = json_object_get(json_object_get(message, "payload"), "nova_object.data");
    assert_string_equal(text_at(payload, "function_name"), function);
    assert_non_null(strstr(text_at(payload, "traceback"), "test_notifications.c"));
    assert_non_null(strstr(text_at(payload, "traceback"), text_at(payload, "exception_message")));
    json_decref(message);
}

static void failures(void **state)
{
    static const char args[] = "{\"host_name\": \"host-\\\"1\\\"\", \"mode\": false}";
    struct cloud *cloud = *state;
    FILE *log;

    open_cloud(cloud, "both");
    log = fopen(path_of(cloud, "x.log"), "r");
    assert_non_null(log);
    assert_null(notify_failure(&cloud->context, FAILING_SET_MAINTENANCE, NULL, NULL));
    assert_told(cloud, log, fault_new(cloud->mem, HostMappingNotFound, "o'x"),
                "{'kwargs': {'name': \"o'x\", 'code': 400}, 'message': \"Host 'o'x' is not mapped to any cell\", "
                "'class': 'HostMappingNotFound'}",
                "_get_by_host_from_db", args);
    /* words of its own: there is nothing that they were made of */
    assert_told(cloud, log, fault_text(cloud->mem, HostMappingNotFound, "words"),
                "{'kwargs': {'code': 400}, 'message': 'words', 'class': 'HostMappingNotFound'}", "_get_by_host_from_db",
                args);
    /* not nova's own */
    assert_told(cloud, log, fault_new(cloud->mem, MessagingTimeout, "ab12"),
                "MessagingTimeout('Timed out waiting for a reply to message ID ab12')", "get", args);
    /* one that no row knows: the verb itself is the place */
    assert_told(cloud, log, fault_new(cloud->mem, DBError, "broken\n"), "DBError('broken\\n')", "set_host_maintenance",
                args);
    assert_null(next_message(log));
    fclose(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_formats, setup, teardown),
        cmocka_unit_test_setup_teardown(only_versioned, setup, teardown),
        cmocka_unit_test_setup_teardown(only_legacy, setup, teardown),
        cmocka_unit_test_setup_teardown(failures, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
