/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forks, but not too fast: at most about one a second over as many seconds as
 * there are workers, while a start of all workers at once goes through.
 * Source: startup.md section 5, fork throttle.
 */
#ifndef NOVA_LAUNCHER_THROTTLE_H
#define NOVA_LAUNCHER_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct throttle {
    const void *mem;
    uint64_t *times; /* of forks, CLOCK_MONOTONIC microseconds, oldest first */
    size_t count, size;
};

void throttle_init(struct throttle *throttle, const void *mem);

/* Asked before a fork: must the parent sleep a second first? Drops the oldest time once more than `workers` stand. */
bool throttle_check(struct throttle *throttle, uint64_t now_usec, int workers);

/* Told at the fork. */
void throttle_record(struct throttle *throttle, uint64_t now_usec);

#endif
