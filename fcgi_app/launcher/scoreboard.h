/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board of the pool (fcgi_app/base/score.h) in memory that parent and
 * workers share.  The parent gives and takes slots; a worker writes its own.
 */
#ifndef NOVA_LAUNCHER_SCOREBOARD_H
#define NOVA_LAUNCHER_SCOREBOARD_H

#include "fcgi_app/base/score.h"

/* A board of `slots` free slots, made known through score_board(); NULL when the system gives no memory. */
struct scoreboard *scoreboard_open(uint32_t slots);

/* A free slot, cleared, for a new worker of `api`; NULL when all are taken. Parent only. */
struct scoreslot *scoreboard_take(struct scoreboard *board, const char *api);
/* In the worker, first thing: whose the slot is. */
void scoreboard_enter(struct scoreslot *slot);
/* The worker is gone. Parent only. */
void scoreboard_release(struct scoreboard *board, struct scoreslot *slot);

#endif
