/* SPDX-License-Identifier: Apache-2.0 */
/* Accept headers and error pages, judged by WebOb's tables (tables.py). */
#include "config.h"

#include "fcgi_app/http/accept.h"

#include "tests/unit/table.h"

static const char *const offers[][4] = {
    { "text/html", "application/json" },
    { "application/json", "application/vnd.openstack.compute+json" },
    { "application/vnd.openstack.compute+json", "application/json", "application/atom+xml" },
};

static void chooses_as_webob(void **state)
{
    json_t *rows = table_read("http/data/accepts.json");
    const json_t *row, *best;
    size_t index, at;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        const char *header = table_bytes(mem, row, 0, NULL);

        json_array_foreach(json_array_get(row, 1), at, best)
        {
            json_int_t wanted = json_integer_value(best);
            const char *chosen = accept_best(mem, header, offers[at]);
            if (chosen != (wanted < 0 ? NULL : offers[at][wanted]))
                fail_msg("%s of offers %zu for %s", chosen ? chosen : "none", at, header);
        }
        talloc_free(mem);
    }
    json_decref(rows);
}

static void pages_as_webob(void **state)
{
    json_t *rows = table_read("http/data/pages.json");
    const json_t *row;
    size_t index;

    json_array_foreach(rows, index, row)
    {
        void *mem = mem_context(NULL, "row");
        struct request request = { .mem = mem };
        const struct response *response = &request.response;
        int code = (int)json_integer_value(json_array_get(row, 0));
        const char *accept = table_text(row, 2);

        request_set_param(&request, "REQUEST_METHOD", table_text(row, 1));
        request_set_param(&request, "CONTENT_TYPE", "text/<x>");
        if (accept)
            request_set_param(&request, "HTTP_ACCEPT", accept);
        request_init(&request, mem, NULL, NULL);
        strbuf_puts(&request.response.body, "what was answered before");
        response_add_header(&request.response, mem, "X-Before", "1");
        webob_error(&request, code, table_text(row, 3), table_text(row, 4));

        assert_int_equal(response->status, code);
        assert_string_equal(mem_printf(mem, "%d %s", code, fault_title(code)), table_text(row, 5));
        assert_int_equal(response->header_count, 1);
        assert_string_equal(response_header(response, "content-type"), table_text(row, 6));
        assert_string_equal(response->body.data, table_bytes(mem, row, 7, NULL));
        talloc_free(mem);
    }
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_as_webob),
        cmocka_unit_test(pages_as_webob),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
