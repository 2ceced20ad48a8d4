/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of versioned objects: sound in itself, and equal to the facts where they are at hand. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/objects/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void is_sound(void **state)
{
    const char *wrong = object_registry_check();

    (void)state;
    if (wrong)
        fail_msg("%s", wrong);
}

static void finds_by_name(void **state)
{
    const struct object_kind *service = object_kind("Service");
    const struct object_field *field;

    (void)state;
    assert_non_null(service);
    assert_string_equal(service->version, "1.22");
    field = object_field(service, "host");
    assert_string_equal(field->type, "String");
    assert_true(field->nullable);
    assert_false(field->read_only);
    assert_null(field->text);
    assert_null(object_kind("service"));
    assert_null(object_kind("Servicf"));
    assert_null(object_field(service, "hosts"));
}

static void knows_what_a_field_holds(void **state)
{
    size_t length;
    const char *name = object_field_holds(object_field(object_kind("ServiceList"), "objects"), &length);

    (void)state;
    assert_int_equal(length, strlen("Service"));
    assert_memory_equal(name, "Service", length);
    name = object_field_holds(object_field(object_kind("Service"), "compute_node"), &length);
    assert_int_equal(length, strlen("ComputeNode"));
    assert_memory_equal(name, "ComputeNode", length);
    assert_null(object_field_holds(object_field(object_kind("Service"), "host"), &length));
}

/* NOVA_FACTS names the folder of the facts. */
static void equals_the_facts(void **state)
{
    const char *folder = getenv("NOVA_FACTS");
    char path[512], line[4096];
    size_t rows = 0, ours = 0, count;
    const struct object_kind *kinds = object_kinds(&count);
    FILE *file;

    (void)state;
    if (!folder)
        skip();
    snprintf(path, sizeof(path), "%s/objects.tsv", folder);
    file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        char *columns[7], *rest = line;
        const struct object_kind *kind;
        const struct object_field *field;

        line[strcspn(line, "\n")] = '\0';
        if (*line == '#' || !strncmp(line, "object\t", 7))
            continue;
        for (int i = 0; i < 7; i++)
            columns[i] = rest ? strsep(&rest, "\t") : (char *)"";
        kind = object_kind(columns[0]);
        assert_non_null(kind);
        assert_string_equal(kind->version, columns[1]);
        field = object_field(kind, columns[2]);
        assert_non_null(field);
        assert_string_equal(field->type, columns[3]);
        assert_int_equal(field->nullable, !strcmp(columns[4], "yes"));
        assert_int_equal(field->read_only, !strcmp(columns[5], "yes"));
        assert_string_equal(field->text ? field->text : "", columns[6]);
        rows++;
    }
    fclose(file);
    for (size_t i = 0; i < count; i++)
        ours += kinds[i].field_count;
    assert_int_equal(rows, ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_sound),
        cmocka_unit_test(finds_by_name),
        cmocka_unit_test(knows_what_a_field_holds),
        cmocka_unit_test(equals_the_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
