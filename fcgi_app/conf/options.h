/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a row of options.def becomes.  Inside conf/ only: everybody else reads
 * values through conf.h.
 */
#ifndef NOVA_CONF_OPTIONS_H
#define NOVA_CONF_OPTIONS_H

#include "fcgi_app/conf/conf.h"

enum option_kind {
    OPTION_KIND_BOOL = 1,
    OPTION_KIND_INT,
    OPTION_KIND_PORT,
    OPTION_KIND_FLOAT,
    OPTION_KIND_STR,
    OPTION_KIND_LIST,
    OPTION_KIND_MULTI,
    OPTION_KIND_MULTI_DICT,
    OPTION_KIND_HOST_ADDRESS,
    OPTION_KIND_HOST_DOMAIN,
    OPTION_KIND_URI,
};

struct option_type {
    enum option_kind kind;
    bool has_min;
    bool has_max;
    double min; /* of numbers; whole numbers in the rows are far below 2^53 */
    double max;
    const char *choices;  /* "a|b"; NULL: anything. For a list: of each item. */
    bool none_is_no_text; /* "None" among the choices is the unset value: told in messages, but no text that fits */
    bool ignore_case;     /* of choices */
    const char *regex;    /* searched in the value, as Python's re.search */
    int max_length;       /* characters; 0: any */
    const char *schemes;  /* of a URI, "http|https"; NULL: any */
};

struct option_row {
    const char *group;
    const char *name; /* as it stands in a file */
    struct option_type type;
    const char *text;       /* the default, NULL for none */
    const char *spelling;   /* the declared name where it is not `name`; NULL: the same */
    const char *deprecated; /* "group.name;group.name" */
    const char *cli;        /* "--debug -d" */
    const char *sample;     /* shown as the default in the sample file */
    const char *help;
    const char *reason; /* why it is deprecated for removal */
    bool mutable;
    bool secret;
    bool deprecated_for_removal;
};

extern const struct option_row option_rows[OPTION_COUNT];

/* Defaults that are found out at start; a row's text is compared by address. */
extern const char option_hostname[];
extern const char option_my_ip[];
extern const char option_package_dir[];

/* The row's default as text on mem, dynamic ones found out; NULL: none. */
const char *option_default(const void *mem, enum option option);

/* The declared name, which error texts and warnings use. */
const char *option_spelling(enum option option);

/* Is the option's value a list (LIST, MULTI, MULTI_DICT)? */
bool option_is_list(enum option option);

/* Does it collect all values of all files (MULTI, MULTI_DICT)? */
bool option_is_multi(enum option option);

/* The option of this group (exact case) and name; OPTION_COUNT when there is none. */
enum option option_find(const char *group, const char *name);

/* Is the group read by other services than an API only? A wrong value there stops nobody but them. */
bool option_is_foreign(enum option option);

#endif
