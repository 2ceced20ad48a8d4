/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over the files, and the files of directories, given as
 * arguments: so that `make check` always repeats the corpora, with any
 * compiler.  Without arguments: the folder $srcdir/tests/fuzz/corpus/$CORPUS.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    uint8_t *data;
    size_t size;

    if (!file || fstat(fileno(file), &status) != 0) {
        perror(path);
        return 1;
    }
    data = malloc((size_t)status.st_size + 1);
    size = data ? fread(data, 1, (size_t)status.st_size, file) : 0;
    fclose(file);
    printf("# %s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int replay_all(const char *path, int *count)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    int failed = 0;

    if (!directory) {
        ++*count;
        return replay(path);
    }
    while ((entry = readdir(directory))) {
        char inner[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        failed |= replay_all(inner, count);
    }
    closedir(directory);
    return failed;
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("srcdir");
    int failed = 0;
    int count = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay_all(argv[i], &count);
    if (argc == 1) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", CORPUS);
        failed |= replay_all(path, &count);
    }
    if (count == 0)
        fprintf(stderr, "no file to replay\n");
    return failed || count == 0;
}
