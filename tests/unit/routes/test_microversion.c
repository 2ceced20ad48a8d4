/* SPDX-License-Identifier: Apache-2.0 */
/* The version headers: which version a request gets, and what a bad one is told.  Whole answers: unit/paste. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/versions.h"
#include "middleware/fault_body.h"
#include "routes/microversion.h"

#include <string.h>

static void headers_give_a_version(void **state)
{
    static const struct {
        const char *header, *old; /* NULL: not sent */
        int code;                 /* of the fault, 0: none */
        int version;
        const char *text; /* in the answer's headers */
    } rows[] = {
        { NULL, NULL, 0, 1, "2.1" },
        { "compute 2.47", NULL, 0, 47, "2.47" },
        { NULL, "2.47", 0, 47, "2.47" },
        { "compute 2.5", "2.47", 0, 5, "2.5" },
        { "volume 3.1", "2.47", 0, 47, "2.47" },
        { "compute latest", NULL, 0, 93, "2.93" },
        { NULL, "latest", 0, 93, "2.93" },
        { "Compute\t2.5, volume 3", NULL, 0, 5, "2.5" },
        { "", "", 400, VERSION_NONE, NULL },
        { "compute 2.00", NULL, 400, VERSION_NONE, NULL },
        { "compute 2.1x", NULL, 400, VERSION_NONE, NULL },
        { "compute latest 2.1", NULL, 400, VERSION_NONE, NULL },
        { "compute 2.0", NULL, 406, VERSION_NONE, "2.0" },
        { "compute 2.94", NULL, 406, VERSION_NONE, "2.94" },
        { "compute 2.100000000000000000001", NULL, 406, VERSION_NONE, "2.100000000000000000001" },
        { "compute 20.1", NULL, 406, VERSION_NONE, "20.1" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *mem = mem_context(NULL, "row");
        struct request request = { .mem = mem };
        struct fault *fault;

        if (rows[i].header)
            request_set_param(&request, "HTTP_OPENSTACK_API_VERSION", rows[i].header);
        if (rows[i].old)
            request_set_param(&request, "HTTP_X_OPENSTACK_NOVA_API_VERSION", rows[i].old);
        request_init(&request, mem, NULL, NULL);
        fault = microversion_negotiate(&request);
        assert_int_equal(fault ? fault->code : 0, rows[i].code);
        assert_int_equal(request.version, rows[i].version);
        assert_true(rows[i].text ? request.version_text && !strcmp(request.version_text, rows[i].text)
                                 : !request.version_text);
        version_headers_put(&request);
        assert_int_equal(request.response.header_count, rows[i].text ? 4 : 0);
        talloc_free(mem);
    }
}

/* Every version that the release answers has its line. */
static void versions_have_a_meaning(void **state)
{
    assert_int_equal(microversion_max(), release_default()->max_microversion);
    for (int minor = VERSION_MIN; minor <= microversion_max(); minor++)
        assert_non_null(microversion_meaning(minor));
    assert_null(microversion_meaning(0));
    assert_null(microversion_meaning(microversion_max() + 1));
    assert_string_equal(microversion_min_text(), "2.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_give_a_version),
        cmocka_unit_test(versions_have_a_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
