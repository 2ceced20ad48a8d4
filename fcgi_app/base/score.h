/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scoreboard's slots: what a worker is doing, for its parent, the guru
 * report and /fcgi-status.  A worker writes only its own slot; a reader
 * treats what it finds as numbers and bytes that may be wrong.
 */
#ifndef NOVA_BASE_SCORE_H
#define NOVA_BASE_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The stages of a request, in order; SCORE_IDLE between requests. */
#define SCORE_STAGES(X)                                                                                                \
    X(FREE, "free") /* no process has this slot */                                                                     \
    X(STARTING, "starting")                                                                                            \
    X(IDLE, "idle")       /* waiting for a request */                                                                  \
    X(READING, "reading") /* FastCGI parameters and body */                                                            \
    X(FILTERS, "filters") /* middleware entering or leaving */                                                         \
    X(ROUTING, "routing")                                                                                              \
    X(RESOURCE, "resource") /* checks, schema, controller */                                                           \
    X(DATABASE, "database") /* waiting for PostgreSQL */                                                               \
    X(RPC, "rpc")           /* waiting for the bus */                                                                  \
    X(CLIENT, "client")     /* waiting for another service */                                                          \
    X(VIEW, "view")                                                                                                    \
    X(WRITING, "writing") /* sending the answer */                                                                     \
    X(LEAVING, "leaving")

enum score_stage {
#define X(name, text) SCORE_##name,
    SCORE_STAGES(X)
#undef X
        SCORE_STAGE_COUNT
};

struct scoreslot {
    int32_t pid;
    uint32_t stage;           /* enum score_stage */
    bool ready;               /* past its start: it looks for requests */
    uint64_t generation;      /* grows with each process in this slot */
    uint64_t requests;        /* answered by this process */
    uint64_t started_usec;    /* process start, CLOCK_REALTIME */
    uint64_t since_usec;      /* stage entered, CLOCK_MONOTONIC */
    uint64_t request_usec;    /* request begun, CLOCK_MONOTONIC; 0: none */
    uint64_t busy_usec;       /* total time spent inside requests */
    uint64_t bytes_out;       /* bodies sent */
    uint64_t status_class[6]; /* answers by first digit of the status; [0]: none sent */
    uint32_t connections;     /* open connections to databases and peers */
    char request_id[44];
    char method[12];
    char route[104]; /* route's template once known, else the path; no query */
    char api[24];
};

/*
 * The board: shared by the parent and its workers.  A process that serves
 * alone has a board of one slot.  CPU time and memory are not kept here: a
 * reader asks the kernel for them by the slot's pid.
 */
struct scoreboard {
    int32_t parent_pid; /* 0: the only slot's process has no parent of ours */
    uint32_t slot_count;
    uint64_t started_usec; /* CLOCK_REALTIME */
    uint64_t forks;        /* workers started, replaced ones included; written by the parent alone */
    uint64_t killed;       /* workers that a signal ended */
    uint64_t timeouts;     /* workers killed over request_timeout */
    struct scoreslot slots[];
};

/* The board of this pool, or NULL before the launcher made one. */
const struct scoreboard *score_board(void);
void score_set_board(const struct scoreboard *board);

/* A slot's copy that is safe to print: numbers bounded, texts ended and free of control bytes. */
void score_read(const struct scoreslot *slot, struct scoreslot *copy);

/*
 * Seconds from a time of a slot until now, both CLOCK_MONOTONIC in microseconds; none when it lies behind now: its
 * worker may have gone on since the reader looked at the clock.
 */
double score_seconds(uint64_t since_usec, uint64_t now_usec);

/* CPU time and private memory of a process, asked of the kernel now; 0 where it does not tell. */
uint64_t score_cpu_usec(int32_t pid);
uint64_t score_private_bytes(int32_t pid);

/* Sets a text member of the running process's slot. */
void score_text(char *member, size_t size, const char *text);

const char *score_stage_name(uint32_t stage);

/* Marks the stage of the running process; cheap, and harmless when slot is NULL. */
void score_stage(struct scoreslot *slot, enum score_stage stage);
/* The same for a stage within another: the one that was before, to go back to. */
enum score_stage score_enter(struct scoreslot *slot, enum score_stage stage);

#endif
