/* SPDX-License-Identifier: Apache-2.0 */
/* INI text of both dialects from anybody: it is read or refused, and what was read is text that can be walked. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/ini.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct ini_file *file)
{
    for (size_t s = 0; s < file->count; s++) {
        const struct ini_section *section = &file->sections[s];
        if (section->line < 1 || ini_section(file, section->name) != section)
            abort();
        for (size_t i = 0; i < section->count; i++)
            if (section->entries[i].line <= section->line || strlen(section->entries[i].key) == 0 ||
                !ini_value(section, section->entries[i].key))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_ini");

    for (int dialect = INI_OSLO; dialect <= INI_PASTE; dialect++) {
        struct ini_file *file;
        struct fault *fault = ini_parse(mem, "fuzz", (const char *)data, size, (enum ini_dialect)dialect, &file);
        if (!fault)
            walk(file);
        else if (file || !fault->message)
            abort();
    }
    talloc_free(mem);
    return 0;
}
