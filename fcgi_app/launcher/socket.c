/* SPDX-License-Identifier: Apache-2.0 */
/* Binding, adopting and closing of listening sockets. */
#include "config.h"

#include "fcgi_app/launcher/socket.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/launcher/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

LOG_MODULE("nova.wsgi");

#define FIRST_INHERITED 3 /* sd_listen_fds(3) */

static struct fault *could_not_bind(const void *mem, const char *text, const char *why)
{
    log_error("Could not bind to %s", text);
    return fault_new(mem, Internal, mem_printf(mem, "Could not bind to %s: %s", text, why));
}

static struct fault *system_failed(const void *mem, const char *text, const char *what)
{
    return could_not_bind(mem, text, mem_printf(mem, "%s: %s", what, strerror(errno)));
}

static void describe(const void *mem, struct listener *listener)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    char host[NI_MAXHOST], port[NI_MAXSERV];

    memset(&address, 0, sizeof(address));
    listener->host = "unix";
    listener->port = 0;
    listener->text = "unix:";
    if (getsockname(listener->fd, (struct sockaddr *)&address, &length))
        return;
    if (address.ss_family == AF_UNIX) {
        const struct sockaddr_un *local = (const struct sockaddr_un *)&address;

        if (length > offsetof(struct sockaddr_un, sun_path))
            listener->text = mem_printf(mem, "unix:%s%.*s", *local->sun_path ? "" : "@",
                                        (int)(length - offsetof(struct sockaddr_un, sun_path) - !*local->sun_path),
                                        local->sun_path + !*local->sun_path);
    } else if (!getnameinfo((struct sockaddr *)&address, length, host, sizeof(host), port, sizeof(port),
                            NI_NUMERICHOST | NI_NUMERICSERV)) {
        listener->host = mem_strdup(mem, host);
        listener->port = (int)strtol(port, NULL, 10);
        listener->text = mem_printf(mem, "%s:%s", host, port);
    }
}

/* Keepalive as upstream's server sets it; on listening sockets accepted ones inherit it. */
static void tune(const struct listener *listener, const struct launcher_settings *settings)
{
    int on = 1, idle = settings->tcp_keepidle;

    fcntl(listener->fd, F_SETFL, fcntl(listener->fd, F_GETFL) | O_NONBLOCK);
    fcntl(listener->fd, F_SETFD, FD_CLOEXEC);
    if (!listener->port)
        return;
    setsockopt(listener->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(listener->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (idle > 0)
        setsockopt(listener->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
}

/* Numbers or names of owner and group; -1 where none was asked for. */
static const char *find_owner(const struct launcher_settings *settings, uid_t *uid, gid_t *gid)
{
    char *end;

    *uid = (uid_t)-1;
    *gid = (gid_t)-1;
    if (!text_is_empty(settings->socket_owner)) {
        const struct passwd *user = getpwnam(settings->socket_owner);

        *uid = user ? user->pw_uid : (uid_t)strtoul(settings->socket_owner, &end, 10);
        if (!user && *end)
            return "[fcgi] socket_owner is no user of this machine";
    }
    if (!text_is_empty(settings->socket_group)) {
        const struct group *group = getgrnam(settings->socket_group);

        *gid = group ? group->gr_gid : (gid_t)strtoul(settings->socket_group, &end, 10);
        if (!group && *end)
            return "[fcgi] socket_group is no group of this machine";
    }
    return NULL;
}

/* What stands at the path: NULL when the way is free (a dead socket is removed), else why not. */
static const char *clear_path(const void *mem, const struct sockaddr_un *address)
{
    struct stat at;
    const char *why = NULL;
    int fd;

    if (lstat(address->sun_path, &at))
        return errno == ENOENT ? NULL : strerror(errno);
    if (!S_ISSOCK(at.st_mode))
        return "the path is taken by something that is no socket";
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return strerror(errno);
    if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) || errno == EAGAIN)
        why = "in use by another process";
    else if (errno != ECONNREFUSED)
        why = mem_strdup(mem, strerror(errno));
    else if (unlink(address->sun_path) && errno != ENOENT)
        why = mem_printf(mem, "a dead socket cannot be removed: %s", strerror(errno));
    close(fd);
    return why;
}

static struct fault *bind_unix(const void *mem, const char *path, const struct launcher_settings *settings,
                               struct listener *listener)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *text = mem_printf(mem, "unix:%s", path), *why;
    char *folder = mem_strdup(mem, path);
    char *slash = strrchr(folder, '/');
    int lock, bound, saved;
    mode_t mask;
    uid_t uid;
    gid_t gid;

    if (strlen(path) >= sizeof(address.sun_path))
        return could_not_bind(mem, text, "the path is longer than a unix socket's may be (107 bytes)");
    strcpy(address.sun_path, path);
    why = find_owner(settings, &uid, &gid);
    if (why)
        return could_not_bind(mem, text, why);
    if (slash > folder)
        *slash = '\0';
    else
        folder = mem_strdup(mem, slash ? "/" : ".");
    if (mkdir(folder, 0755) && errno != EEXIST)
        return system_failed(mem, text, folder);

    /* Two that start at once look, remove and bind one after the other. */
    lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX)) {
        struct fault *fault = system_failed(mem, text, folder);

        if (lock >= 0)
            close(lock);
        return fault;
    }
    why = clear_path(mem, &address);
    if (why) {
        close(lock);
        return could_not_bind(mem, text, why);
    }
    listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mask = umask(0777);
    bound = listener->fd < 0 ? -1 : bind(listener->fd, (struct sockaddr *)&address, sizeof(address));
    saved = errno;
    umask(mask);
    errno = saved;
    if (!bound)
        bound = listen(listener->fd, settings->backlog);
    if (!bound && (uid != (uid_t)-1 || gid != (gid_t)-1))
        bound = chown(path, uid, gid);
    if (!bound)
        bound = chmod(path, (mode_t)settings->socket_mode);
    saved = errno;
    close(lock);
    errno = saved;
    if (bound)
        return system_failed(mem, text, "socket");
    listener->path = mem_strdup(mem, path);
    return NULL;
}

static struct fault *bind_tcp(const void *mem, const char *address, const struct launcher_settings *settings,
                              struct listener *listener)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
    char *host = mem_strdup(mem, address), *port = strrchr(host, ':');
    int on = 1, error;

    if (!port || port[1] == '\0')
        return fault_new(mem, InvalidInput,
                         mem_printf(mem, "'%s' is no address of a FastCGI socket: unix:/path or host:port", address));
    *port++ = '\0';
    if (*host == '[' && port[-2] == ']') {
        port[-2] = '\0';
        host++;
    }
    error = getaddrinfo(*host ? host : NULL, port, &hints, &found);
    if (error)
        return could_not_bind(mem, address, gai_strerror(error));
    listener->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd >= 0)
        setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    error = listener->fd < 0 || bind(listener->fd, found->ai_addr, found->ai_addrlen) ||
            listen(listener->fd, settings->backlog);
    on = errno;
    freeaddrinfo(found);
    errno = on;
    return error ? system_failed(mem, address, "socket") : NULL;
}

struct fault *socket_listen(const void *mem, const char *name, const char *address,
                            const struct launcher_settings *settings, struct listener *listener)
{
    bool local = *address == '/' || !strncmp(address, "unix:", 5);
    struct fault *fault;

    *listener = (struct listener){ .fd = -1 };
    fault = local ? bind_unix(mem, *address == '/' ? address : address + 5, settings, listener)
                  : bind_tcp(mem, address, settings, listener);
    if (fault) {
        if (listener->fd >= 0)
            close(listener->fd);
        listener->fd = -1;
        return fault;
    }
    describe(mem, listener);
    tune(listener, settings);
    log_info("%s listening on %s", name, listener->text);
    return NULL;
}

bool socket_is_listening(int fd)
{
    int listening = 0;
    socklen_t length = sizeof(listening);

    return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) && listening;
}

struct fault *socket_adopt(const void *mem, const char *name, int fd, bool ours,
                           const struct launcher_settings *settings, struct listener *listener)
{
    *listener = (struct listener){ .fd = fd };
    if (!socket_is_listening(fd))
        return fault_new(mem, Internal, mem_printf(mem, "file descriptor %d is no listening socket", fd));
    describe(mem, listener);
    if (ours && !strncmp(listener->text, "unix:/", 6))
        listener->path = listener->text + 5;
    tune(listener, settings);
    log_info("%s listening on %s", name, listener->text);
    return NULL;
}

void socket_inherited(const void *mem, struct inherited_set *set)
{
    const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID"), *names = getenv("LISTEN_FDNAMES");
    char **pieces = text_split(mem, names ? names : "", ':');

    *set = (struct inherited_set){ 0 };
    if (count && pid && strtol(pid, NULL, 10) == getpid()) {
        long wanted = strtol(count, NULL, 10);

        if (wanted > 0 && wanted < 1024) {
            set->count = (size_t)wanted;
            set->items = mem_array(mem, struct inherited, set->count);
            for (size_t i = 0; i < set->count; i++) {
                set->items[i].fd = FIRST_INHERITED + (int)i;
                set->items[i].name = *pieces ? *pieces++ : "";
                fcntl(set->items[i].fd, F_SETFD, FD_CLOEXEC);
            }
        }
    }
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
}

/* systemd names a socket after its unit unless told otherwise. */
static bool names_api(const char *name, const char *api)
{
    size_t length = strlen(api);

    return !strncmp(name, api, length) && (!name[length] || !strcmp(name + length, ".socket"));
}

int socket_inherited_for(struct inherited_set *set, const char *api)
{
    struct inherited *other = NULL;

    for (size_t i = 0; i < set->count; i++) {
        struct inherited *item = &set->items[i];

        if (item->used || !socket_is_listening(item->fd))
            continue;
        if (names_api(item->name, api)) {
            item->used = true;
            return item->fd;
        }
        if (!other && !names_api(item->name, "osapi_compute") && !names_api(item->name, "metadata"))
            other = item;
    }
    if (!other)
        return -1;
    other->used = true;
    return other->fd;
}

void socket_close(struct listener *listener, bool remove)
{
    if (listener->fd < 0)
        return;
    if (remove && listener->path)
        unlink(listener->path);
    close(listener->fd);
    listener->fd = -1;
}
