/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets: addresses, dead and live socket files, modes, sockets that were handed over. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fcgi_app/base/mem.h"
#include "fcgi_app/launcher/settings.h"
#include "fcgi_app/launcher/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct launcher_settings settings = { .backlog = 8, .socket_mode = 0640, .tcp_keepidle = 321 };

static char *make_path(const void *mem, const char *name)
{
    return mem_printf(mem, "/tmp/test-socket-%d-%s", (int)getpid(), name);
}

static void replaces_a_dead_socket_and_spares_a_live_one(void **state)
{
    const char *path = make_path(*state, "unix");
    struct listener first, second;
    struct fault *fault;
    struct stat at;

    unlink(path);
    assert_null(socket_listen(*state, "osapi_compute", path, &settings, &first));
    assert_string_equal(first.text, mem_printf(*state, "unix:%s", path));
    assert_return_code(stat(path, &at), 0);
    assert_int_equal(at.st_mode & 0777, 0640);
    fault = socket_listen(*state, "osapi_compute", path, &settings, &second);
    assert_non_null(fault);
    assert_non_null(strstr(fault->message, "in use by another process"));
    assert_int_equal(second.fd, -1);
    close(first.fd);
    assert_null(socket_listen(*state, "osapi_compute", path, &settings, &second));
    socket_close(&second, true);
    assert_int_equal(stat(path, &at), -1);
}

static void spares_a_file_that_is_no_socket(void **state)
{
    const char *path = make_path(*state, "file");
    struct listener listener;
    struct fault *fault;
    FILE *file = fopen(path, "w");

    fclose(file);
    fault = socket_listen(*state, "osapi_compute", path, &settings, &listener);
    assert_non_null(fault);
    assert_return_code(access(path, F_OK), 0);
    unlink(path);
}

static void tcp_sockets_keep_alive(void **state)
{
    struct listener listener;
    int value;
    socklen_t size = sizeof(value);

    assert_null(socket_listen(*state, "osapi_compute", "127.0.0.1:0", &settings, &listener));
    assert_string_equal(listener.host, "127.0.0.1");
    assert_true(listener.port > 0);
    getsockopt(listener.fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size);
    assert_true(value);
    getsockopt(listener.fd, IPPROTO_TCP, TCP_KEEPIDLE, &value, &size);
    assert_int_equal(value, 321);
    getsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &value, &size);
    assert_true(value);
    assert_true(socket_is_listening(listener.fd));
    socket_close(&listener, false);
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const wrong[] = { "osapi", "127.0.0.1:", "127.0.0.1:99999x", "", "no such host:1" };
    struct listener listener;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_non_null(socket_listen(*state, "osapi_compute", wrong[i], &settings, &listener));
    assert_false(socket_is_listening(STDIN_FILENO));
    assert_non_null(socket_adopt(*state, "osapi_compute", STDIN_FILENO, false, &settings, &listener));
}

static void a_path_has_an_end(void **state)
{
    char path[140];
    struct listener listener;
    struct fault *fault;

    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    fault = socket_listen(*state, "osapi_compute", path, &settings, &listener);
    assert_non_null(fault);
    assert_non_null(strstr(fault->message, "107"));
}

static void handed_over_sockets_are_found_by_name(void **state)
{
    struct inherited items[] = { { .name = "metadata.socket" }, { .name = "" }, { .name = "osapi_compute" } };
    struct inherited_set set = { items, 3 };
    struct listener listeners[3];

    for (int i = 0; i < 3; i++) {
        assert_null(socket_listen(*state, "test", "127.0.0.1:0", &settings, &listeners[i]));
        items[i].fd = listeners[i].fd;
    }
    assert_int_equal(socket_inherited_for(&set, "osapi_compute"), items[2].fd);
    assert_int_equal(socket_inherited_for(&set, "metadata"), items[0].fd);
    /* A socket without a known name goes to who has none yet. */
    assert_int_equal(socket_inherited_for(&set, "osapi_compute"), items[1].fd);
    assert_int_equal(socket_inherited_for(&set, "osapi_compute"), -1);
    for (int i = 0; i < 3; i++)
        socket_close(&listeners[i], false);
}

static void the_environment_is_for_one_process(void **state)
{
    struct inherited_set set;

    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", "1", 1);
    socket_inherited(*state, &set);
    assert_int_equal(set.count, 0);
    assert_null(getenv("LISTEN_FDS"));
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_PID", mem_printf(*state, "%d", (int)getpid()), 1);
    setenv("LISTEN_FDNAMES", "a:b", 1);
    socket_inherited(*state, &set);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.items[1].name, "b");
    assert_int_equal(set.items[1].fd, 4);
}

static int open_memory(void **state)
{
    *state = mem_context(NULL, "test");
    return 0;
}

static int close_memory(void **state)
{
    return talloc_free(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_a_dead_socket_and_spares_a_live_one),
        cmocka_unit_test(spares_a_file_that_is_no_socket),
        cmocka_unit_test(tcp_sockets_keep_alive),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(a_path_has_an_end),
        cmocka_unit_test(handed_over_sockets_are_found_by_name),
        cmocka_unit_test(the_environment_is_for_one_process),
    };

    return cmocka_run_group_tests(tests, open_memory, close_memory);
}
