/* SPDX-License-Identifier: Apache-2.0 */
/* fork, put the sockets where the new program looks for them, exec; handover.h says why there are two forks. */
#include "config.h"

#include "fcgi_app/launcher/handover.h"

#include "fcgi_app/launcher/notify.h"
#include "fcgi_app/launcher/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_VARIABLE "NOVA_API_FCGI_READY_FD"
#define FIRST_SOCKET 3

static void set_number(const char *name, long value)
{
    char text[24];

    snprintf(text, sizeof(text), "%ld", value);
    setenv(name, text, 1);
}

/* In the child: descriptors 3 and on become the sockets, the next one the pipe; none of them closes at exec. */
static void become(const char *program, char **argv, const struct handover_socket *sockets, size_t count,
                   const struct notify *notify, int pipe_end)
{
    char names[512] = "";
    int first_free = FIRST_SOCKET + (int)count + 1, high[count + 1];

    /* First out of the way of each other, then into place. */
    for (size_t i = 0; i <= count; i++) {
        high[i] = fcntl(i < count ? sockets[i].fd : pipe_end, F_DUPFD_CLOEXEC, first_free);
        if (high[i] < 0)
            _exit(1);
    }
    for (size_t i = 0; i <= count; i++) {
        if (dup2(high[i], FIRST_SOCKET + (int)i) < 0)
            _exit(1);
        if (i < count && strlen(names) + strlen(sockets[i].name) + 2 < sizeof(names)) {
            if (i)
                strcat(names, ":");
            strcat(names, sockets[i].name);
        }
    }
    set_number("LISTEN_FDS", (long)count);
    set_number("LISTEN_PID", (long)getpid());
    setenv("LISTEN_FDNAMES", names, 1);
    set_number(READY_VARIABLE, FIRST_SOCKET + (long)count);
    if (*notify->socket) {
        setenv("NOTIFY_SOCKET", notify->socket, 1);
        if (notify->watchdog_usec)
            set_number("WATCHDOG_USEC", (long)notify->watchdog_usec);
    }
    signals_reset();
    execvp(program, argv);
    fprintf(stderr, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

/* In between: leaves once the new program's process is there, and has said its number. */
static void beget(const char *program, char **argv, const struct handover_socket *sockets, size_t count,
                  const struct notify *notify, int pipe_end)
{
    pid_t pid = fork();
    ssize_t written;

    if (!pid) {
        /* The number is the first thing in the pipe, and the old pool reads it before anything else. */
        pid = getpid();
        if (write(pipe_end, &pid, sizeof(pid)) == sizeof(pid))
            become(program, argv, sockets, count, notify, pipe_end);
        _exit(1);
    }
    written = pid < 0 ? write(pipe_end, &pid, sizeof(pid)) : 0;
    _exit(written != 0);
}

static pid_t read_number(int fd)
{
    pid_t pid;
    ssize_t got;

    do
        got = read(fd, &pid, sizeof(pid));
    while (got < 0 && errno == EINTR);
    return got == sizeof(pid) ? pid : -1;
}

pid_t handover_start(const char *program, char **argv, const struct handover_socket *sockets, size_t count,
                     const struct notify *notify, int *ready)
{
    int ends[2];
    pid_t between, pid;

    if (pipe2(ends, O_CLOEXEC))
        return -1;
    between = fork();
    if (!between)
        beget(program, argv, sockets, count, notify, ends[1]);
    close(ends[1]);
    if (between < 0) {
        close(ends[0]);
        return -1;
    }
    pid = read_number(ends[0]);
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0) {
        close(ends[0]);
        errno = EAGAIN;
        return -1;
    }
    *ready = ends[0];
    return pid;
}

int handover_taken(void)
{
    const char *text = getenv(READY_VARIABLE);
    int fd = text ? (int)strtol(text, NULL, 10) : -1;

    unsetenv(READY_VARIABLE);
    if (fd < FIRST_SOCKET || fcntl(fd, F_SETFD, FD_CLOEXEC))
        return -1;
    return fd;
}

void handover_ready(int fd)
{
    ssize_t written = write(fd, "1", 1);

    (void)written; /* an old pool that is gone needs no word */
    close(fd);
}
