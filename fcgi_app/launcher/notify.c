/* SPDX-License-Identifier: Apache-2.0 */
/* The datagram to the service manager. */
#include "config.h"

#include "fcgi_app/launcher/notify.h"

#include "fcgi_app/base/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

LOG_MODULE("oslo_service.systemd");

void notify_open(struct notify *notify)
{
    const char *socket = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

    memset(notify, 0, sizeof(*notify));
    if (socket && strlen(socket) < sizeof(notify->socket))
        strcpy(notify->socket, socket);
    if (usec && (!pid || strtol(pid, NULL, 10) == getpid()))
        notify->watchdog_usec = strtoull(usec, NULL, 10);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

int notify_send(const struct notify *notify, const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(notify->socket);
    int fd, sent;

    if (!length)
        return 0;
    memcpy(address.sun_path, notify->socket, length);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0';
    else
        length++;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) >= 0;
    if (!sent)
        log_debug("Systemd notification failed: %s", strerror(errno));
    close(fd);
    return sent;
}
