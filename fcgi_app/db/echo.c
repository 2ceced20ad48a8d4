/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements in the log, where connection_debug of a database asks for them:
 * from 50 on each statement, at 100 what came back too, both under the logger
 * that SQLAlchemy has for that, whatever default_log_levels says of it.  The
 * values are counted and never shown: among them are keys, passwords of
 * consoles, user data.  Used by batch.c; trace.c tells OSProfiler.
 * Source: oslo.db's help of the option; SQLAlchemy's hide_parameters.
 */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/log.h"

LOG_MODULE("sqlalchemy.engine.Engine");

#define ECHO_STATEMENTS 50
#define ECHO_ANSWERS 100

/* [api_database] speaks for its own, [database] for the main one and all cells, as their connections are made. */
static int wanted(const struct db_link *link)
{
    return link == link->db->api ? link->db->settings.api_debug : link->db->settings.debug;
}

void echo_statement(const struct db_link *link, const struct db_statement *statement, const struct db_params *params)
{
    if (wanted(link) >= ECHO_STATEMENTS)
        log_write(&log_module_, LOG_LEVEL_INFO, __FILE__, __LINE__, __func__, "%s: %s [%s; %u parameters, not shown]",
                  db_link_name(link), statement->sql, statement->name ? statement->name : "not prepared",
                  params ? params->count : 0);
}

void echo_answer(const struct db_link *link, const struct db_statement *statement, const struct db_answer *answer)
{
    if (wanted(link) < ECHO_ANSWERS)
        return;
    if (answer->fault)
        log_write(&log_module_, LOG_LEVEL_DEBUG, __FILE__, __LINE__, __func__, "%s: %s: %s", db_link_name(link),
                  statement->name ? statement->name : statement->sql, fault_kinds[answer->fault->name].name);
    else
        log_write(&log_module_, LOG_LEVEL_DEBUG, __FILE__, __LINE__, __func__, "%s: %s: %zu rows, %llu written",
                  db_link_name(link), statement->name ? statement->name : statement->sql, answer->rows.count,
                  (unsigned long long)answer->rows.affected);
}
