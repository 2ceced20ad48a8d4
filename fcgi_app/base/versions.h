/* SPDX-License-Identifier: Apache-2.0 */
/*
 * API microversions.  The major number is 2 for ever, so a version is its
 * minor number: 2.47 is 47.  A range stands in the rows of routes, actions,
 * schema properties, view fields, query keys and status codes; code that
 * compares versions outside a row is the exception.
 * Source: nova-facts/microversions.md, startup.md section 11.
 */
#ifndef NOVA_BASE_VERSIONS_H
#define NOVA_BASE_VERSIONS_H

#include <stdbool.h>

#define VERSION_MIN 1   /* 2.1, the lowest that any release answers */
#define VERSION_NONE 0  /* no version: malformed header, or no resource ran */
#define VERSION_END 999 /* "and all later ones" */

/* An inclusive range of minor numbers. */
struct versions {
    short min;
    short max;
};

#define V_ALL                                                                                                          \
    {                                                                                                                  \
        VERSION_MIN, VERSION_END                                                                                       \
    }
#define V_FROM(from)                                                                                                   \
    {                                                                                                                  \
        (from), VERSION_END                                                                                            \
    }
#define V_UPTO(upto)                                                                                                   \
    {                                                                                                                  \
        VERSION_MIN, (upto)                                                                                            \
    }
#define V_BETWEEN(from, upto)                                                                                          \
    {                                                                                                                  \
        (from), (upto)                                                                                                 \
    }
#define V_ONLY(only)                                                                                                   \
    {                                                                                                                  \
        (only), (only)                                                                                                 \
    }

static inline bool versions_hold(struct versions range, int version)
{
    return version >= range.min && version <= range.max;
}

#endif
