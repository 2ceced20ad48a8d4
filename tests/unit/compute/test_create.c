/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New servers: what Python's nova makes of zone texts, names, block devices, images and flavors, and what ours does.
 * The tables beside hold its answers: [what is given …, what comes of it], faults as {"fault", "message"}.
 */
#include "config.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/create.h"
#include "fcgi_app/compute/hardware.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/objects/image_meta.h"
#include "fcgi_app/objects/tree.h"
#include "tests/unit/table.h"

static void *mem;
static struct worker worker;
static struct context context;
static size_t wrong;

static int open_conf(void **state)
{
    static char program[] = "test", option[] = "--config-file", file[] = "/dev/null";
    static char *argv[] = { program, option, file, NULL };
    bool stop;
    int status;

    (void)state;
    mem = mem_context(NULL, "test");
    context.mem = mem;
    context.worker = &worker;
    return conf_load(mem, "nova", "test", 3, argv, &worker.conf, &stop, &status) != NULL;
}

static int close_conf(void **state)
{
    (void)state;
    talloc_free(mem);
    return 0;
}

/* Is it the fault of the table's row? */
static bool same_fault(const json_t *expected, const struct fault *fault)
{
    const char *name = json_string_value(json_object_get(expected, "fault"));
    const char *message = json_string_value(json_object_get(expected, "message"));

    if (!name)
        return !fault;
    return fault && !strcmp(fault_kinds[fault->name].name, name) && !strcmp(fault->message, message);
}

static void complain(size_t row, const char *what, const json_t *expected, const char *got)
{
    char *text = json_dumps(expected, JSON_ENCODE_ANY);

    print_error("%s %zu: expected %s, got %s\n", what, row, text, got);
    free(text);
    wrong++;
}

static void check_fault(size_t row, const char *what, const json_t *expected, const struct fault *fault)
{
    if (!same_fault(expected, fault))
        complain(row, what, expected, fault ? fault->message : "no fault");
}

/* The fields of an object and of those in it, without names, versions and changes. */
static json_t *plain(const json_t *tree)
{
    const json_t *data = json_object_get(tree, "nova_object.data");
    json_t *out, *value;
    const char *key;
    size_t index;

    if (json_is_array(tree)) {
        out = json_array();
        json_array_foreach((json_t *)(uintptr_t)tree, index, value)
        {
            json_array_append_new(out, plain(value));
        }
        return out;
    }
    if (!data)
        return json_deep_copy(tree);
    out = json_object();
    json_object_foreach((json_t *)(uintptr_t)data, key, value)
    {
        json_object_set_new(out, key, plain(value));
    }
    return out;
}

static void check_tree(size_t row, const char *what, const json_t *expected, const json_t *tree)
{
    json_t *got = tree ? plain(tree) : json_null();

    if (!json_equal((json_t *)(uintptr_t)expected, got)) {
        char *text = json_dumps(got, JSON_ENCODE_ANY);

        complain(row, what, expected, text);
        free(text);
    }
    json_decref(got);
}

static bool same_text(const json_t *expected, const char *text)
{
    return json_is_null(expected) ? !text : text && !strcmp(json_string_value(expected), text);
}

static void zone_texts(void **state)
{
    json_t *rows = table_read("compute/zones.json"), *row;
    size_t i;

    (void)state;
    wrong = 0;
    json_array_foreach(rows, i, row)
    {
        const json_t *expected = json_array_get(row, 1);
        struct create_place place = { 0 };
        struct fault *fault = create_zone_parse(&context, table_text(row, 0), &place);

        if (json_is_object(expected))
            check_fault(i, "zone", expected, fault);
        else if (fault || !same_text(json_array_get(expected, 0), place.zone) ||
                 !same_text(json_array_get(expected, 1), place.host) ||
                 !same_text(json_array_get(expected, 2), place.node))
            complain(i, "zone", expected, fault ? fault->message : "other parts");
    }
    assert_int_equal(wrong, 0);
    json_decref(rows);
}

static void hostnames(void **state)
{
    json_t *rows = table_read("compute/hostnames.json"), *row;
    size_t i;

    (void)state;
    wrong = 0;
    json_array_foreach(rows, i, row)
    {
        const char *got = create_hostname(mem, table_text(row, 0));

        if (strcmp(got, table_text(row, 1)))
            complain(i, "hostname", row, got);
    }
    assert_int_equal(wrong, 0);
    json_decref(rows);
}

/* Only what is neither null nor false stands in the table. */
static void check_device(size_t row, const json_t *expected, struct new_devices *devices)
{
    json_t *tree = new_devices_tree(devices, NULL);
    json_t *got = plain(json_array_get(tree_get(tree, "objects"), 0));
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(got, next, key, value)
    {
        if (json_is_null(value) || json_is_false(value))
            json_object_del(got, key);
    }
    check_tree(row, "device", expected, got);
    json_decref(got);
    json_decref(tree);
}

static void block_devices(void **state)
{
    json_t *rows = table_read("compute/devices.json"), *row;
    size_t i;

    (void)state;
    wrong = 0;
    json_array_foreach(rows, i, row)
    {
        const json_t *expected = json_array_get(row, 2);
        json_t *list = json_array();
        struct new_devices devices;
        struct fault *fault;

        json_array_append(list, json_array_get(row, 0));
        fault = create_devices_read(mem, list, json_is_true(json_array_get(row, 1)), &devices);
        if (json_object_get(expected, "fault") || fault)
            check_fault(i, "device", expected, fault);
        else
            check_device(i, expected, &devices);
        json_decref(list);
    }
    assert_int_equal(wrong, 0);
    json_decref(rows);
}

static json_t *image_of(const json_t *props)
{
    return json_pack("{s:s, s:s, s:s, s:O}", "id", "4a6d9351-e983-4859-b612-477cbec1aacf", "name", "img", "status",
                     "active", "properties", props);
}

static void image_properties(void **state)
{
    json_t *rows = table_read("compute/image_meta.json"), *row;
    size_t i;

    (void)state;
    wrong = 0;
    json_array_foreach(rows, i, row)
    {
        json_t *props = json_object(), *image, *tree = NULL;
        struct fault *fault;

        json_object_set(props, table_text(row, 0), json_array_get(row, 1));
        image = image_of(props);
        fault = image_meta_tree(mem, image, &tree);
        if (json_object_get(json_array_get(row, 2), "fault") || fault)
            check_fault(i, "image", json_array_get(row, 2), fault);
        else
            check_tree(i, "image", json_array_get(row, 2), tree_get(tree, "properties"));
        json_decref(tree);
        json_decref(image);
        json_decref(props);
    }
    assert_int_equal(wrong, 0);
    json_decref(rows);
}

/* Columns: extra specs, properties, vcpus, memory, the image's fault, topology, pairs, PCI affinity, encryption. */
static void check_hardware(size_t i, const json_t *row, const struct flavor_row *flavor, const json_t *image)
{
    const json_t *expected = json_array_get(row, 5);
    const char *text = NULL;
    bool encrypted = false;
    json_t *tree = NULL;
    struct fault *fault = hardware_numa(mem, flavor, image, &tree);

    if (json_object_get(expected, "fault") || fault)
        check_fault(i, "topology", expected, fault);
    else
        check_tree(i, "topology", expected, tree);
    json_decref(tree);
    check_fault(i, "pairs", json_array_get(row, 6), hardware_check(mem, flavor, image));
    expected = json_array_get(row, 7);
    fault = hardware_pci_affinity(mem, flavor, image, &text);
    if (json_is_object(expected))
        check_fault(i, "affinity", expected, fault);
    else if (fault ||
             !same_text(json_is_string(expected) && !*json_string_value(expected) ? json_null() : expected, text))
        complain(i, "affinity", expected, text ? text : "none");
    expected = json_array_get(row, 8);
    fault = hardware_ephemeral_encryption(mem, flavor, image, &encrypted, &text);
    if (json_is_object(expected))
        check_fault(i, "encryption", expected, fault);
    else if (fault || encrypted != json_is_true(json_array_get(expected, 0)) ||
             !same_text(json_array_get(expected, 1), text))
        complain(i, "encryption", expected, text ? text : "none");
}

static void hardware(void **state)
{
    json_t *rows = table_read("compute/hardware.json"), *row;
    size_t i;

    (void)state;
    wrong = 0;
    json_array_foreach(rows, i, row)
    {
        json_t *image = image_of(json_array_get(row, 1)), *meta = NULL;
        struct flavor_row flavor = {
            .id = 1,
            .name = "f",
            .vcpus = json_integer_value(json_array_get(row, 2)),
            .memory_mb = json_integer_value(json_array_get(row, 3)),
            .extra_specs = json_array_get(row, 0),
        };
        struct fault *fault = image_meta_tree(mem, image, &meta);

        if (json_is_object(json_array_get(row, 4)) || fault)
            check_fault(i, "image", json_array_get(row, 4), fault);
        else
            check_hardware(i, row, &flavor, meta);
        json_decref(meta);
        json_decref(image);
    }
    assert_int_equal(wrong, 0);
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone_texts),       cmocka_unit_test(hostnames), cmocka_unit_test(block_devices),
        cmocka_unit_test(image_properties), cmocka_unit_test(hardware),
    };

    return cmocka_run_group_tests(tests, open_conf, close_conf);
}
