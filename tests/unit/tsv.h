/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that tests read: lines of cells between tabs, `#` begins a comment, \t \n \\ and \xHH in a cell are resolved.
 */
#ifndef NOVA_TESTS_UNIT_TSV_H
#define NOVA_TESTS_UNIT_TSV_H

#include "fcgi_app/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TSV_CELLS 16

struct tsv {
    FILE *file;
    char *line;
    size_t size;
    int number; /* of the line in hand */
    char *cells[TSV_CELLS];
    size_t lengths[TSV_CELLS];
    size_t count;
};

/* Opens a file beneath the source tree; stops the program when it is not there. */
static inline void tsv_open(struct tsv *tsv, const char *path)
{
    const char *root = getenv("srcdir");
    char *full = mem_printf(NULL, "%s/%s", root ? root : ".", path);

    memset(tsv, 0, sizeof(*tsv));
    tsv->file = fopen(full, "r");
    if (!tsv->file) {
        fprintf(stderr, "%s: cannot be opened\n", full);
        abort();
    }
    talloc_free(full);
}

static inline void tsv_close(struct tsv *tsv)
{
    fclose(tsv->file);
    free(tsv->line);
}

static inline size_t tsv_unescape(char *cell)
{
    char *to = cell;

    for (const char *from = cell; *from; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from == 'x') {
            char digits[3] = { from[1], from[2], '\0' };

            *to++ = (char)strtol(digits, NULL, 16);
            from += 2;
        } else {
            *to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from;
        }
    }
    *to = '\0';
    return (size_t)(to - cell);
}

/* The next line's cells; 0 at the end. */
static inline int tsv_next(struct tsv *tsv)
{
    ssize_t length;

    while ((length = getline(&tsv->line, &tsv->size, tsv->file)) > 0) {
        char *rest = tsv->line;

        tsv->number++;
        if (*rest == '#')
            continue;
        if (rest[length - 1] == '\n')
            rest[length - 1] = '\0';
        for (tsv->count = 0; rest && tsv->count < TSV_CELLS; tsv->count++)
            tsv->cells[tsv->count] = strsep(&rest, "\t");
        for (size_t i = 0; i < tsv->count; i++)
            tsv->lengths[i] = tsv_unescape(tsv->cells[i]);
        return 1;
    }
    return 0;
}

#endif
