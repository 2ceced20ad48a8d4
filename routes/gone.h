/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of removed APIs: a row that answers 410 at every version. */
#ifndef NOVA_ROUTES_GONE_H
#define NOVA_ROUTES_GONE_H

#include "routes/resource.h"

/* A handler. Fault: Http 410 with WebOb's words. */
struct fault *route_gone(struct call *call);

#endif
