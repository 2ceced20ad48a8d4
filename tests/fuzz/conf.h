/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration from a text, for targets that need options: read once, kept for the process. */
#ifndef NOVA_TESTS_FUZZ_CONF_H
#define NOVA_TESTS_FUZZ_CONF_H

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static inline struct conf *fuzz_conf(const char *options)
{
    static struct conf *conf;
    char path[40], *argv[] = { (char *)"fuzz", (char *)"--config-file", path, NULL };
    bool stop = false;
    int status = 0, fd;

    if (conf)
        return conf;
    fd = memfd_create("nova.conf", 0);
    if (fd < 0 || write(fd, options, strlen(options)) != (ssize_t)strlen(options))
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (conf_load(mem_context(NULL, "conf"), "nova", "fuzz", 3, argv, &conf, &stop, &status))
        abort();
    close(fd);
    return conf;
}

#endif
