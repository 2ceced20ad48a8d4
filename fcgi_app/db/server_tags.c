/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of tags; see the header. */
#include "config.h"

#include "fcgi_app/db/server_tags.h"

static const struct db_column columns[] = { COL_TEXT(struct server_tag, tag) };

const struct db_statement SERVER_TAGS = {
    .name = "server_tags",
    .sql =
        "SELECT t.tag FROM instances i LEFT JOIN tags t ON t.resource_id = i.uuid AND ($3::text IS NULL OR t.tag = $3)"
        " WHERE i.uuid = $1 AND i.deleted = 0 AND ($2::text IS NULL OR i.project_id = $2) ORDER BY t.tag",
    .params = 3,
    .database = "cell",
    .columns = columns,
    .column_count = 1,
    .row_size = sizeof(struct server_tag),
};
const struct db_statement SERVER_TAG_ADD = {
    .name = "server_tag_add",
    .sql = "INSERT INTO tags (resource_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    .params = 2,
    .database = "cell",
    .write = true,
};
const struct db_statement SERVER_TAG_DELETE = {
    .name = "server_tag_delete",
    .sql = "DELETE FROM tags WHERE resource_id = $1 AND tag = $2",
    .params = 2,
    .database = "cell",
    .write = true,
};
const struct db_statement SERVER_TAGS_KEEP = {
    .name = "server_tags_keep",
    .sql = "DELETE FROM tags WHERE resource_id = $1 AND tag <> ALL ($2::text[])",
    .params = 2,
    .database = "cell",
    .write = true,
};
const struct db_statement SERVER_TAGS_ADD = {
    .name = "server_tags_add",
    .sql = "INSERT INTO tags (resource_id, tag) SELECT $1, n.tag FROM unnest($2::text[]) AS n (tag)"
           " ON CONFLICT DO NOTHING",
    .params = 2,
    .database = "cell",
    .write = true,
};
