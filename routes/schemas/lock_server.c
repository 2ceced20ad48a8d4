/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "routes/schemas/lock_server.h"

#include "routes/schemas/common.h"

static const struct schema_property lock_lock_rows[] = {
    SCHEMA_MAY("locked_reason", &schema_text_1_255, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node lock_lock = {
    .types = { SCHEMA_OBJECT, SCHEMA_NULL },
    .properties = lock_lock_rows,
    .strict = V_ALL,
};
static const struct schema_property lock_rows[] = {
    SCHEMA_MUST("lock", &lock_lock, V_ALL),
    SCHEMA_LAST,
};
static const struct schema_node lock = {
    .types = { SCHEMA_OBJECT },
    .properties = lock_rows,
    .strict = V_ALL,
};
const struct schema_use lock_server_lock_body[] = {
    { V_FROM(73), &lock, "lock_server.lock_v2_73", .legacy = false },
    { { 0, 0 }, NULL, NULL, false },
};
