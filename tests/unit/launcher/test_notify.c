/* SPDX-License-Identifier: Apache-2.0 */
/* The service manager's datagrams: path and abstract sockets, environment, nobody there. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/launcher/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Listens at the name as the environment would have it; the descriptor. */
static int listen_at(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    size_t length = strlen(name) + (*name != '@');

    memcpy(address.sun_path, name, strlen(name));
    if (*name == '@')
        address.sun_path[0] = '\0';
    assert_return_code(
        bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)), 0);
    return fd;
}

static void hears(const char *name)
{
    struct notify notify;
    char got[64];
    int fd = listen_at(name);
    ssize_t size;

    setenv("NOTIFY_SOCKET", name, 1);
    notify_open(&notify);
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_true(notify_send(&notify, "READY=1"));
    size = recv(fd, got, sizeof(got), MSG_DONTWAIT);
    assert_int_equal(size, 7);
    assert_memory_equal(got, "READY=1", 7);
    close(fd);
}

static void speaks_to_a_path(void **state)
{
    char path[64];

    (void)state;
    snprintf(path, sizeof(path), "/tmp/notify-%d", (int)getpid());
    unlink(path);
    hears(path);
    unlink(path);
}

static void speaks_to_an_abstract_name(void **state)
{
    char name[64];

    (void)state;
    snprintf(name, sizeof(name), "@notify-%d", (int)getpid());
    hears(name);
}

static void nobody_listens(void **state)
{
    struct notify notify;

    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify_open(&notify);
    assert_false(notify_send(&notify, "READY=1"));
    setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
    notify_open(&notify);
    assert_false(notify_send(&notify, "READY=1"));
}

static void watchdog_is_for_one_process(void **state)
{
    struct notify notify;
    char pid[24];

    (void)state;
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    notify_open(&notify);
    assert_int_equal(notify.watchdog_usec, 0);
    assert_null(getenv("WATCHDOG_USEC"));
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    notify_open(&notify);
    assert_int_equal(notify.watchdog_usec, 3000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_to_a_path),
        cmocka_unit_test(speaks_to_an_abstract_name),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(watchdog_is_for_one_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
