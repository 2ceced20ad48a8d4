/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operator's policy files: YAML or JSON, a mapping of rule to check.
 * Beside policies.c, which gives them effect.
 */
#ifndef NOVA_POLICIES_FILE_H
#define NOVA_POLICIES_FILE_H

#include "fcgi_app/base/fault.h"
#include "fcgi_app/policies/policies.h"

/* A growing list of overrides; later ones win. */
struct policy_overrides {
    struct policy_override *rows;
    size_t count;
};

/*
 * Adds what a file says; everything is on mem.  An empty file adds nothing.
 * Fault: Internal, with the file, the line and what is wrong there.
 */
struct fault *policy_file_read(const void *mem, const char *path, struct policy_overrides *overrides) FAULT_CHECK;
/* The same of a text; path is its name in messages. */
struct fault *policy_text_read(const void *mem, const char *path, const char *text, size_t length,
                               struct policy_overrides *overrides) FAULT_CHECK;
/* Adds the files of a directory in the order of their names; hidden ones and directories in it are passed over. */
struct fault *policy_directory_read(const void *mem, const char *path, struct policy_overrides *overrides) FAULT_CHECK;

#endif
