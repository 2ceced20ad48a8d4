/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/remote_consoles.h"

static const struct schema_node get_vnc_console_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"novnc\", \"xvpvnc\"]",
};
static const struct schema_property get_vnc_console_os_get_vncconsole_rows[] = {
    SCHEMA_MUST("type", &get_vnc_console_type, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_vnc_console_os_get_vncconsole = {
    .types = { SCHEMA_OBJECT },
    .properties = get_vnc_console_os_get_vncconsole_rows,
    .strict = V_ALL,
};
static const struct schema_property get_vnc_console_rows[] = {
    SCHEMA_MUST("os-getVNCConsole", &get_vnc_console_os_get_vncconsole, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_vnc_console = {
    .types = { SCHEMA_OBJECT },
    .properties = get_vnc_console_rows,
    .strict = V_ALL,
};
const struct schema_use remote_consoles_get_vnc_console_body[] = {
    { V_UPTO(5), &get_vnc_console, "remote_consoles.get_vnc_console", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node get_spice_console_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"spice-html5\"]",
};
static const struct schema_property get_spice_console_os_get_spiceconsole_rows[] = {
    SCHEMA_MUST("type", &get_spice_console_type, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_spice_console_os_get_spiceconsole = {
    .types = { SCHEMA_OBJECT },
    .properties = get_spice_console_os_get_spiceconsole_rows,
    .strict = V_ALL,
};
static const struct schema_property get_spice_console_rows[] = {
    SCHEMA_MUST("os-getSPICEConsole", &get_spice_console_os_get_spiceconsole, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_spice_console = {
    .types = { SCHEMA_OBJECT },
    .properties = get_spice_console_rows,
    .strict = V_ALL,
};
const struct schema_use remote_consoles_get_spice_console_body[] = {
    { V_UPTO(5), &get_spice_console, "remote_consoles.get_spice_console", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node get_rdp_console_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"rdp-html5\"]",
};
static const struct schema_property get_rdp_console_os_get_rdpconsole_rows[] = {
    SCHEMA_MUST("type", &get_rdp_console_type, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_rdp_console_os_get_rdpconsole = {
    .types = { SCHEMA_OBJECT },
    .properties = get_rdp_console_os_get_rdpconsole_rows,
    .strict = V_ALL,
};
static const struct schema_property get_rdp_console_rows[] = {
    SCHEMA_MUST("os-getRDPConsole", &get_rdp_console_os_get_rdpconsole, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_rdp_console = {
    .types = { SCHEMA_OBJECT },
    .properties = get_rdp_console_rows,
    .strict = V_ALL,
};
const struct schema_use remote_consoles_get_rdp_console_body[] = {
    { V_UPTO(5), &get_rdp_console, "remote_consoles.get_rdp_console", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node get_serial_console_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"serial\"]",
};
static const struct schema_property get_serial_console_os_get_serial_console_rows[] = {
    SCHEMA_MUST("type", &get_serial_console_type, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_serial_console_os_get_serial_console = {
    .types = { SCHEMA_OBJECT },
    .properties = get_serial_console_os_get_serial_console_rows,
    .strict = V_ALL,
};
static const struct schema_property get_serial_console_rows[] = {
    SCHEMA_MUST("os-getSerialConsole", &get_serial_console_os_get_serial_console, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node get_serial_console = {
    .types = { SCHEMA_OBJECT },
    .properties = get_serial_console_rows,
    .strict = V_ALL,
};
const struct schema_use remote_consoles_get_serial_console_body[] = {
    { V_UPTO(5), &get_serial_console, "remote_consoles.get_serial_console", .legacy = true },
    { { 0, 0 }, NULL, NULL, false },
};

static const struct schema_node create_protocol = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"vnc\", \"spice\", \"rdp\", \"serial\"]",
};
static const struct schema_node create_remote_console_protocol = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"vnc\", \"spice\", \"rdp\", \"serial\", \"mks\"]",
};
static const struct schema_node create_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"novnc\", \"xvpvnc\", \"rdp-html5\", \"spice-html5\", \"serial\"]",
};
static const struct schema_node create_remote_console_type = {
    .types = { SCHEMA_STRING },
    .enum_json = "[\"novnc\", \"xvpvnc\", \"rdp-html5\", \"spice-html5\", \"serial\", \"webmks\"]",
};
static const struct schema_property create_remote_console_rows[] = {
    SCHEMA_MUST("protocol", &create_protocol, V_UPTO(7)),
    SCHEMA_MUST("protocol", &create_remote_console_protocol, V_FROM(8)),
    SCHEMA_MUST("type", &create_type, V_UPTO(7)),
    SCHEMA_MUST("type", &create_remote_console_type, V_FROM(8)),
    SCHEMA_LAST,
};
static const struct schema_node create_remote_console = {
    .types = { SCHEMA_OBJECT },
    .properties = create_remote_console_rows,
    .strict = V_ALL,
};
static const struct schema_property create_rows[] = {
    SCHEMA_MUST("remote_console", &create_remote_console, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node create = {
    .types = { SCHEMA_OBJECT },
    .properties = create_rows,
    .strict = V_ALL,
};
const struct schema_use remote_consoles_create_body[] = {
    { V_BETWEEN(6, 7), &create, "remote_consoles.create_v26", .legacy = false },
    { V_FROM(8), &create, "remote_consoles.create_v28", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
