/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints by catalogue, as keystoneauth1 5.0 finds them; URLs with names in them; parameters of paths. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/clients/catalogue.h"
#include "fcgi_app/clients/identity.h"
#include "fcgi_app/clients/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define V3                                                                                                             \
    "[{\"endpoints\": [{\"id\": \"1\", \"interface\": \"public\", \"region_id\": \"R1\", \"url\": \"http://pub\", "    \
    "\"region\": \"R1\"}, {\"id\": \"2\", \"interface\": \"internal\", \"region_id\": \"R1\", \"url\": "               \
    "\"http://int\", \"region\": \"R1\"}, "                                                                            \
    "{\"id\": \"3\", \"interface\": \"internal\", \"region_id\": \"R2\", \"url\": \"http://int2\", \"region\": "       \
    "\"R2\"}, "                                                                                                        \
    "{\"interface\": \"admin\", \"region\": \"R1\", \"url\": null}], \"id\": \"s\", \"type\": \"image\", \"name\": "   \
    "\"glance\"}, "                                                                                                    \
    "{\"type\": \"volume\", \"endpoints\": [{\"interface\": \"public\", \"region\": \"R1\", \"url\": "                 \
    "\"http://v1\"}]}, "                                                                                               \
    "{\"type\": \"volumev3\", \"name\": \"cinder\", \"endpoints\": [{\"url\": \"http://v3\", \"interface\": "          \
    "\"public\", \"region\": \"R1\"}]}, "                                                                              \
    "{\"endpoints\": [], \"type\": \"placement\"}, {\"name\": \"no type\"}, 7]"
#define V2                                                                                                             \
    "[{\"type\": \"image\", \"name\": \"glance\", \"endpoints\": [{\"region\": \"R1\", \"publicURL\": "                \
    "\"http://pub\", "                                                                                                 \
    "\"internalURL\": \"http://int\"}, {\"region\": \"R2\", \"internalURL\": \"http://int2\"}]}]"

static const char *const internal_first[] = { "internal", "public", NULL };
static const char *const public_only[] = { "publicURL", NULL };
static const char *const admin_only[] = { "admin", NULL };

static void endpoints_are_found(void **state)
{
    static const struct {
        const char *catalogue, *type, *name, *region;
        const char *const *interfaces;
        const char *url; /* NULL: a fault with these words */
        const char *words;
    } rows[] = {
        { V3, "image", NULL, NULL, internal_first, "http://int", NULL },
        { V3, "image", NULL, "R2", internal_first, "http://int2", NULL },
        { V3, "image", NULL, "R1", public_only, "http://pub", NULL },
        { V3, "image", "glance", "R1", public_only, "http://pub", NULL },
        { V3, "image", "other", "R1", public_only, NULL,
          "publicURL endpoint for image service named other in R1 region not found" },
        { V3, "image", NULL, NULL, admin_only, NULL, "admin endpoint for image service not found" },
        { V3, "image", NULL, "R3", internal_first, NULL,
          "['internal', 'public'] endpoint for image service in R3 region not found" },
        { V3, "placement", NULL, NULL, internal_first, NULL,
          "['internal', 'public'] endpoint for placement service not found" },
        { V3, "block-storage", NULL, NULL, public_only, "http://v3", NULL },
        { V3, "volume", NULL, NULL, public_only, "http://v1", NULL },
        { V3, "volumev3", NULL, NULL, public_only, "http://v3", NULL },
        { V3, "volumev2", NULL, NULL, public_only, NULL, "publicURL endpoint for volumev2 service not found" },
        { V2, "image", NULL, NULL, internal_first, "http://int", NULL },
        { V2, "image", NULL, "R2", internal_first, "http://int2", NULL },
        { V2, "image", NULL, "R2", public_only, NULL, "publicURL endpoint for image service in R2 region not found" },
        { "[]", "image", NULL, NULL, internal_first, NULL, "The service catalog is empty." },
        { NULL, "image", NULL, NULL, internal_first, NULL, "The service catalog is empty." },
        { "rubbish", "image", NULL, NULL, internal_first, NULL, "The service catalog is empty." },
        { "[{\"type\": \"image\", \"endpoints\": [{\"interface\": \"public\", \"url\": ", "image", NULL, NULL,
          public_only, NULL, "not found" },
    };
    void *mem = mem_context(NULL, "test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct catalogue_wish wish = { rows[i].type, rows[i].name, rows[i].region, rows[i].interfaces };
        const char *url = NULL;
        struct fault *fault = catalogue_find(mem, rows[i].catalogue, &wish, &url);

        if (rows[i].url) {
            assert_null(fault);
            assert_string_equal(url, rows[i].url);
        } else if (!fault || !fault_is(fault, FAULT_keystone_EndpointNotFound) ||
                   !strstr(fault->message, rows[i].words)) {
            fail_msg("row %zu: %s", i, fault ? fault->message : url);
        }
    }
    talloc_free(mem);
}

static void addresses_take_names(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct context context = { .mem = mem, .project_id = "p1", .user_id = "u1" };
    const char *url;

    (void)state;
    assert_null(service_template(&context, mem, "http://c/v3/%(project_id)s/%(user_id)s/%%", &url));
    assert_string_equal(url, "http://c/v3/p1/u1/%");
    assert_null(service_template(&context, mem, "http://c", &url));
    assert_string_equal(url, "http://c");
    assert_non_null(service_template(&context, mem, "http://c/%(nothing)s", &url));
    assert_non_null(service_template(&context, mem, "http://c/%d", &url));
    assert_non_null(service_template(&context, mem, "http://c/%(project_id", &url));
    talloc_free(mem);
}

static void parameters_are_quoted(void **state)
{
    void *mem = mem_context(NULL, "test");
    struct strbuf path;

    (void)state;
    strbuf_init(&path, mem, 16);
    strbuf_puts(&path, "/v2.0/ports");
    service_put_param(&path, "fixed_ips", "ip_address=10.0.0.1");
    service_put_param(&path, "name", "a b&c/\xc3\xa9~-_.");
    assert_string_equal(path.data, "/v2.0/ports?fixed_ips=ip_address%3D10.0.0.1&name=a+b%26c%2F%C3%A9~-_.");
    talloc_free(mem);
}

static void times_and_versions_are_read(void **state)
{
    int64_t usec = 0;

    (void)state;
    assert_true(identity_time("1970-01-02T00:00:00.000001Z", &usec));
    assert_true(usec == INT64_C(86400000001));
    assert_true(identity_time("1970-01-01T00:00:01Z", &usec));
    assert_true(usec == 1000000);
    assert_false(identity_time("1970-01-01 00:00:01Z", &usec));
    assert_false(identity_time("1970-01-01T00:00:01", &usec));
    assert_false(identity_time("", &usec));
    assert_false(identity_time("0000000000T00000000000000000000000000000000000000000Z", &usec));
    assert_int_equal(identity_version_start("http://h:1/v3/"), 10);
    assert_int_equal(identity_version_start("http://h:1/image/v2.0"), 16);
    assert_int_equal(identity_version_start("http://h:1//"), 10);
    assert_int_equal(identity_version_start("http://h:1/vault"), 16);
    assert_int_equal(identity_version_start(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_are_found),
        cmocka_unit_test(addresses_take_names),
        cmocka_unit_test(parameters_are_quoted),
        cmocka_unit_test(times_and_versions_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
