/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/console_output.h"

static const struct schema_node get_console_output_length = {
    .types = { SCHEMA_INTEGER, SCHEMA_STRING, SCHEMA_NULL },
    .pattern = "^-?[0-9]+$",
    .minimum = "-1",
};
static const struct schema_property get_console_output_os_get_console_output_rows[] = {
    SCHEMA_MAY("length", &get_console_output_length, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_console_output_os_get_console_output = {
    .types = { SCHEMA_OBJECT },
    .properties = get_console_output_os_get_console_output_rows,
    .strict = V_ALL,
};
static const struct schema_property get_console_output_rows[] = {
    SCHEMA_MUST("os-getConsoleOutput", &get_console_output_os_get_console_output, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_console_output = {
    .types = { SCHEMA_OBJECT },
    .properties = get_console_output_rows,
    .strict = V_ALL,
};
const struct schema_use console_output_get_console_output_body[] = {
    { V_ALL, &get_console_output, "console_output.get_console_output", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};
