/* SPDX-License-Identifier: Apache-2.0 */
/* limit, marker, offset and page_size of a query, with upstream's errors ([api] max_limit bounds every page). */
#ifndef NOVA_ROUTES_PAGING_H
#define NOVA_ROUTES_PAGING_H

#include "routes/resource.h"

struct paging {
    int64_t limit;      /* at most max_limit; max_limit when none was asked */
    bool limited;       /* a limit was asked */
    const char *marker; /* NULL: from the start */
    int64_t offset;     /* 0 when none was asked */
};

/* Reads them. Faults: Http 400 "Invalid input received: limit must be an integer", "… must be >= 0". */
struct fault *paging_read(const struct call *call, struct paging *paging) FAULT_CHECK;

/* [api] max_limit. */
int64_t paging_max_limit(const struct call *call);

#endif
