/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as numbers to ask for: every handler only marks its signal, and
 * signals arrive only while a process waits (the mask given to ppoll and
 * epoll_pwait), so that no request is cut short in a read or a write.
 */
#ifndef NOVA_LAUNCHER_SIGNALS_H
#define NOVA_LAUNCHER_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/*
 * Blocks the listed signals (ended by 0) and no others, and marks them from
 * now on; marks of before are forgotten, as are signals taken before that are
 * not in this list (a child takes its own after its parent's).  SIGPIPE is
 * ignored.
 */
void signals_take(const int *numbers);

/* The mask with which to wait: everything comes through. */
const sigset_t *signals_waiting_mask(void);

/* Was the signal caught since the last question? Asking clears the mark. */
bool signals_caught(int number);

/* Back to the system's default, unblocked: the next one works its natural way. */
void signals_release(int number);
/* From now on without effect. */
void signals_ignore(int number);

/* Everything as a fresh process has it: before exec. */
void signals_reset(void);

/* "SIGTERM"; "signal N" for what has no name here. */
const char *signals_name(int number);

#endif
