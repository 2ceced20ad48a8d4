/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of db/ against the PostgreSQL of tests/lib/postgres: options that
 * a test sets by hand in the place of a nova.conf, and a context.
 */
#ifndef NOVA_TESTS_DB_FIXTURE_H
#define NOVA_TESTS_DB_FIXTURE_H

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct conf {
    const char *main, *api, *transport;
    int statement_timeout, connect_timeout, cell_timeout, recycle_time;
    bool no_prepared, traced;
};

int64_t conf_int(const struct conf *conf, enum option option)
{
    switch (option) {
    case OPTION_fcgi_connect_timeout:
        return conf->connect_timeout ? conf->connect_timeout : 10;
    case OPTION_fcgi_cell_timeout:
        return conf->cell_timeout ? conf->cell_timeout : 60;
    case OPTION_fcgi_statement_timeout:
        return conf->statement_timeout;
    case OPTION_database_connection_recycle_time:
        return conf->recycle_time ? conf->recycle_time : 3600;
    default:
        return 0;
    }
}

bool conf_bool(const struct conf *conf, enum option option)
{
    return option == OPTION_profiler_trace_sqlalchemy ? conf->traced
                                                      : option == OPTION_fcgi_prepared_statements && !conf->no_prepared;
}

const char *conf_string(const struct conf *conf, enum option option)
{
    switch (option) {
    case OPTION_database_connection:
        return conf->main;
    case OPTION_api_database_connection:
        return conf->api;
    case OPTION_DEFAULT_transport_url:
        return conf->transport;
    default:
        return NULL;
    }
}

/* What else the floors under test ask of options: nothing is set. */
const char *const *conf_list(const struct conf *conf, enum option option)
{
    static const char *const none[] = { NULL };

    (void)conf;
    (void)option;
    return none;
}

double conf_float(const struct conf *conf, enum option option)
{
    (void)conf;
    (void)option;
    return 0;
}

bool conf_has(const struct conf *conf, enum option option)
{
    (void)conf;
    (void)option;
    return false;
}

bool conf_is_set(const struct conf *conf, enum option option)
{
    return conf_has(conf, option);
}

const char *conf_raw(const struct conf *conf, const char *section, const char *key)
{
    (void)conf;
    (void)section;
    (void)key;
    return NULL;
}

const char *conf_option_name(enum option option)
{
    (void)option;
    return "an option";
}

const char *conf_find_file(const struct conf *conf, const void *mem, const char *name)
{
    (void)mem;
    return conf_raw(conf, NULL, name);
}

/* A worker with its databases, on a root of its own. */
struct fixture {
    void *mem;
    struct conf conf;
    struct worker worker;
    struct context context;
    struct db *db;
};

static inline struct fixture *fixture_open(const struct conf *conf)
{
    void *mem = mem_context(NULL, "test");
    struct fixture *fixture = mem_new(mem, struct fixture);

    fixture->mem = mem;
    fixture->conf = *conf;
    if (!fixture->conf.main)
        fixture->conf.main = getenv("NOVA_TEST_URL_cell1");
    if (!fixture->conf.api)
        fixture->conf.api = getenv("NOVA_TEST_URL_api");
    assert_null(db_open(mem, &fixture->conf, &fixture->db));
    fixture->worker = (struct worker){ .mem = mem, .conf = &fixture->conf, .db = fixture->db };
    fixture->context = (struct context){ .mem = mem, .worker = &fixture->worker };
    return fixture;
}

static inline void fixture_close(struct fixture *fixture)
{
    db_reset(fixture->db);
    talloc_free(fixture->mem);
}

/* A fault's text for assertions: "" for none. */
static inline const char *said(const struct fault *fault)
{
    return fault ? fault->message : "";
}

#endif
