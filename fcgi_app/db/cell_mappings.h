/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing and showing cell mappings, for the manage commands.  Reading them
 * for requests is db_cells().  Source: nova-facts/db.md section 2.
 */
#ifndef NOVA_DB_CELL_MAPPINGS_H
#define NOVA_DB_CELL_MAPPINGS_H

#include "fcgi_app/db/db.h"

/*
 * Maps cell0 to `url`; NULL: [database] connection with "_cell0" behind the database's name.  *made is false when it
 * was mapped already. Faults: Internal without any URL, DBConnectionError, DBError.
 */
struct fault *cell_mappings_map_cell0(const struct context *context, const char *url, bool *made) FAULT_CHECK;

/*
 * Adds a cell; its new uuid goes to *uuid, on the context's memory.  *taken: there is a cell with this transport or
 * database URL already, and nothing was added. A NULL name is none.
 */
struct fault *cell_mappings_create(const struct context *context, const char *name, const char *url,
                                   const char *transport_url, bool disabled, const char **uuid,
                                   bool *taken) FAULT_CHECK;

/* A mapping as the table has it: templates not filled, passwords in it. */
struct cell_mapping {
    int64_t id;
    const char *uuid;
    const char *name; /* "" for none */
    const char *transport_url;
    const char *database_connection;
    bool disabled;
};
/* All, by name. */
struct fault *cell_mappings_list(const struct context *context, const struct cell_mapping **mappings,
                                 size_t *count) FAULT_CHECK;

#endif
