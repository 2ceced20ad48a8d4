/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as text: byte for byte what the reference published, and what is read in replies. */
#include "config.h"

#include "fcgi_app/rpc/envelope.h"
#include "tests/unit/rpc/captures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

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

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const struct rpc_row *row_of(const char *method)
{
    for (size_t i = 0; i < RPC_METHOD_COUNT; i++)
        if (!strcmp(rpc_rows[i].method, method))
            return &rpc_rows[i];
    fail_msg("no row for %s", method);
    return NULL;
}

static struct rpc_args args_of(json_t *message)
{
    struct rpc_args args;
    const char *key;
    json_t *value;

    rpc_args_init(&args, mem);
    json_object_foreach(json_object_get(message, "args"), key, value)
    {
        struct strbuf text;

        strbuf_init(&text, mem, 64);
        json_put_tree(&text, value);
        rpc_arg_raw(&args, key, text.data, text.length);
    }
    return args;
}

/* The rows say topic, namespace, version and length of wait of every recorded message; the text is the recorded one. */
static void test_captures(void **state)
{
    struct context context = { .mem = mem };
    struct capture *captures;
    size_t count = captures_read(mem, &captures);

    (void)state;
    assert_int_equal(count, 53);
    for (size_t i = 0; i < count; i++) {
        struct capture *capture = &captures[i];
        const struct rpc_row *row = row_of(capture->method);
        struct rpc_args args = args_of(capture->message);
        bool call = !strcmp(capture->kind, "call");
        struct envelope_call reply = { "m", "q", 0 };
        struct strbuf ours, theirs;

        assert_string_equal(row->topic, capture->topic);
        if (call)
            assert_int_equal(row->long_call, json_integer_value(json_object_get(capture->whole, "timeout")) == 1800);
        strbuf_init(&ours, mem, 1024);
        strbuf_init(&theirs, mem, 1024);
        envelope_put_message(&ours, &context, row->method, &args, row->namespace, row->version, call ? &reply : NULL,
                             "u", 0);
        json_put_tree(&theirs, capture->message);
        strbuf_cut(&theirs, theirs.length - 1);
        strbuf_puts(&theirs, call ? ", \"_msg_id\": \"m\", \"_reply_q\": \"q\", \"_timeout\": null, \"_unique_id\": "
                                    "\"u\", \"_context_user\": null"
                                  : ", \"_unique_id\": \"u\", \"_context_user\": null");
        assert_true(ours.length > theirs.length);
        strbuf_cut(&ours, theirs.length);
        assert_string_equal(ours.data, theirs.data);
    }
}

static void read_context(json_t *inner, struct context *context)
{
    const json_t *roles = json_object_get(inner, "_context_roles");
    const char **names = mem_array(mem, const char *, json_array_size(roles) + 1);
    struct strbuf catalog;

    for (size_t i = 0; i < json_array_size(roles); i++)
        names[i] = json_string_value(json_array_get(roles, i));
    strbuf_init(&catalog, mem, 256);
    json_put_tree(&catalog, json_object_get(inner, "_context_service_catalog"));
    *context =
        (struct context){ .mem = mem,
                          .user_id = text_of(inner, "_context_user_id"),
                          .user_name = text_of(inner, "_context_user_name"),
                          .project_id = text_of(inner, "_context_project_id"),
                          .project_name = text_of(inner, "_context_project_name"),
                          .request_id = text_of(inner, "_context_request_id"),
                          .auth_token = text_of(inner, "_context_auth_token"),
                          .service_catalog = catalog.data,
                          .roles = names,
                          .is_admin = json_is_true(json_object_get(inner, "_context_is_admin")),
                          .is_admin_project = json_is_true(json_object_get(inner, "_context_is_admin_project")) };
}

/* Recorded bodies whole: a cast, a call, a fanout. */
static void test_envelopes(void **state)
{
    const int64_t usec = 1795339011254033; /* 2026-11-22T09:16:51.254033 */
    json_t **lines;
    size_t count = captures_lines(mem, "tests/unit/rpc/envelopes.jsonl", &lines);

    (void)state;
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        const char *text = text_of(lines[i], "oslo.message");
        struct envelope_call call;
        struct strbuf ours, inner_text, theirs;
        struct context context;
        struct rpc_args args;
        json_t *inner;

        assert_null(json_read(mem, text, strlen(text), &inner));
        args = args_of(inner);
        read_context(inner, &context);
        call = (struct envelope_call){ text_of(inner, "_msg_id"), text_of(inner, "_reply_q"), 0 };
        strbuf_init(&inner_text, mem, 1024);
        strbuf_init(&ours, mem, 1024);
        strbuf_init(&theirs, mem, 1024);
        envelope_put_message(&inner_text, &context, text_of(inner, "method"), &args, NULL, text_of(inner, "version"),
                             call.msg_id ? &call : NULL, text_of(inner, "_unique_id"), usec);
        envelope_wrap(&ours, inner_text.data, inner_text.length);
        json_put_tree(&theirs, lines[i]);
        assert_string_equal(ours.data, theirs.data);
    }
}

/* What else a context may hold. */
static void test_context(void **state)
{
    static const char *const roles[] = { "a\"b", "ü", NULL };
    struct context context = { .mem = mem,
                               .user_id = "u",
                               .domain_id = "d",
                               .user_domain_id = "ud",
                               .project_domain_id = "",
                               .system_scope = "all",
                               .global_request_id = "req-g",
                               .remote_address = "::1",
                               .is_admin = true,
                               .roles = roles,
                               .service_catalog = "[{\"type\":\"compute\"},{\"endpoints\":[],\"type\":\"volumev3\"},5,"
                                                  "{\"type\": \"network\", \"n\": \"\\u00fc\"}]" };
    static const char *const expected[] = {
        "\"_context_user_identity\": \"u - d ud -\"",
        "\"_context_roles\": [\"a\\\"b\", \"\\u00fc\"]",
        "\"_context_system_scope\": \"all\"",
        "\"_context_global_request_id\": \"req-g\"",
        "\"_context_is_admin\": true",
        "\"_context_remote_address\": \"::1\"",
        "\"_context_project_domain\": \"\"",
        "\"_context_timestamp\": \"1970-01-01T00:00:01.000000\"",
        "\"_context_service_catalog\": [{\"endpoints\": [], \"type\": \"volumev3\"}, {\"type\": \"network\", \"n\": "
        "\"\\u00fc\"}]",
    };
    struct strbuf out;

    (void)state;
    strbuf_init(&out, mem, 1024);
    envelope_put_context(&out, &context, "u", 1000000);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (!strstr(out.data, expected[i]))
            fail_msg("%s is not in %s", expected[i], out.data);
}

static void test_args(void **state)
{
    struct rpc_args args;

    (void)state;
    rpc_args_init(&args, mem);
    rpc_arg_string(&args, "a", "ü\n");
    rpc_arg_string(&args, "b", NULL);
    rpc_arg_null(&args, "c");
    rpc_arg_bool(&args, "d", true);
    rpc_arg_int(&args, "e", -5);
    assert_string_equal(args.json.data, "{\"a\": \"\\u00fc\\n\", \"b\": null, \"c\": null, \"d\": true, \"e\": -5");
}

static const struct {
    const char *body, *msg_id, *failure;
    bool good, ending;
    int64_t result; /* -1: null */
} replies[] = {
    { "{\"oslo.version\": \"2.0\", \"oslo.message\": \"{\\\"result\\\": 5, \\\"failure\\\": null, \\\"ending\\\": "
      "true, "
      "\\\"_msg_id\\\": \\\"m\\\"}\"}",
      "m", NULL, true, true, 5 },
    { "{\"oslo.version\": \"2.1\", \"oslo.message\": \"{\\\"failure\\\": \\\"x\\\", \\\"_msg_id\\\": \\\"m\\\"}\"}",
      "m", "x", true, false, -1 },
    { "{\"result\": 5, \"ending\": true, \"_msg_id\": \"m\", \"failure\": \"\"}", "m", NULL, true, true, 5 },
    { "{\"ending\": 1}", "", NULL, true, false, -1 },
    { "{\"oslo.version\": \"3.0\", \"oslo.message\": \"{}\"}", "", NULL, false, false, -1 },
    { "{\"oslo.version\": \"2.0\", \"oslo.message\": {}}", "", NULL, false, false, -1 },
    { "{\"oslo.version\": \"2.0\", \"oslo.message\": \"5\"}", "", NULL, false, false, -1 },
    { "{\"oslo.version\": \"2.0\", \"oslo.message\": \"{\"}", "", NULL, false, false, -1 },
    { "[]", "", NULL, false, false, -1 },
    { "", "", NULL, false, false, -1 },
};

static void test_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        struct envelope_reply reply;

        assert_int_equal(envelope_read(mem, replies[i].body, strlen(replies[i].body), &reply), replies[i].good);
        assert_string_equal(reply.msg_id, replies[i].msg_id);
        assert_int_equal(reply.ending, replies[i].ending);
        if (replies[i].failure)
            assert_string_equal(reply.failure, replies[i].failure);
        else
            assert_null(reply.failure);
        if (replies[i].result < 0)
            assert_true(json_is_null(reply.result));
        else
            assert_int_equal(json_integer_value(reply.result), replies[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures), cmocka_unit_test(test_envelopes), cmocka_unit_test(test_context),
        cmocka_unit_test(test_args),     cmocka_unit_test(test_replies),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
