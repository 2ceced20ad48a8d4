/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test, files in it, and a configuration read from them. */
#ifndef NOVA_TESTS_UNIT_CONF_SUPPORT_H
#define NOVA_TESTS_UNIT_CONF_SUPPORT_H

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    void *mem;
    char directory[64];
    bool stop;
    int status;
};

static int place_setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    strcpy(place->directory, "/tmp/nova-conf-test-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    place->mem = mem_context(NULL, "test");
    setenv("HOME", place->directory, 1);
    *state = place;
    return 0;
}

static int place_teardown(void **state)
{
    struct place *place = *state;
    char command[128];

    log_shutdown();
    talloc_free(place->mem);
    snprintf(command, sizeof(command), "rm -rf '%s'", place->directory);
    assert_int_equal(system(command), 0);
    free(place);
    return 0;
}

/* Writes a file of the test's directory and returns its path. */
static char *place_file(struct place *place, const char *name, const char *text)
{
    char *path = mem_printf(place->mem, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* Reads with the arguments, NULL-terminated; "@name" is a file of the test's directory. */
static struct fault *place_load(struct place *place, struct conf **conf, const char *const *words)
{
    char **argv = mem_array(place->mem, char *, 24);
    int argc = 1;

    argv[0] = mem_strdup(place->mem, "nova-api");
    for (; *words; words++)
        argv[argc++] = (*words)[0] == '@' ? mem_printf(place->mem, "%s/%s", place->directory, *words + 1)
                                          : mem_strdup(place->mem, *words);
    return conf_load(place->mem, "nova", "nova-api", argc, argv, conf, &place->stop, &place->status);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

/* One file with this text, read well. */
static inline struct conf *place_conf(struct place *place, const char *text)
{
    struct conf *conf;
    struct fault *fault;

    place_file(place, "one.conf", text);
    fault = place_load(place, &conf, WORDS("--config-file", "@one.conf"));
    if (fault)
        fail_msg("%s", fault->message);
    assert_false(place->stop);
    return conf;
}

/* The message with which this text is refused, the directory taken out. */
static inline const char *place_refused(struct place *place, const char *text)
{
    struct conf *conf;
    struct fault *fault;
    char *message;
    char *at;

    place_file(place, "one.conf", text);
    fault = place_load(place, &conf, WORDS("--config-file", "@one.conf"));
    assert_non_null(fault);
    message = mem_strdup(place->mem, fault->message);
    while ((at = strstr(message, place->directory)))
        memmove(at, at + strlen(place->directory) + 1, strlen(at + strlen(place->directory)));
    return message;
}

/* All of a file, or "" when it is not there. */
static inline char *place_read(struct place *place, const char *name)
{
    FILE *file = fopen(mem_printf(place->mem, "%s/%s", place->directory, name), "r");
    char *text = mem_zeroed(place->mem, 65536, "text");

    if (file) {
        assert_true(fread(text, 1, 65535, file) < 65535);
        fclose(file);
    }
    return text;
}

#endif
