/* SPDX-License-Identifier: Apache-2.0 */
/* Options that a server keeps ([DEFAULT] config_source): what they win over, what they lose to, and what goes wrong. */
#include "config.h"

#include "tests/unit/conf/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* A server of one file, in a process of its own; what it is asked stands behind its port. */
struct keeper {
    pid_t pid;
    int port;
};

static struct keeper keeper_start(const char *answer)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof(address);
    struct keeper keeper;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    keeper.port = ntohs(address.sin_port);
    keeper.pid = fork();
    if (keeper.pid == 0) {
        char asked[4096];

        alarm(30);
        for (;;) {
            int client = accept(listener, NULL, NULL);

            if (read(client, asked, sizeof(asked)) < 0 || write(client, answer, strlen(answer)) < 0)
                _exit(1);
            close(client);
        }
    }
    close(listener);
    return keeper;
}

static void keeper_stop(struct keeper keeper)
{
    kill(keeper.pid, SIGKILL);
    waitpid(keeper.pid, NULL, 0);
}

static struct conf *load_from(struct place *place, struct keeper keeper, const char *more)
{
    return place_conf(place, mem_printf(place->mem,
                                        "[DEFAULT]\nconfig_source = far\n%s\n[far]\ndriver = remote_file\n"
                                        "uri = http://127.0.0.1:%d/nova.conf\n",
                                        more, keeper.port));
}

static void a_source_speaks_where_files_are_silent(void **state)
{
    struct place *place = *state;
    struct keeper keeper = keeper_start("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"
                                        "[DEFAULT]\nhost = far\nmy_ip = 10.9.8.7\n[api]\nmax_limit = 7\n");
    struct conf *conf = load_from(place, keeper, "my_ip = 10.1.1.1");

    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "far");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_my_ip), "10.1.1.1");
    assert_int_equal(conf_int(conf, OPTION_api_max_limit), 7);
    setenv("OS_DEFAULT__HOST", "near", 1);
    conf = load_from(place, keeper, "");
    unsetenv("OS_DEFAULT__HOST");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_host), "near");
    assert_string_equal(conf_string(conf, OPTION_DEFAULT_my_ip), "10.9.8.7");
    keeper_stop(keeper);
}

static void a_source_that_cannot_be_had_is_left_out(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.0 404 Not Found\r\n\r\n[DEFAULT]\nhost = far\n",
        "HTTP/1.0 200 OK\r\n\r\nhost = far, without a section\n",
        "no HTTP at all",
    };
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct keeper keeper = keeper_start(answers[i]);
        struct conf *conf = load_from(place, keeper, "my_ip = 10.1.1.1");

        assert_string_not_equal(conf_string(conf, OPTION_DEFAULT_host), "far");
        assert_string_equal(conf_string(conf, OPTION_DEFAULT_my_ip), "10.1.1.1");
        keeper_stop(keeper);
    }
}

static void a_value_from_far_is_checked_as_any(void **state)
{
    struct place *place = *state;
    struct keeper keeper = keeper_start("HTTP/1.0 200 OK\r\n\r\n[api]\nmax_limit = many\n");
    struct conf *conf;
    struct fault *fault;

    place_file(place, "one.conf",
               mem_printf(place->mem,
                          "[DEFAULT]\nconfig_source = far\n[far]\ndriver = remote_file\nuri = http://127.0.0.1:%d/x\n",
                          keeper.port));
    fault = place_load(place, &conf, WORDS("--config-file", "@one.conf"));
    assert_non_null(fault);
    assert_non_null(strstr(fault->message, "max_limit"));
    assert_non_null(strstr(fault->message, "127.0.0.1"));
    keeper_stop(keeper);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_source_speaks_where_files_are_silent),
        TEST(a_source_that_cannot_be_had_is_left_out),
        TEST(a_value_from_far_is_checked_as_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
