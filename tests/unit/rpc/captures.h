/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference's recorded messages (captures.jsonl), for tests that write
 * the same ones: a line an action, with the kind, the target and what was
 * sent ("msg": method, args, namespace, version).
 */
#ifndef NOVA_TESTS_UNIT_RPC_CAPTURES_H
#define NOVA_TESTS_UNIT_RPC_CAPTURES_H

#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capture {
    const char *action, *kind, *topic, *server, *method;
    json_t *whole;
    json_t *message; /* of it: "msg" */
};

/* Every line of a file of JSON values beneath the source tree; the count of them. Stops the program without it. */
static inline size_t captures_lines(const void *mem, const char *path, json_t ***lines)
{
    const char *root = getenv("srcdir");
    FILE *file = fopen(mem_printf(mem, "%s/%s", root ? root : ".", path), "r");
    char *line = NULL;
    size_t size = 0, count = 0;
    ssize_t length;

    *lines = NULL;
    if (!file) {
        perror(path);
        exit(99);
    }
    while ((length = getline(&line, &size, file)) > 0) {
        *lines = mem_grow(mem, *lines, json_t *, count + 1);
        if (json_read(mem, line, (size_t)length, &(*lines)[count++]))
            exit(99);
    }
    free(line);
    fclose(file);
    return count;
}

static inline size_t captures_read(const void *mem, struct capture **captures)
{
    json_t **lines;
    size_t count = captures_lines(mem, "tests/unit/rpc/captures.jsonl", &lines);

    *captures = mem_array(mem, struct capture, count);
    for (size_t i = 0; i < count; i++) {
        json_t *message = json_object_get(lines[i], "msg");

        (*captures)[i] = (struct capture){
            .action = json_string_value(json_object_get(lines[i], "action")),
            .kind = json_string_value(json_object_get(lines[i], "kind")),
            .topic = json_string_value(json_object_get(lines[i], "topic")),
            .server = json_string_value(json_object_get(lines[i], "server")),
            .method = json_string_value(json_object_get(message, "method")),
            .whole = lines[i],
            .message = message,
        };
    }
    return count;
}

/* The recorded arguments of an action's message of that method, as json.dumps writes them; NULL: none was recorded. */
static inline const char *capture_args(const void *mem, const char *action, const char *method)
{
    struct capture *captures;
    size_t count = captures_read(mem, &captures);
    struct strbuf out;

    for (size_t i = 0; i < count; i++)
        if (!strcmp(captures[i].action, action) && !strcmp(captures[i].method, method)) {
            strbuf_init(&out, mem, 8192);
            json_put_tree(&out, json_object_get(captures[i].message, "args"));
            return out.data;
        }
    return NULL;
}

#endif
