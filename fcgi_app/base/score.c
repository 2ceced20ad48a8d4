/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/score.h"

#include "fcgi_app/base/clock.h"

const char *score_stage_name(uint32_t stage)
{
    static const char *const names[SCORE_STAGE_COUNT] = {
#define X(name, text) [SCORE_##name] = text,
        SCORE_STAGES(X)
#undef X
    };

    return stage < SCORE_STAGE_COUNT ? names[stage] : "unknown";
}

void score_stage(struct scoreslot *slot, enum score_stage stage)
{
    if (!slot)
        return;
    slot->stage = stage;
    slot->since_usec = clock_monotonic_usec();
}
