/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of what hangs on a server; see the header. */
#include "config.h"

#include "fcgi_app/db/attachments.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct db_column tag_columns[] = {
    COL_TEXT(struct interface_tag, uuid),
    COL_TEXT(struct interface_tag, tag),
};
static const struct db_column user_columns[] = { COL_TEXT(struct volume_user, instance_uuid) };

const struct db_statement INTERFACE_TAGS = {
    .name = "interface_tags",
    .sql = "SELECT v.uuid, v.tag FROM virtual_interfaces v WHERE v.deleted = 0 AND v.instance_uuid = $1 ORDER BY v.id",
    .params = 1,
    .database = "cell",
    .columns = tag_columns,
    .column_count = COUNT(tag_columns),
    .row_size = sizeof(struct interface_tag),
};
const struct db_statement VOLUME_USERS = {
    .name = "volume_users",
    .sql = "SELECT b.instance_uuid FROM block_device_mapping b WHERE b.deleted = 0 AND b.volume_id = $1 ORDER BY b.id",
    .params = 1,
    .database = "cell",
    .columns = user_columns,
    .column_count = COUNT(user_columns),
    .row_size = sizeof(struct volume_user),
};
const struct db_statement BDM_SET_TERMINATION = {
    .name = "bdm_set_termination",
    .sql =
        "UPDATE block_device_mapping SET updated_at = $2, delete_on_termination = $3 WHERE uuid = $1 AND deleted = 0",
    .params = 3,
    .database = "cell",
    .write = true,
};
const struct db_statement BDM_SET_ATTACHMENT = {
    .name = "bdm_set_attachment",
    .sql = "UPDATE block_device_mapping SET updated_at = $2, attachment_id = $3 WHERE uuid = $1 AND deleted = 0",
    .params = 3,
    .database = "cell",
    .write = true,
};
const struct db_statement BDM_DELETE = {
    .name = "bdm_delete",
    .sql = "UPDATE block_device_mapping SET deleted_at = $2, deleted = id WHERE uuid = $1 AND deleted = 0",
    .params = 2,
    .database = "cell",
    .write = true,
};
const struct db_statement BDM_CREATE_VOLUME = {
    .name = "bdm_create_volume",
    .sql = "INSERT INTO block_device_mapping (uuid, created_at, instance_uuid, volume_id, delete_on_termination, "
           "source_type, destination_type, encrypted, deleted) "
           "VALUES ($1, $2, $3, $4, $5, 'volume', 'volume', FALSE, 0)",
    .params = 5,
    .database = "cell",
    .write = true,
};
