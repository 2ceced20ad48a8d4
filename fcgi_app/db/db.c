/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's databases: opened from the options, counted, closed. */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int milliseconds(int64_t seconds)
{
    return seconds > 1000000 ? 1000000000 : (int)(seconds * 1000);
}

static struct db_settings settings_of(const struct conf *conf)
{
    return (struct db_settings){
        .connect_timeout = milliseconds(conf_int(conf, OPTION_fcgi_connect_timeout)),
        .cell_timeout = milliseconds(conf_int(conf, OPTION_fcgi_cell_timeout)),
        .statement_timeout = (int)conf_int(conf, OPTION_fcgi_statement_timeout),
        .prepared_statements = conf_bool(conf, OPTION_fcgi_prepared_statements),
        .recycle_seconds = (int)conf_int(conf, OPTION_database_connection_recycle_time),
        .traced = conf_bool(conf, OPTION_profiler_trace_sqlalchemy),
        .debug = (int)conf_int(conf, OPTION_database_connection_debug),
        .api_debug = (int)conf_int(conf, OPTION_api_database_connection_debug),
    };
}

/* The URL of an option, with what [..] connection_parameters adds to it; NULL when it is not set. */
static const char *configured_url(const struct db *db, enum option connection, enum option parameters)
{
    const char *url = conf_string(db->conf, connection), *more = conf_string(db->conf, parameters);

    if (text_is_empty(url) || text_is_empty(more))
        return text_is_empty(url) ? NULL : url;
    return db_url_with(db->mem, url, more);
}

struct fault *db_open(const void *mem, struct conf *conf, struct db **out)
{
    struct db *db = mem_new(mem, struct db);

    /*
     * How the server writes times is part of how we read them.  libpq sends these with the greeting, where
     * poolers know them; as options of the session they would not pass a pooler, as statements they would cost
     * a round trip.
     */
    setenv("PGTZ", "UTC", 1);
    setenv("PGDATESTYLE", "ISO, MDY", 1);
    db->mem = db;
    db->conf = conf;
    db->settings = settings_of(conf);
    db->main = link_of(db, "[database] connection",
                       configured_url(db, OPTION_database_connection, OPTION_database_connection_parameters), false);
    db->api =
        link_of(db, "[api_database] connection",
                configured_url(db, OPTION_api_database_connection, OPTION_api_database_connection_parameters), false);
    if (db->main->broken && *db->main->text)
        return fault_text(mem, Internal, "%s", db->main->broken);
    if (db->api->broken && *db->api->text)
        return fault_text(mem, Internal, "%s", db->api->broken);
    *out = db;
    return NULL;
}

void db_reset(struct db *db)
{
    cells_forget(db);
    for (size_t i = 0; i < db->link_count; i++) {
        link_close(db->links[i]);
        db->links[i]->transaction = LINK_NO_TRANSACTION;
    }
    if (db->conf)
        db->settings = settings_of(db->conf);
}

struct db_link *db_api(struct db *db)
{
    return db->api;
}

struct db_link *db_main(struct db *db)
{
    return db->main;
}

struct db_link *db_link_to(struct db *db, const char *what, const char *url)
{
    return link_of(db, what, url, false);
}

const char *db_link_name(const struct db_link *link)
{
    return link->url ? link->url->shown : link->what;
}

unsigned db_open_connections(const struct db *db)
{
    unsigned count = 0;

    for (size_t i = 0; i < db->link_count; i++)
        count += db->links[i]->state == LINK_READY;
    return count;
}

uint64_t db_round_trips(const struct db *db)
{
    return db->round_trips;
}
