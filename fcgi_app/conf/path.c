/* SPDX-License-Identifier: Apache-2.0 */
/* Where configuration files are searched, as oslo.config does. */
#include "config.h"

#include "fcgi_app/conf/private.h"

#include "fcgi_app/base/mem.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* os.path.expanduser(): ~ and ~user; unknown users stay as they are. */
static const char *expand_user(const void *mem, const char *path)
{
    size_t size = strcspn(path, "/");
    const char *home = NULL;
    const struct passwd *user;

    if (path[0] != '~')
        return path;
    if (size == 1)
        home = getenv("HOME");
    if (!home) {
        user = size == 1 ? getpwuid(getuid()) : getpwnam(mem_strndup(mem, path + 1, size - 1));
        home = user ? user->pw_dir : NULL;
    }
    if (!home)
        return path;
    size_t length = strlen(home);
    while (length > 0 && home[length - 1] == '/')
        length--;
    return length + strlen(path + size) == 0 ? "/" : mem_printf(mem, "%.*s%s", (int)length, home, path + size);
}

/* os.path.normpath() of an absolute path. */
static const char *normalised(const void *mem, const char *path)
{
    char *out = mem_zeroed(mem, strlen(path) + 2, "path");
    size_t length = 0;

    for (const char *p = path; *p;) {
        size_t size;
        while (*p == '/')
            p++;
        size = strcspn(p, "/");
        if (size == 2 && p[0] == '.' && p[1] == '.') {
            while (length > 0 && out[--length] != '/')
                ;
        } else if (size > 0 && !(size == 1 && p[0] == '.')) {
            out[length++] = '/';
            memcpy(out + length, p, size);
            length += size;
        }
        p += size;
    }
    out[length] = '\0';
    return length ? out : "/";
}

const char *path_fix(const void *mem, const char *path)
{
    char *directory;

    path = expand_user(mem, path);
    if (path[0] == '/')
        return normalised(mem, path);
    directory = getcwd(NULL, 0);
    path = normalised(mem, mem_printf(mem, "%s/%s", directory ? directory : "", path));
    free(directory);
    return path;
}

const char *const *path_directories(const void *mem, const char *project)
{
    const char *snap_common = getenv("SNAP_COMMON");
    const char *snap = getenv("SNAP");
    const char **list = NULL;
    size_t count = 0;

    list = space_append(mem, list, &count, path_fix(mem, mem_printf(mem, "~/.%s", project)));
    list = space_append(mem, list, &count, path_fix(mem, "~"));
    list = space_append(mem, list, &count, mem_printf(mem, "/etc/%s", project));
    list = space_append(mem, list, &count, "/etc");
    if (snap_common && *snap_common)
        list = space_append(mem, list, &count, mem_printf(mem, "%s/etc/%s", snap_common, project));
    if (snap && *snap)
        list = space_append(mem, list, &count, mem_printf(mem, "%s/etc/%s", snap, project));
    return list;
}

const char *path_search(const void *mem, const char *const *directories, const char *name)
{
    for (size_t i = 0; directories[i]; i++) {
        size_t size = strlen(directories[i]);
        const char *path = name[0] == '/' ? name
                                          : mem_printf(mem, "%s%s%s", directories[i],
                                                       size > 0 && directories[i][size - 1] == '/' ? "" : "/", name);
        if (access(path, F_OK) == 0)
            return path;
    }
    return NULL;
}
