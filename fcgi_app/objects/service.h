/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services as records of the database: this program's own, made and kept at
 * its version when a worker starts, and the lowest version among others,
 * which decides what may be asked of them.
 * Source: nova-facts/startup.md section 7.
 */
#ifndef NOVA_OBJECTS_SERVICE_H
#define NOVA_OBJECTS_SERVICE_H

#include "fcgi_app/base/context.h"
#include "fcgi_app/base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Makes sure that host and binary have a record with this release's version:
 * looks, creates or updates.  A sibling that creates it first is no error.
 * Faults: ServiceTooOld, and the database's.
 */
struct fault *service_record_ensure(const struct context *context, const char *host, const char *binary) FAULT_CHECK;

/*
 * The lowest version of the live services of these binaries ("nova-compute")
 * in the main database; 0 when there are none.  Kept until cleared when the
 * cache is on.
 */
struct fault *service_minimum_version(const struct context *context, const char *const *binaries, size_t count,
                                      int64_t *version) FAULT_CHECK;

/*
 * The same over all cells, never kept.  Cells that fail are left out with a
 * warning, or raise CellTimeout when `require_all`; versions of 0 do not count.
 */
struct fault *service_minimum_version_all_cells(const struct context *context, const char *const *binaries,
                                                size_t count, bool require_all, int64_t *version) FAULT_CHECK;

/* Answers of service_minimum_version() are kept from now on. */
void service_version_cache_enable(void);
/* Forgets them (SIGHUP). */
void service_version_cache_clear(void);

/* TooOldComputeService when a live nova-compute is older than this release supports. */
struct fault *service_raise_if_old_compute(const struct context *context) FAULT_CHECK;

#endif
