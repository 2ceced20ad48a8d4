/* SPDX-License-Identifier: Apache-2.0 */
/* An anonymous shared mapping of slots; who has which slot is the parent's own knowledge. */
#include "config.h"

#include "fcgi_app/launcher/scoreboard.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool *used; /* by slot; private to the parent, since a worker could write anything into the board */

struct scoreboard *scoreboard_open(uint32_t slots)
{
    size_t size = sizeof(struct scoreboard) + slots * sizeof(struct scoreslot);
    struct scoreboard *board = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (board == MAP_FAILED)
        return NULL;
    talloc_free(used);
    used = mem_array(NULL, bool, slots);
    board->slot_count = slots;
    board->parent_pid = getpid();
    board->started_usec = (uint64_t)clock_utc_usec();
    score_set_board(board);
    return board;
}

struct scoreslot *scoreboard_take(struct scoreboard *board, const char *api)
{
    for (uint32_t i = 0; i < board->slot_count; i++) {
        struct scoreslot *slot = &board->slots[i];
        uint64_t generation = slot->generation;

        if (used[i])
            continue;
        used[i] = true;
        memset(slot, 0, sizeof(*slot));
        slot->generation = generation + 1;
        score_text(slot->api, sizeof(slot->api), api);
        slot->started_usec = (uint64_t)clock_utc_usec();
        score_stage(slot, SCORE_STARTING);
        return slot;
    }
    return NULL;
}

void scoreboard_enter(struct scoreslot *slot)
{
    slot->pid = getpid();
}

void scoreboard_release(struct scoreboard *board, struct scoreslot *slot)
{
    used[slot - board->slots] = false;
    slot->pid = 0;
    slot->stage = SCORE_FREE;
}
