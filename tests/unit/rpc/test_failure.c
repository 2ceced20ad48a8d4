/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of other services as faults, transport URLs, versions under [upgrade_levels]. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/rpc/compression.h"
#include "fcgi_app/rpc/failure.h"
#include "fcgi_app/rpc/levels.h"
#include "fcgi_app/rpc/transport_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void *mem;

static int setup(void **state)
{
    (void)state;
    mem = mem_context(NULL, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

static const struct {
    const char *text;
    enum fault_name name;
    int code;
    const char *shown, *message;
} failures[] = {
    { "{\"class\": \"InstanceNotFound\", \"module\": \"nova.exception\", \"message\": \"long\", \"tb\": [\"a\\n\"], "
      "\"args\": [\"Instance x could not be found.\"], \"kwargs\": {\"code\": 404}}",
      FAULT_InstanceNotFound, 404, "nova.exception_Remote.InstanceNotFound_Remote", "Instance x could not be found." },
    /* a class without a row of its own: the nearest ancestor's row, its own name and code */
    { "{\"class\": \"HostBinaryNotFound\", \"module\": \"nova.exception\", \"message\": \"m\", \"tb\": []}",
      FAULT_NotFound, 404, "nova.exception_Remote.HostBinaryNotFound_Remote", "m" },
    { "{\"class\": \"NotImplementedError\", \"module\": \"builtins\", \"message\": \"\", \"tb\": [], \"args\": []}",
      FAULT_NotImplementedError, 500, "NotImplementedError", "" },
    { "{\"class\": \"KeyError\", \"module\": \"exceptions\", \"message\": \"'x'\", \"tb\": [], \"args\": [\"x\"]}",
      FAULT_KeyError, 500, "KeyError", "x" },
    { "{\"class\": \"Nope\", \"module\": \"nova.exception\", \"message\": \"m\", \"tb\": [\"l1\", \"l'2\"]}",
      FAULT_RemoteError, 500, "oslo_messaging.rpc.client.RemoteError", "Remote error: Nope m\n['l1', \"l'2\"]." },
    { "{\"class\": \"libvirtError\", \"module\": \"libvirt\", \"message\": null}", FAULT_RemoteError, 500,
      "oslo_messaging.rpc.client.RemoteError", "Remote error: libvirtError None\n[]." },
    { "{\"class\": 5}", FAULT_RemoteError, 500, "oslo_messaging.rpc.client.RemoteError",
      "Remote error: the reply's failure cannot be read" },
    { "rubbish", FAULT_RemoteError, 500, "oslo_messaging.rpc.client.RemoteError",
      "Remote error: the reply's failure cannot be read" },
};

static void test_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        struct fault *fault = failure_fault(mem, failures[i].text);

        assert_string_equal(fault_shown(mem, fault, false), failures[i].shown);
        assert_string_equal(fault->message, failures[i].message);
        assert_int_equal(fault->code, failures[i].code);
        assert_true(fault_is(fault, failures[i].name));
    }
}

static const struct {
    const char *text, *user, *password, *host, *vhost;
    int port;
    size_t hosts;
} urls[] = {
    { "rabbit://u:p@h:5673/v", "u", "p", "h", "v", 5673, 1 },
    { "rabbit://u%40x:p%2Fw%3A%25@h/", "u@x", "p/w:%", "h", "/", 5672, 1 },
    { "rabbit://u:p@[fd00::1]:1/a%2Fb", "u", "p", "fd00::1", "a/b", 1, 1 },
    { "rabbit://u:p@h1:1,u2:p2@h2:2/v", "u", "p", "h1", "v", 1, 2 },
    { "rabbit://", "guest", "guest", "localhost", "/", 5672, 1 },
    { "rabbit://h//", "guest", "guest", "h", "/", 5672, 1 },
    { "RABBIT://u:p@@h", "u", "p@", "h", "/", 5672, 1 },
    { "rabbit:///v", "guest", "guest", "localhost", "v", 5672, 1 },
};

static void test_urls(void **state)
{
    static const char *const bad[] = {
        "", "nothing", "rabbit://h:x/", "rabbit://h:0/", "rabbit://h:70000/", "rabbit://u:secretword@[::1/", ":"
    };
    struct rpc_url *url;

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        assert_null(rpc_url_parse(mem, urls[i].text, &url));
        assert_string_equal(url->transport, "rabbit");
        assert_string_equal(url->hosts[0].user, urls[i].user);
        assert_string_equal(url->hosts[0].password, urls[i].password);
        assert_string_equal(url->hosts[0].name, urls[i].host);
        assert_int_equal(url->hosts[0].port, urls[i].port);
        assert_string_equal(url->vhost, urls[i].vhost);
        assert_int_equal(url->host_count, urls[i].hosts);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct fault *fault = rpc_url_parse(mem, bad[i], &url);

        assert_non_null(fault);
        assert_null(strstr(fault->message, "secretword"));
    }
    assert_null(rpc_url_parse(mem, "rabbit://h/v?ssl=1&heartbeat_rate=%33&x", &url));
    assert_string_equal(url->vhost, "v");
    assert_string_equal(rpc_url_query(url, "ssl"), "1");
    assert_string_equal(rpc_url_query(url, "heartbeat_rate"), "3");
    assert_null(rpc_url_query(url, "x"));
}

static int64_t minimum;
static int asked;

static struct fault *find_minimum(const struct context *context, int64_t *version)
{
    (void)context;
    asked++;
    *version = minimum;
    return NULL;
}

static struct context *levels(const char *lines)
{
    char name[] = "/tmp/nova-levels-XXXXXX", program[] = "test", flag[] = "--config-file";
    char *argv[] = { program, flag, name, NULL };
    struct worker *worker = mem_new(mem, struct worker);
    struct context *context = mem_new(mem, struct context);
    int fd = mkstemp(name), status;
    bool stop;

    worker->mem = mem;
    context->mem = mem;
    context->worker = worker;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
    close(fd);
    assert_null(conf_load(mem, "nova", "test", 3, argv, &worker->conf, &stop, &status));
    unlink(name);
    return context;
}

static const struct {
    const char *lines;
    int64_t minimum;
    enum rpc_method method;
    const char *version; /* NULL: refused */
} caps[] = {
    { "", 0, RPC_stop_instance, "6.0" },
    { "[upgrade_levels]\ncompute = auto\n", 64, RPC_stop_instance, "6.0" },
    { "[upgrade_levels]\ncompute = auto\n", 61, RPC_stop_instance, "6.0" },
    { "[upgrade_levels]\ncompute = auto\n", 55, RPC_stop_instance, "5.0" },
    { "[upgrade_levels]\ncompute = auto\n", 0, RPC_stop_instance, "6.0" },
    { "[upgrade_levels]\ncompute = zed\n", 0, RPC_stop_instance, "6.0" },
    { "[upgrade_levels]\ncompute = victoria\n", 0, RPC_stop_instance, "5.0" },
    { "[upgrade_levels]\ncompute = victoria\n", 0, RPC_shelve_instance, NULL },
    { "[upgrade_levels]\ncompute = 5.1\n", 0, RPC_revert_resize, NULL },
    { "[upgrade_levels]\ncompute = 5.2\n", 0, RPC_revert_resize, "5.2" },
    { "[upgrade_levels]\ncompute = pike\n", 0, RPC_stop_instance, NULL },
    { "[upgrade_levels]\ncompute = pike\n", 0, RPC_migrate_server, "1.20" },
    { "[upgrade_levels]\nscheduler = pike\n", 0, RPC_update_aggregates, "4.1" },
    { "[upgrade_levels]\nscheduler = juno\n", 0, RPC_update_aggregates, NULL },
};

static void test_levels(void **state)
{
    (void)state;
    rpc_on_auto_level(find_minimum);
    for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
        struct context *context = levels(caps[i].lines);
        const char *version;
        struct fault *fault;

        minimum = caps[i].minimum;
        fault = levels_version(context, caps[i].method, &version);
        if (caps[i].version) {
            assert_null(fault);
            assert_string_equal(version, caps[i].version);
        } else {
            assert_true(fault_is(fault, FAULT_RPCVersionCapError));
        }
    }
}

static void test_auto_is_kept(void **state)
{
    struct context *context = levels("[upgrade_levels]\ncompute = auto\n");
    const char *version;
    bool can;

    (void)state;
    rpc_on_auto_level(find_minimum);
    asked = 0;
    minimum = 0; /* no compute: asked again */
    assert_null(levels_version(context, RPC_stop_instance, &version));
    minimum = 55;
    assert_null(levels_version(context, RPC_stop_instance, &version));
    assert_null(levels_version(context, RPC_stop_instance, &version));
    assert_int_equal(asked, 2);
    assert_null(rpc_can_send(context, RPC_shelve_instance, "5.13", &can));
    assert_true(can);
    rpc_reset(context->worker->rpc);
    minimum = 65;
    assert_true(fault_is(levels_version(context, RPC_stop_instance, &version), FAULT_ServiceTooOld));
}

/* A forked worker makes ids of its own, whatever its parent had in hand. */
static void test_ids_after_fork(void **state)
{
    char ours[37], theirs[37];
    int ends[2];
    pid_t child;

    (void)state;
    text_uuid4(ours);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (!child) {
        text_uuid4(theirs);
        _exit(write(ends[1], theirs, sizeof(theirs)) == sizeof(theirs) ? 0 : 1);
    }
    text_uuid4(ours);
    assert_int_equal(read(ends[0], theirs, sizeof(theirs)), sizeof(theirs));
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    assert_string_not_equal(ours, theirs);
}

/* What is packed comes back; what is cut, none, or more than is wanted does not. */
static void test_compression(void **state)
{
    enum { LONG = 1000000 };
    static const char *const names[] = { "gzip", "bzip2", "lzma" };
    char *text = mem_array(mem, char, LONG + 1);
    const char *packed, *back;
    size_t size, length;

    (void)state;
    memset(text, 'x', LONG);
    for (size_t i = 0; i < 3; i++) {
        const struct compression *form = compression_named(names[i]);

        assert_non_null(form);
        assert_ptr_equal(form, compression_named(compression_header(form)));
        packed = compression_pack(form, mem, text, LONG, &size);
        assert_true(size < LONG / 100);
        back = compression_unpack(form, mem, packed, size, LONG, &length);
        assert_non_null(back);
        assert_int_equal(length, LONG);
        assert_string_equal(back, text);
        assert_null(compression_unpack(form, mem, packed, size, LONG - 1, &length));
        assert_null(compression_unpack(form, mem, packed, size - 5, LONG, &length));
        assert_null(compression_unpack(form, mem, text, LONG, LONG, &length));
        assert_null(compression_unpack(form, mem, text, 0, LONG, &length));
    }
    assert_null(compression_named("brotli"));
    assert_null(compression_named(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),     cmocka_unit_test(test_urls),           cmocka_unit_test(test_levels),
        cmocka_unit_test(test_auto_is_kept), cmocka_unit_test(test_ids_after_fork), cmocka_unit_test(test_compression),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
