/* SPDX-License-Identifier: Apache-2.0 */
/* What was recorded, a JSON document a line, and held against ours. */
#ifndef NOVA_TESTS_UNIT_JSONL_H
#define NOVA_TESTS_UNIT_JSONL_H

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

/*
 * Each record of a file beneath the source tree goes to `same`, which says
 * what differs.  Fails where one does, or where there are `least` or fewer.
 */
static inline void jsonl_check(const char *name, size_t least, bool (*same)(void *with, const json_t *record),
                               void *with)
{
    const char *root = getenv("srcdir");
    size_t asked = 0, wrong = 0, size = 0;
    char path[4096], *line = NULL;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("%s: cannot be opened", path);
    while (getline(&line, &size, file) > 0) {
        json_t *record = json_loads(line, 0, NULL);

        assert_non_null(record);
        asked++;
        wrong += !same(with, record);
        json_decref(record);
    }
    free(line);
    fclose(file);
    assert_true(asked > least);
    assert_int_equal(wrong, 0);
}

#endif
