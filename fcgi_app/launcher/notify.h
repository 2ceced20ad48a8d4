/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd's service notification, written by ourselves: one datagram to
 * $NOTIFY_SOCKET (a path, or an abstract name after '@').
 * Source: sd_notify(3), sd_watchdog_enabled(3); startup.md section 5.
 */
#ifndef NOVA_LAUNCHER_NOTIFY_H
#define NOVA_LAUNCHER_NOTIFY_H

#include <stdint.h>

struct notify {
    char socket[108];       /* as in the environment; "": nobody listens */
    uint64_t watchdog_usec; /* WATCHDOG_USEC when it is meant for this process; 0: none */
};

/* Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that children do not speak too. */
void notify_open(struct notify *notify);

/* Sends `state` ("READY=1"); whether anybody got it. A peer that does not listen is only a DEBUG line. */
int notify_send(const struct notify *notify, const char *state);

#endif
