/* SPDX-License-Identifier: Apache-2.0 */
/* Slots of the scoreboard: written by their worker in a few stores, read with distrust. */
#include "config.h"

#include "fcgi_app/base/score.h"

#include "fcgi_app/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct scoreboard *current;

const struct scoreboard *score_board(void)
{
    return current;
}

void score_set_board(const struct scoreboard *board)
{
    current = board;
}

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

void score_text(char *member, size_t size, const char *text)
{
    size_t length = text ? strnlen(text, size - 1) : 0;

    if (length)
        memcpy(member, text, length);
    member[length] = '\0';
}

static void printable(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            *text = '?';
}

void score_read(const struct scoreslot *slot, struct scoreslot *copy)
{
    uint64_t now = clock_monotonic_usec();

    memcpy(copy, slot, sizeof(*copy));
    if (copy->stage >= SCORE_STAGE_COUNT)
        copy->stage = SCORE_STAGE_COUNT;
    if (copy->since_usec > now)
        copy->since_usec = now;
    if (copy->request_usec > now)
        copy->request_usec = 0;
    if (copy->pid < 0)
        copy->pid = 0;
    printable(copy->request_id, sizeof(copy->request_id));
    printable(copy->method, sizeof(copy->method));
    printable(copy->route, sizeof(copy->route));
    printable(copy->api, sizeof(copy->api));
}

double score_seconds(uint64_t since_usec, uint64_t now_usec)
{
    return since_usec < now_usec ? (double)(now_usec - since_usec) / 1e6 : 0;
}

uint64_t score_cpu_usec(int32_t pid)
{
    struct timespec used;
    clockid_t clock;

    if (pid <= 0 || clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
        return 0;
    return (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
}

uint64_t score_private_bytes(int32_t pid)
{
    char path[64], line[256];
    unsigned long long kib, total = 0;
    FILE *file;

    if (pid <= 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "Private_Clean: %llu", &kib) == 1 || sscanf(line, "Private_Dirty: %llu", &kib) == 1)
            total += kib;
    fclose(file);
    return total * 1024;
}

enum score_stage score_enter(struct scoreslot *slot, enum score_stage stage)
{
    enum score_stage before = slot ? (enum score_stage)slot->stage : SCORE_IDLE;

    score_stage(slot, stage);
    return before;
}
