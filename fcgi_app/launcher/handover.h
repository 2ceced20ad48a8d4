/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A clean upgrade: the running pool starts the program anew and gives it the
 * listening sockets, as systemd would (LISTEN_FDS); when the new pool serves,
 * it says so through a pipe, and the old one stops gracefully.  Both accept
 * from the same sockets meanwhile, so no request is refused.
 *
 * The new process is no child of the old one but of whoever takes orphans:
 * systemd waits for a main process that stops only if it is its own child,
 * and looks whether it is when it learns of it (MAINPID=).
 */
#ifndef NOVA_LAUNCHER_HANDOVER_H
#define NOVA_LAUNCHER_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct notify;

struct handover_socket {
    int fd;
    const char *name; /* the API's */
};

/*
 * Starts `program` with the sockets.  *ready is the read end of the pipe: one
 * byte means that the new pool serves, end of file that it failed.  Returns
 * the new process, which is not to be waited for, or -1 with errno.
 */
pid_t handover_start(const char *program, char **argv, const struct handover_socket *sockets, size_t count,
                     const struct notify *notify, int *ready);

/* In the new program: takes the pipe's write end out of the environment; -1: this is no hand-over. */
int handover_taken(void);
/* Tells the old pool that this one serves, and closes the pipe. */
void handover_ready(int fd);

#endif
