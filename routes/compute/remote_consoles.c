/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action, /servers/{server_id}/remote-consoles: the rows of upstream's module remote_consoles. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/remote_consoles.h"

/* clang-format off */
static const struct route remote_consoles_routes[] = {
    { "POST", "/servers/{id}/action", "os-getVNCConsole", V_UPTO(5), NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = remote_consoles_get_vnc_console_body,
      .policies = "os_compute_api:os-remote-consoles" },
    { "POST", "/servers/{id}/action", "os-getSPICEConsole", V_UPTO(5), NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = remote_consoles_get_spice_console_body,
      .policies = "os_compute_api:os-remote-consoles" },
    { "POST", "/servers/{id}/action", "os-getRDPConsole", V_UPTO(5), NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = remote_consoles_get_rdp_console_body,
      .policies = "os_compute_api:os-remote-consoles" },
    { "POST", "/servers/{id}/action", "os-getSerialConsole", V_UPTO(5), NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = remote_consoles_get_serial_console_body,
      .policies = "os_compute_api:os-remote-consoles" },
    { "POST", "/servers/{server_id}/remote-consoles", NULL, V_FROM(6), NULL, 200, .errors = { 400, 404, 409, 501 },
      .body = remote_consoles_create_body,
      .policies = "os_compute_api:os-remote-consoles" },
    { 0 },
};
/* clang-format on */

const struct resource remote_consoles_resource = { "remote_consoles", remote_consoles_routes };
