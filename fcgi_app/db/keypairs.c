/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of key pairs; see the header. */
#include "config.h"

#include "fcgi_app/db/keypairs.h"

#include "fcgi_app/base/worker.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define COLUMNS "k.id, k.name, k.user_id, k.fingerprint, k.public_key, k.type, k.created_at, k.updated_at"

static const struct db_column columns[] = {
    COL_INT(struct keypair, id),           COL_TEXT(struct keypair, name),       COL_TEXT(struct keypair, user_id),
    COL_TEXT(struct keypair, fingerprint), COL_TEXT(struct keypair, public_key), COL_TEXT(struct keypair, type),
    COL_TIME(struct keypair, created_at),  COL_TIME(struct keypair, updated_at),
};
static const struct db_column marker_columns[] = { COL_INT(struct keypair, id) };

const struct db_statement KEYPAIRS_PAGE = {
    .name = "keypairs_page",
    .sql = "SELECT " COLUMNS " FROM key_pairs k WHERE k.user_id = $1 AND ($2::text IS NULL OR k.name > $2)"
           " ORDER BY k.name LIMIT $3::bigint",
    .params = 3,
    .database = "api",
    .columns = columns,
    .column_count = COUNT(columns),
    .row_size = sizeof(struct keypair),
};
const struct db_statement KEYPAIR_MARKER = {
    .name = "keypair_marker",
    .sql = "SELECT k.id FROM key_pairs k WHERE k.user_id = $1 AND k.name = $2",
    .params = 2,
    .database = "api",
    .columns = marker_columns,
    .column_count = COUNT(marker_columns),
    .row_size = sizeof(struct keypair),
};
const struct db_statement KEYPAIR_BY_NAME = {
    .name = "keypair_by_name",
    .sql = "SELECT " COLUMNS " FROM key_pairs k WHERE k.user_id = $1 AND k.name = $2",
    .params = 2,
    .database = "api",
    .columns = columns,
    .column_count = COUNT(columns),
    .row_size = sizeof(struct keypair),
};
const struct db_statement KEYPAIR_CREATE = {
    .name = "keypair_create",
    .sql = "INSERT INTO key_pairs (created_at, name, user_id, fingerprint, public_key, type)"
           " VALUES ($1, $2, $3, $4, $5, $6)",
    .params = 6,
    .database = "api",
    .write = true,
};
const struct db_statement KEYPAIR_DELETE = {
    .name = "keypair_delete",
    .sql = "DELETE FROM key_pairs WHERE user_id = $1 AND name = $2",
    .params = 2,
    .database = "api",
    .write = true,
};

static void name_params(struct db_params *params, const char *user_id, const char *name)
{
    db_param_text(params, user_id);
    db_param_text(params, name);
}

struct fault *db_keypairs_list(const struct context *context, const void *mem, const char *user_id, int64_t limit,
                               const char *marker, struct db_rows *rows)
{
    struct db_link *link = db_api(context->worker->db);
    struct db_params page = { .count = 0 }, own = { .count = 0 };
    struct db_answer answer, found;
    struct db_batch *batch = db_batch(context, mem);

    name_params(&page, user_id, marker);
    db_param_int(&page, mem, limit);
    name_params(&own, user_id, marker);
    if (marker)
        db_batch_add(batch, link, &KEYPAIR_MARKER, &own, &found);
    db_batch_add(batch, link, &KEYPAIRS_PAGE, &page, &answer);
    db_batch_run(batch, 0);
    if (marker) {
        TRY(found.fault);
        if (!found.rows.count)
            return fault_new(mem, MarkerNotFound, marker);
    }
    *rows = answer.rows;
    return answer.fault;
}

struct fault *db_keypair_get(const struct context *context, const void *mem, const char *user_id, const char *name,
                             const struct keypair **keypair)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    name_params(&params, user_id, name);
    TRY(db_query(context, mem, db_api(context->worker->db), &KEYPAIR_BY_NAME, &params, &rows));
    if (!rows.count)
        return fault_new(mem, KeypairNotFound, name, user_id);
    *keypair = rows.rows;
    return NULL;
}

struct fault *db_keypair_create(const struct context *context, const void *mem, const struct keypair *keypair)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;
    struct fault *fault;

    db_param_time(&params, mem, keypair->created_at);
    name_params(&params, keypair->name, keypair->user_id);
    db_param_text(&params, keypair->fingerprint);
    db_param_text(&params, keypair->public_key);
    db_param_text(&params, keypair->type);
    fault = db_query(context, mem, db_api(context->worker->db), &KEYPAIR_CREATE, &params, &rows);
    return db_fault_is_duplicate(fault, NULL) ? fault_new(mem, KeyPairExists, keypair->name) : fault;
}

struct fault *db_keypair_delete(const struct context *context, const void *mem, const char *user_id, const char *name)
{
    struct db_params params = { .count = 0 };
    struct db_rows rows;

    name_params(&params, user_id, name);
    TRY(db_query(context, mem, db_api(context->worker->db), &KEYPAIR_DELETE, &params, &rows));
    return rows.affected ? NULL : fault_new(mem, KeypairNotFound, name, user_id);
}
