/* SPDX-License-Identifier: Apache-2.0 */
/* Time: microseconds since the epoch (UTC), and a monotonic clock for spans. */
#ifndef NOVA_BASE_CLOCK_H
#define NOVA_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_utc_usec(void);
uint64_t clock_monotonic_usec(void);

/* "2026-11-22T08:55:37Z": what views show; `out` has room for 21 bytes. */
void clock_format_iso(int64_t usec, char out[21]);

/* "2026-11-22T08:55:37.203114", the fraction left out when zero, as Python's isoformat(); room for 27 bytes. */
void clock_format_python(int64_t usec, char out[27]);

/* "2026-11-22 08:55:37.203114": how timestamps go into SQL parameters; room for 27 bytes. */
void clock_format_sql(int64_t usec, char out[27]);

/* Reads PostgreSQL's text of a timestamp without zone ("2026-11-22 08:55:37[.203114]"); false: not one. */
bool clock_parse_sql(const char *text, size_t length, int64_t *usec);

#endif
