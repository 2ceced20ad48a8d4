/* SPDX-License-Identifier: Apache-2.0 */
/* The list of fork times of one service. */
#include "config.h"

#include "fcgi_app/launcher/throttle.h"

#include "fcgi_app/base/mem.h"

#include <string.h>

void throttle_init(struct throttle *throttle, const void *mem)
{
    *throttle = (struct throttle){ .mem = mem };
}

bool throttle_check(struct throttle *throttle, uint64_t now_usec, int workers)
{
    bool sleep = false;

    if (throttle->count > (size_t)workers) {
        sleep = now_usec - throttle->times[0] < (uint64_t)workers * 1000000;
        throttle->count--;
        memmove(throttle->times, throttle->times + 1, throttle->count * sizeof(*throttle->times));
    }
    return sleep;
}

void throttle_record(struct throttle *throttle, uint64_t now_usec)
{
    if (throttle->count == throttle->size) {
        throttle->size += 16;
        throttle->times = mem_grow(throttle->mem, throttle->times, uint64_t, throttle->size);
    }
    throttle->times[throttle->count++] = now_usec;
}
