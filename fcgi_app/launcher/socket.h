/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening FastCGI sockets: unix ones with mode and owner, TCP ones with the
 * options of upstream's server, those that systemd or an older self hands
 * over, and the one that a front server leaves on file descriptor 0.
 * Source: startup.md section 6 (listen, bind errors, keepalive); sd_listen_fds(3).
 */
#ifndef NOVA_LAUNCHER_SOCKET_H
#define NOVA_LAUNCHER_SOCKET_H

#include "fcgi_app/base/fault.h"

#include <stdbool.h>

struct launcher_settings;

struct listener {
    int fd;           /* listening, close-on-exec, non-blocking */
    const char *path; /* of a unix socket that we made; NULL: TCP, or not ours to remove */
    const char *host; /* numeric for TCP, "unix" else */
    int port;         /* 0 for unix */
    const char *text; /* "127.0.0.1:9000", "unix:/run/x.sock" */
};

/*
 * Binds and listens.  `address` is "/path", "unix:/path", "host:port",
 * "[v6]:port" or ":port".  A socket file that nobody listens on is replaced;
 * one that answers is left alone.  Logs `<name> listening on <address>`, or
 * ERROR `Could not bind to <address>`.  Faults: InvalidInput for an address
 * that is none, Internal with the system's reason.
 */
struct fault *socket_listen(const void *mem, const char *name, const char *address,
                            const struct launcher_settings *settings, struct listener *listener) FAULT_CHECK;

/*
 * Takes an open listening socket as it is; Internal when it is not one.  `ours`: an older pool of ours made it, and
 * its file is ours to remove.
 */
struct fault *socket_adopt(const void *mem, const char *name, int fd, bool ours,
                           const struct launcher_settings *settings, struct listener *listener) FAULT_CHECK;

/* Is the descriptor a listening stream socket? */
bool socket_is_listening(int fd);

/* Sockets handed over by LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, which leave the environment. */
struct inherited {
    int fd;
    const char *name; /* "" when it has none */
    bool used;
};
struct inherited_set {
    struct inherited *items;
    size_t count;
};
void socket_inherited(const void *mem, struct inherited_set *set);
/* The one for an API: by name ("osapi_compute", "osapi_compute.socket"), else the next without a known name; or -1. */
int socket_inherited_for(struct inherited_set *set, const char *api);

/* Stops listening in this process; `remove`: takes the unix socket's file away as well. */
void socket_close(struct listener *listener, bool remove);

#endif
