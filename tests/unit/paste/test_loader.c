/* SPDX-License-Identifier: Apache-2.0 */
/* What paste files build, and what is said of those that are wrong. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/paste/factories.h"
#include "fcgi_app/paste/loader.h"
#include "tests/unit/middleware/fixture.h"

#define NOAUTH2 "[api]\nauth_strategy = noauth2\n"

/* A filter and an application to build with. */
#define PARTS                                                                                                          \
    "[filter:id]\npaste.filter_factory = nova.api.compute_req_id:ComputeReqIdMiddleware.factory\n"                     \
    "[filter:fault]\npaste.filter_factory = nova.api.openstack:FaultWrapper.factory\n"                                 \
    "[app:versions]\npaste.app_factory = nova.api.openstack.compute.versions:Versions.factory\n"

static struct fixture fixture;

static int open_fixture(void **state)
{
    fixture_open(&fixture, NOAUTH2);
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(&fixture);
    return 0;
}

static struct fault *load(const char *text, const char *name, const struct app **app)
{
    return paste_load(fixture.mem, fixture.worker.conf, fixture_file(fixture.mem, text), name, app);
}

/* The kinds of an application's filters, outermost first. */
static const char *filters_of(const struct app *app)
{
    char *names = mem_strdup(fixture.mem, "");

    for (size_t i = 0; i < app->filter_count; i++)
        names = mem_printf(fixture.mem, "%s%s%s", names, i ? " " : "", app->filters[i]->kind->name);
    return names;
}

static const char *source(const char *name)
{
    const char *srcdir = getenv("srcdir");

    return mem_printf(fixture.mem, "%s/%s", srcdir ? srcdir : ".", name);
}

static void errors_name_file_and_section(void **state)
{
    static const struct {
        const char *text;
        enum fault_name fault;
        const char *words; /* in its cause, or else in its message */
    } rows[] = {
        /* what the file does not define: the API is not started */
        { "", FAULT_PasteAppNotFound, "No section 'main' (prefixed by 'app'" },
        { "[filter:main]\n", FAULT_PasteAppNotFound, "No section 'main'" },
        { "[ap:main]\n", FAULT_PasteAppNotFound, "No section 'main'" },
        { "[app:main]\n[pipeline:main]\n", FAULT_PasteAppNotFound,
          "Ambiguous section names ['app:main', 'pipeline:main'] for section 'main'" },
        { "[app:main]\n[app: main]\n", FAULT_PasteAppNotFound, "Ambiguous section names ['app:main', 'app: main']" },
        { "[app:main]\nx = y\n", FAULT_PasteAppNotFound, ": No loader given in section 'app:main'" },
        { "[app:main]\npaste.app_factory = a:b\npaste.composite_factory = a:b\n", FAULT_PasteAppNotFound,
          ": Multiple protocols given in section 'app:main': paste.app_factory and paste.composite_factory" },
        { "[pipeline:main]\n", FAULT_PasteAppNotFound, "is missing a 'pipeline' setting" },
        { "[pipeline:main]\npipeline = versions\nx = y\n" PARTS, FAULT_PasteAppNotFound,
          "has extra (disallowed) settings: x" },
        { "[pipeline:main]\npipeline = nothing versions\n" PARTS, FAULT_PasteAppNotFound,
          "No section 'nothing' (prefixed by 'filter')" },
        { "[pipeline:main]\npipeline = id nothing\n" PARTS, FAULT_PasteAppNotFound,
          "No section 'nothing' (prefixed by 'app'" },
        { "[filter-app:main]\nuse = id\n" PARTS, FAULT_PasteAppNotFound, "The [filter-app:main] section" },
        { "[app:main]\nuse = nothing\n", FAULT_PasteAppNotFound, "No section 'nothing' (prefixed by 'app'" },
        { "[app:main]\nuse = call:nova\n", FAULT_PasteAppNotFound,
          ": [app:main] use = call:nova: module:object is wanted" },
        { "[app:main]\nuse = http:nova\n", FAULT_PasteAppNotFound, ": [app:main] URI scheme not known: 'http'" },
        { "[app:main]\nget x = nothing\nuse = versions\n" PARTS, FAULT_PasteAppNotFound,
          ": [app:main] get x: there is no global 'nothing'" },
        { "[composite:main]\nuse = call:nova.api.auth:pipeline_factory_v21\nkeystone = id versions\n" PARTS,
          FAULT_PasteAppNotFound, ": [composite:main] has no pipeline 'noauth2'" },
        /* what is wrong in it */
        { "[app:main]\nuse = call:nova.api:nothing\n", FAULT_ValueError,
          ": [app:main] nova.api:nothing: there is no such factory" },
        { "[app:main]\npaste.app_factory = nova.api.openstack:FaultWrapper.factory\n", FAULT_ValueError,
          ": [app:main] nova.api.openstack:FaultWrapper.factory: it is no paste.app_factory" },
        { "[app:main]\nuse = egg:Nothing#main\n", FAULT_ValueError, "egg:Nothing#main: there is no such factory" },
        { "[pipeline:main]\npipeline =\n", FAULT_ValueError, "[pipeline:main]" },
        { "[composite:main]\nuse = call:nova.api.auth:pipeline_factory_v21\nnoauth2 =\n", FAULT_ValueError,
          ": [composite:main] noauth2: the pipeline is empty" },
        { "[composite:main]\nuse = egg:Paste#urlmap\nport 80: versions\n" PARTS, FAULT_ValueError,
          ": [composite:main] port 80: a port needs a domain" },
        { "[composite:main]\nuse = egg:Paste#urlmap\nv2: versions\n" PARTS, FAULT_ValueError,
          ": [composite:main] v2: a path must start with /" },
        { "[app:main]\nuse = main\n", FAULT_ValueError, "section [app:main] leads back to itself" },
        { "[pipeline:main]\npipeline = id b\n[app:b]\nuse = main\n" PARTS, FAULT_ValueError,
          "[pipeline:main] leads back to itself: [pipeline:main] in [app:b] in [pipeline:main]" },
        { "[composite:main]\nuse = egg:Paste#urlmap\n/: b\n[composite:b]\nuse = egg:Paste#urlmap\n/: main\n",
          FAULT_ValueError, "[composite:main] leads back to itself" },
        { "[filter:a]\nuse = b\n[filter:b]\nuse = a\n[pipeline:main]\npipeline = a versions\n" PARTS, FAULT_ValueError,
          "[filter:a] leads back to itself" },
        { "[filter:a]\npaste.filter_app_factory = x:y\n[pipeline:main]\npipeline = a versions\n" PARTS,
          FAULT_ValueError, "[filter:a] paste.filter_app_factory = x:y: there are no factories of this protocol" },
        { "[pipeline:main]\npipeline = call:nova.api.openstack.compute:APIRouterV21.factory\n", FAULT_ValueError,
          "[pipeline:main] call:nova.api.openstack.compute:APIRouterV21.factory: Protocol None unknown" },
        { "[app:main]\nuse = %(nothing)s\n", FAULT_ConfigFileParseError, "[app:main] use: there is no 'nothing'" },
        { "[app:main]\nuse = 100%\n", FAULT_ConfigFileParseError, "[app:main] use: '%' must be followed" },
        { "[app:main]\nuse = %(a)s\na = %(use)s\n", FAULT_ConfigFileParseError, "nested too deeply" },
        { "[filter:c]\npaste.filter_factory = oslo_middleware.cors:filter_factory\n[pipeline:main]\npipeline = c "
          "versions\n" PARTS,
          FAULT_TypeError, "allowed_origin or oslo_config_project is required" },
        { "[filter:s]\npaste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory\nmax_request_body_size = "
          "x\n"
          "[pipeline:main]\npipeline = s versions\n" PARTS,
          FAULT_ConfigFileValueError, ": [filter:s] max_request_body_size: an integer wanted, got 'x'" },
        { "[filter:h]\nuse = egg:oslo.middleware#healthcheck\nbackends = a\n[pipeline:main]\npipeline = h "
          "versions\n" PARTS,
          FAULT_ConfigFileValueError, ": [filter:h] backends: there is no healthcheck backend 'a'" },
        /* what is not built */
        { "[app:main]\npaste.app_factory = nova.api.metadata.handler:MetadataRequestHandler.factory\n",
          FAULT_PasteAppNotFound, "[app:main]: the metadata API is not built yet" },
        { "[app:main\n", FAULT_ConfigFileParseError, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct app *app;
        struct fault *fault = load(rows[i].text, "main", &app);
        const char *said = fault && fault->cause ? fault->cause : fault ? fault->message : "loaded";

        if (!fault || fault->name != rows[i].fault || !strstr(said, rows[i].words))
            fail_msg("%s\n-> %s", rows[i].text, said);
        if (fault->cause)
            assert_non_null(strstr(fault->message, "Could not load paste app 'main' from /tmp/"));
    }
}

static void both_files_build_both_forms(void **state)
{
    static const struct {
        const char *file, *first;
    } rows[] = {
        { "deploy/etc/api-paste.ini", "" },
        { "tests/unit/paste/data/distribution.ini", "healthcheck " },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *filters = mem_printf(fixture.mem,
                                         "%scors http_proxy_to_wsgi compute_req_id faultwrap request_log sizelimit "
                                         "osprofiler noauth2",
                                         rows[i].first);
        const struct app *app;

        assert_null(paste_load(fixture.mem, fixture.worker.conf, source(rows[i].file), "osapi_compute", &app));
        assert_string_equal(app->name, "osapi_compute");
        assert_int_equal(app->filter_count, 0);
        assert_null(
            paste_load(fixture.mem, fixture.worker.conf, source(rows[i].file), "openstack_compute_api_v21", &app));
        assert_string_equal(filters_of(app), filters);
        assert_string_equal(app->name, "osapi_compute_app_v21");
        assert_null(paste_load(fixture.mem, fixture.worker.conf, source(rows[i].file),
                               "openstack_compute_api_v21_legacy_v2_compatible", &app));
        assert_string_equal(filters_of(app), mem_printf(fixture.mem, "%s legacy_v2_compatible", filters));
        assert_null(paste_load(fixture.mem, fixture.worker.conf, source(rows[i].file), "oscomputeversion_v2", &app));
        assert_string_equal(filters_of(app), "cors compute_req_id faultwrap request_log http_proxy_to_wsgi");
    }
}

static void keystone_is_the_default(void **state)
{
    struct fixture other;
    const struct app *app;

    fixture_open(&other, "[DEFAULT]\n");
    assert_null(paste_load(other.mem, other.worker.conf, source("deploy/etc/api-paste.ini"),
                           "openstack_compute_api_v21_legacy_v2_compatible", &app));
    assert_string_equal(filters_of(app), "cors http_proxy_to_wsgi compute_req_id faultwrap request_log sizelimit "
                                         "osprofiler authtoken keystonecontext legacy_v2_compatible");
    fixture_close(&other);
}

static void filters_stand_in_order(void **state)
{
    static const struct {
        const char *text, *filters;
    } rows[] = {
        { "[pipeline:main]\npipeline = id\n  fault\n  versions\n" PARTS, "compute_req_id faultwrap" },
        { "[app:main]\nuse = versions\nfilter-with = id\n" PARTS, "compute_req_id" },
        { "[filter-app:main]\nuse = id\nnext = inner\n[pipeline:inner]\npipeline = fault versions\n" PARTS,
          "compute_req_id faultwrap" },
        { "[pipeline:main]\npipeline = both versions\n[filter:both]\nuse = fault\nfilter-with = id\n" PARTS,
          "compute_req_id faultwrap" },
        { "[pipeline:main]\npipeline = egg:Oslo_Middleware#cors versions\nx = y\n[DEFAULT]\nx = y\nallowed_origin = *\n"
          "oslo_config_project = a\n[filter:unused]\n" PARTS,
          NULL },
        { "[app:main]\nuse = %(wanted)s\nwanted = versions\n[DEFAULT]\n" PARTS, "" },
        { "[composit:main]\nuse = call:nova.api.auth:pipeline_factory_v21\nnoauth2 = fault %(last)s\nlast = "
          "versions\n" PARTS,
          "faultwrap" },
        { "[application:main]\nrequire = Nothing\npaste.app_factory = oslo_middleware:Healthcheck.app_factory\n", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct app *app;
        struct fault *fault = load(rows[i].text, "main", &app);
        if (!rows[i].filters) {
            assert_non_null(fault); /* the egg's filter has no origin of its own: [DEFAULT] is not the section */
            continue;
        }
        if (fault)
            fail_msg("%s\n-> %s", rows[i].text, fault->message);
        assert_string_equal(filters_of(app), rows[i].filters);
    }
}

/* Settings go down as Paste hands them: globals, `set`, `get`, a using section's keys over the used one's. */
static void settings_reach_the_filter(void **state)
{
    static const char LIMIT[] =
        "[filter:limit]\npaste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory\n";
    static const struct {
        const char *text;
        long refused; /* the smallest Content-Length that is too large, less one */
    } rows[] = {
        { "[pipeline:main]\npipeline = limit versions\n", 114688 },
        { "[DEFAULT]\nmax_request_body_size = 10\n[pipeline:main]\npipeline = limit versions\n", 10 },
        { "[pipeline:main]\npipeline = small versions\n[filter:small]\nuse = limit\nmax_request_body_size = 20\n", 20 },
        { "[pipeline:main]\npipeline = small versions\n[filter:small]\nuse = limit\nset max_request_body_size = 30\n",
          30 },
        { "[DEFAULT]\nsize = 4\n[pipeline:main]\npipeline = small versions\n[filter:small]\nuse = limit\n"
          "get max_request_body_size = size\n",
          4 },
        { "[DEFAULT]\nsize = 5\n[pipeline:main]\npipeline = small versions\n[filter:small]\nuse = limit\n"
          "max_request_body_size = %(size)s0\n",
          50 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (long more = 0; more < 2; more++) {
            const struct app *app;
            assert_null(load(mem_printf(fixture.mem, "%s%s" PARTS, rows[i].text, LIMIT), "main", &app));
            fixture_request(&fixture, "GET", "/");
            fixture_header(&fixture, "Content-Length", mem_printf(fixture.mem, "%ld", rows[i].refused + more));
            fixture_ready(&fixture, NULL);
            fixture.request.content_length = rows[i].refused + more;
            fixture.request.body = mem_strdup(fixture.mem, "");
            chain_answer(app, &fixture.request);
            assert_int_equal(fixture.request.response.status, more ? 413 : 200);
        }
}

static void another_file_is_read(void **state)
{
    const char *other = fixture_file(fixture.mem, "[pipeline:x]\npipeline = id versions\n" PARTS);
    const struct app *app;

    assert_null(
        load(mem_printf(fixture.mem, "[pipeline:main]\npipeline = f config:%s#x\n[filter:f]\nuse = config:%s#fault\n",
                        strrchr(other, '/') + 1, other),
             "main", &app));
    assert_string_equal(filters_of(app), "faultwrap compute_req_id");
    assert_non_null(load("[app:main]\nuse = config:/nonexistent/x.ini#y\n", "main", &app));
}

/* Every row of the table stands for something, and names are not listed twice. */
static void factories_are_whole(void **state)
{
    for (const struct factory *factory = factories; factory->name; factory++) {
        bool named;
        assert_true(factory->missing || (factory->kind == FACTORY_FILTER ? !!factory->filter : !!factory->make));
        assert_ptr_equal(factory_find(factory->name, factory->kind, &named), factory);
        assert_true(named);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_file_and_section), cmocka_unit_test(both_files_build_both_forms),
        cmocka_unit_test(keystone_is_the_default),      cmocka_unit_test(filters_stand_in_order),
        cmocka_unit_test(settings_reach_the_filter),    cmocka_unit_test(another_file_is_read),
        cmocka_unit_test(factories_are_whole),
    };

    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
