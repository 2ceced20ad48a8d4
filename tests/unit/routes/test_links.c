/* SPDX-License-Identifier: Apache-2.0 */
/* Links, pages, and the fields of a flavor by version. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "routes/links.h"
#include "routes/paging.h"
#include "routes/views/flavors.h"

#include <string.h>

/* Options in the place of a nova.conf. */
struct conf {
    const char *prefix;
    int64_t max_limit;
};

int64_t conf_int(const struct conf *conf, enum option option)
{
    assert_int_equal(option, OPTION_api_max_limit);
    return conf->max_limit;
}

const char *conf_string(const struct conf *conf, enum option option)
{
    assert_int_equal(option, OPTION_api_compute_link_prefix);
    return conf->prefix;
}

#define PROJECT "0123456789abcdef"

struct asked {
    struct conf conf;
    struct worker worker;
    struct context context;
    struct request request;
    struct call call;
};

static struct asked *ask(const char *script, const char *path, const char *query)
{
    void *mem = mem_context(NULL, "request");
    struct asked *asked = mem_new(mem, struct asked);

    asked->conf = (struct conf){ NULL, 1000 };
    asked->worker.conf = &asked->conf;
    asked->context = (struct context){ .mem = mem, .worker = &asked->worker, .project_id = PROJECT };
    asked->request.mem = mem;
    request_set_param(&asked->request, "REQUEST_METHOD", "GET");
    request_set_param(&asked->request, "SCRIPT_NAME", script);
    request_set_param(&asked->request, "PATH_INFO", path);
    request_set_param(&asked->request, "QUERY_STRING", query);
    request_set_param(&asked->request, "HTTP_HOST", "api:8774");
    request_init(&asked->request, mem, &asked->worker, &asked->context);
    asked->call = (struct call){ .mem = mem,
                                 .context = &asked->context,
                                 .request = &asked->request,
                                 .version = 1,
                                 .out = &asked->request.response.body };
    assert_null(query_parse(mem, query, &asked->call.query));
    return asked;
}

static void done(struct asked *asked)
{
    talloc_free((void *)asked->call.mem);
}

static void assert_bases(const char *prefix, const char *script, const char *path, const char *query, const char *self,
                         const char *bookmark)
{
    struct asked *asked = ask(script, path, query);
    struct links links;

    asked->conf.prefix = prefix;
    assert_string_equal(link_base(&asked->call), self);
    links_open(&asked->call, "things", &links);
    assert_string_equal(links.self_base, self);
    assert_string_equal(links.bookmark_base, bookmark);
    done(asked);
}

static void test_bases(void **state)
{
    assert_bases(NULL, "/v2.1", "/flavors", "", "http://api:8774/v2.1", "http://api:8774");
    assert_bases(NULL, "/v2", "/flavors", "", "http://api:8774/v2", "http://api:8774");
    assert_bases(NULL, "/compute/v2.1", "/flavors", "", "http://api:8774/compute/v2.1", "http://api:8774/compute");
    assert_bases(NULL, "/api", "/flavors", "", "http://api:8774/api", "http://api:8774/api");
}

static void test_project_anywhere_in_the_url(void **state)
{
    assert_bases(NULL, "/v2.1", "/" PROJECT "/flavors", "", "http://api:8774/v2.1/" PROJECT,
                 "http://api:8774/" PROJECT);
    assert_bases(NULL, "/v2.1", "/flavors", "project_id=" PROJECT, "http://api:8774/v2.1/" PROJECT,
                 "http://api:8774/" PROJECT);
}

static void test_pairs_that_the_schema_took_out_do_not_count(void **state)
{
    struct asked *asked = ask("/v2.1", "/flavors", "x=" PROJECT);

    asked->call.query.count = 0;
    assert_string_equal(link_base(&asked->call), "http://api:8774/v2.1");
    done(asked);
}

static void test_prefix(void **state)
{
    assert_bases("https://public", "/v2.1", "/flavors", "", "https://public/v2.1", "https://public");
    assert_bases("https://public/compute", "/v2.1", "/flavors", "", "https://public/compute/v2.1",
                 "https://public/compute");
    assert_bases("HTTPS://public:1/compute", "/v2.1", "/" PROJECT "/flavors", "",
                 "https://public:1/compute/v2.1/" PROJECT, "https://public:1/compute/" PROJECT);
    assert_bases("", "/v2.1", "/flavors", "", "http://api:8774/v2.1", "http://api:8774");
}

static void test_both_links(void **state)
{
    struct asked *asked = ask("/v2.1", "/flavors", "");
    struct links links;

    links_open(&asked->call, "flavors", &links);
    links_put(&links, asked->call.out, "/a \"b\"\xc3\xa9/");
    assert_string_equal(asked->call.out->data,
                        "[{\"rel\": \"self\", \"href\": \"http://api:8774/v2.1/flavors/a \\\"b\\\"\\u00e9\"}, "
                        "{\"rel\": \"bookmark\", \"href\": \"http://api:8774/flavors/a \\\"b\\\"\\u00e9\"}]");
    strbuf_cut(asked->call.out, 0);
    links_put_bookmark(&links, asked->call.out, "1");
    assert_string_equal(asked->call.out->data, "{\"rel\": \"bookmark\", \"href\": \"http://api:8774/flavors/1\"}");
    done(asked);
}

static void assert_next(const char *query, int64_t max_limit, size_t shown, const char *expected)
{
    struct asked *asked = ask("/v2.1", "/flavors", query);

    asked->conf.max_limit = max_limit;
    links_put_next(&asked->call, "flavors", "flavors/detail", shown, "a b");
    assert_string_equal(asked->call.out->data, expected);
    done(asked);
}

#define NEXT(query)                                                                                                    \
    ", \"flavors_links\": [{\"rel\": \"next\", \"href\": \"http://api:8774/v2.1/flavors/detail?" query "\"}]"

static void test_next_link(void **state)
{
    assert_next("limit=2", 1000, 2, NEXT("limit=2&marker=a+b"));
    assert_next("limit=2", 1000, 1, "");
    assert_next("limit=0", 1000, 0, "");
    assert_next("", 3, 3, NEXT("marker=a+b"));
    assert_next("limit=9", 3, 3, NEXT("limit=9&marker=a+b"));
    assert_next("limit=9", 3, 2, "");
}

static void test_next_link_is_sorted_and_keeps_the_markers_place(void **state)
{
    assert_next("sort_key=name&marker=z&limit=2", 1000, 2, NEXT("limit=2&marker=a+b&sort_key=name"));
    assert_next("limit=3&x=%C3%A9&limit=2", 1000, 2, NEXT("limit=3&x=%C3%A9&marker=a+b"));
}

/* ---- paging ---- */

static void assert_paging(const char *query, int64_t limit, const char *marker, int64_t offset)
{
    struct asked *asked = ask("/v2.1", "/flavors", query);
    struct paging paging;

    assert_null(paging_read(&asked->call, &paging));
    assert_int_equal(paging.limit, limit);
    assert_int_equal(paging.offset, offset);
    assert_string_equal(paging.marker ? paging.marker : "none", marker);
    done(asked);
}

static void assert_paging_fault(const char *query, const char *words)
{
    struct asked *asked = ask("/v2.1", "/flavors", query);
    struct paging paging;
    struct fault *fault = paging_read(&asked->call, &paging);

    assert_non_null(fault);
    assert_int_equal(fault->code, 400);
    assert_string_equal(fault->message, words);
    done(asked);
}

static void test_paging(void **state)
{
    assert_paging("", 1000, "none", 0);
    assert_paging("limit=5&marker=m&offset=2", 5, "m", 2);
    assert_paging("limit=5000", 1000, "none", 0);
    assert_paging("limit=0&marker=", 0, "", 0);
    assert_paging("limit=5&limit=6", 6, "none", 0);
    assert_paging_fault("limit=x", "Invalid input received: limit must be an integer");
    assert_paging_fault("limit=-1", "Invalid input received: limit must be >= 0");
    assert_paging_fault("page_size=", "Invalid input received: page_size must be an integer");
    assert_paging_fault("offset=-2&limit=3", "Invalid input received: offset must be >= 0");
}

/* ---- flavors ---- */

static void assert_flavor(int version, bool extra_specs, const struct flavor *flavor, const char *expected)
{
    struct asked *asked = ask("/v2.1", "/flavors/7", "");

    asked->call.version = version;
    flavors_view_show(&asked->call, flavor, extra_specs);
    assert_string_equal(asked->call.out->data, expected);
    done(asked);
}

#define LINKS                                                                                                          \
    "\"links\": [{\"rel\": \"self\", \"href\": \"http://api:8774/v2.1/flavors/7\"}, "                                  \
    "{\"rel\": \"bookmark\", \"href\": \"http://api:8774/flavors/7\"}]"
#define FLAVOR(swap, factor)                                                                                           \
    "{\"flavor\": {\"id\": \"7\", \"name\": \"seven\", \"ram\": 64, \"disk\": 2, \"swap\": " swap                      \
    ", \"OS-FLV-EXT-DATA:ephemeral\": 3, \"OS-FLV-DISABLED:disabled\": true, \"vcpus\": 1, "                           \
    "\"os-flavor-access:is_public\": false, \"rxtx_factor\": " factor ", " LINKS

static void test_flavor_by_version(void **state)
{
    static const char specs[] = "{ \"b\" : \"\u00e9\", \"a\" : \"1\" }";
    struct flavor flavor = {
        .flavorid = "7", .name = "seven", .memory_mb = 64, .vcpus = 1, .root_gb = 2, .ephemeral_gb = 3, .disabled = true
    };

    assert_flavor(1, true, &flavor, FLAVOR("\"\"", "\"\"") "}}");
    flavor.rxtx_factor = 1;
    flavor.swap = 5;
    assert_flavor(54, true, &flavor, FLAVOR("5", "1.0") "}}");
    assert_flavor(55, true, &flavor, FLAVOR("5", "1.0") ", \"description\": null}}");
    flavor.description = "words";
    assert_flavor(61, false, &flavor, FLAVOR("5", "1.0") ", \"description\": \"words\"}}");
    assert_flavor(61, true, &flavor, FLAVOR("5", "1.0") ", \"description\": \"words\", \"extra_specs\": {}}}");
    flavor.extra_specs = (struct db_bytes){ specs, sizeof(specs) - 1 };
    flavor.swap = 0;
    assert_flavor(75, true, &flavor,
                  FLAVOR("0", "1.0") ", \"description\": \"words\", "
                                     "\"extra_specs\": {\"b\": \"\\u00e9\", \"a\": \"1\"}}}");
}

static void test_flavors_in_brief(void **state)
{
    const struct flavor flavors[] = { { .flavorid = "7", .name = "seven" }, { .flavorid = "8", .name = "eight" } };
    struct asked *asked = ask("/v2.1", "/flavors", "limit=1");

    flavors_view_index(&asked->call, &(struct flavor_list){ flavors, 1 });
    assert_string_equal(asked->call.out->data, "{\"flavors\": [{\"id\": \"7\", \"name\": \"seven\", " LINKS
                                               "}], \"flavors_links\": [{\"rel\": \"next\", \"href\": "
                                               "\"http://api:8774/v2.1/flavors?limit=1&marker=7\"}]}");
    strbuf_cut(asked->call.out, 0);
    flavors_view_index(&asked->call, &(struct flavor_list){ flavors, 0 });
    assert_string_equal(asked->call.out->data, "{\"flavors\": []}");
    done(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases),
        cmocka_unit_test(test_project_anywhere_in_the_url),
        cmocka_unit_test(test_pairs_that_the_schema_took_out_do_not_count),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_both_links),
        cmocka_unit_test(test_next_link),
        cmocka_unit_test(test_next_link_is_sorted_and_keeps_the_markers_place),
        cmocka_unit_test(test_paging),
        cmocka_unit_test(test_flavor_by_version),
        cmocka_unit_test(test_flavors_in_brief),
    };

    return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
