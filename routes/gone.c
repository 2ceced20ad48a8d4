/* SPDX-License-Identifier: Apache-2.0 */
/* The refusal that the rows of removed APIs share; see the header. */
#include "config.h"

#include "routes/gone.h"

struct fault *route_gone(struct call *call)
{
    return fault_http(call->mem, 410, NULL);
}
