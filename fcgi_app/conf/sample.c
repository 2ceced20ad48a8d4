/* SPDX-License-Identifier: Apache-2.0 */
/* The sample configuration file, printed from the rows. */
#include "config.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/conf/private.h"

#include <string.h>

/* Words of `text` as comment lines of at most 79 characters. */
static void print_wrapped(FILE *out, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t size = strcspn(text, " ");
        if (column > 0 && column + 1 + size > 79) {
            fputc('\n', out);
            column = 0;
        }
        fprintf(out, "%s%.*s", column ? " " : "# ", (int)size, text);
        column += size + (column ? 1 : 2);
        text += size + strspn(text + size, " ");
    }
    if (column)
        fputc('\n', out);
}

static const char *kind_words(enum option option)
{
    static const char *const words[] = {
        [OPTION_KIND_BOOL] = "boolean value",
        [OPTION_KIND_INT] = "integer value",
        [OPTION_KIND_PORT] = "port value",
        [OPTION_KIND_FLOAT] = "floating point value",
        [OPTION_KIND_STR] = "string value",
        [OPTION_KIND_LIST] = "list value",
        [OPTION_KIND_MULTI] = "multi valued",
        [OPTION_KIND_MULTI_DICT] = "multi valued",
        [OPTION_KIND_HOST_ADDRESS] = "host address value",
        [OPTION_KIND_HOST_DOMAIN] = "host domain value",
        [OPTION_KIND_URI] = "URI value",
    };

    return words[option_rows[option].type.kind];
}

static void print_choices(FILE *out, const char *choices)
{
    fprintf(out, "# Possible values:\n");
    while (choices) {
        size_t size = strcspn(choices, "|");
        if (size > 0)
            fprintf(out, "# %.*s\n", (int)size, choices);
        else
            fprintf(out, "# <an empty value>\n");
        choices = choices[size] ? choices + size + 1 : NULL;
    }
}

static void print_default(FILE *out, enum option option)
{
    const struct option_row *row = &option_rows[option];
    const char *text = row->sample ? row->sample : row->text;

    if (!text) {
        fprintf(out, "#%s = %s\n", row->name, option_is_multi(option) ? "" : "<None>");
        return;
    }
    for (;;) {
        size_t size = option_is_multi(option) ? strcspn(text, "\n") : strlen(text);
        bool spaced = size > 0 && (text[0] == ' ' || text[size - 1] == ' ');
        fprintf(out, "#%s = %s%.*s%s\n", row->name, spaced ? "\"" : "", (int)size, text, spaced ? "\"" : "");
        if (!text[size])
            break;
        text += size + 1;
    }
}

static void print_option(FILE *out, enum option option)
{
    const struct option_row *row = &option_rows[option];

    if (row->help)
        print_wrapped(out, row->help);
    fprintf(out, "# (%s)\n", kind_words(option));
    if (row->type.has_min && row->type.kind != OPTION_KIND_PORT)
        fprintf(out, "# Minimum value: %g\n", row->type.min);
    if (row->type.has_max && row->type.kind != OPTION_KIND_PORT)
        fprintf(out, "# Maximum value: %g\n", row->type.max);
    if (row->type.choices)
        print_choices(out, row->type.choices);
    for (const char *p = row->deprecated; p && *p;) {
        size_t size = strcspn(p, ";");
        size_t group = strcspn(p, ".");
        fprintf(out, "# Deprecated group/name - [%.*s]/%.*s\n", (int)group, p, (int)(size - group - 1), p + group + 1);
        p += size + (p[size] == ';');
    }
    if (row->deprecated_for_removal) {
        fprintf(out, "# This option is deprecated for removal.\n# Its value may be silently ignored in the future.\n");
        if (row->reason)
            print_wrapped(out, "Reason:"), print_wrapped(out, row->reason);
    }
    if (row->mutable)
        fprintf(out, "# Note: This option can be changed without restarting.\n");
    print_default(out, option);
    fputc('\n', out);
}

void conf_print_sample(FILE *out)
{
    const char *group = "";

    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(group, option_rows[i].group) != 0) {
            group = option_rows[i].group;
            fprintf(out, "[%s]\n\n", group);
        }
        print_option(out, (enum option)i);
    }
}
