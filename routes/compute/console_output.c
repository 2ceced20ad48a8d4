/* SPDX-License-Identifier: Apache-2.0 */
/* /servers/{id}/action: the rows of upstream's module console_output. */
#include "config.h"

#include "routes/resource.h"
#include "routes/schemas/console_output.h"

/* clang-format off */
static const struct route console_output_routes[] = {
    { "POST", "/servers/{id}/action", "os-getConsoleOutput", V_ALL, NULL, 200, .errors = { 404, 409, 501 },
      .body = console_output_get_console_output_body,
      .policies = "os_compute_api:os-console-output" },
    { 0 },
};
/* clang-format on */

const struct resource console_output_resource = { "console_output", console_output_routes };
