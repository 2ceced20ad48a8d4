/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line, read as argparse reads it for oslo.config: flags from the
 * rows that have one, abbreviations, and files parsed at the place where they
 * are named.
 */
#include "config.h"

#include "fcgi_app/conf/private.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/strbuf.h"

#include <ctype.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

enum flag_action {
    FLAG_HELP,
    FLAG_VERSION,
    FLAG_FILE,
    FLAG_DIRECTORY,
    FLAG_TRUE,
    FLAG_FALSE,
    FLAG_VALUE,
};

/* One spelling of one flag. */
struct flag {
    const char *text; /* "--debug" */
    const char *all;  /* its spellings as messages show them: "--debug/-d" */
    enum flag_action action;
    enum option option;
};

struct cli {
    const void *mem;
    struct conf *conf;
    struct space *space;
    struct flag *flags;
    size_t count;
    bool *stop;
    int *status;
};

static void add(struct cli *cli, const char *text, const char *all, enum flag_action action, enum option option)
{
    cli->flags = mem_grow(cli->mem, cli->flags, struct flag, cli->count + 1);
    cli->flags[cli->count++] = (struct flag){ text, all, action, option };
}

/* A row's flags: "--debug -d", old names of [DEFAULT], and --no… for switches. */
static void add_row(struct cli *cli, enum option option)
{
    const struct option_row *row = &option_rows[option];
    bool is_switch = row->type.kind == OPTION_KIND_BOOL;
    struct strbuf all;
    const char *words[8];
    size_t count = 0;

    for (const char *p = row->cli; *p && count < 4;) {
        size_t size = strcspn(p, " ");
        words[count++] = mem_strndup(cli->mem, p, size);
        p += size + (p[size] == ' ');
    }
    for (const char *p = row->deprecated; p && *p && count < 8;) {
        size_t size = strcspn(p, ";");
        if (strncmp(p, "DEFAULT.", 8) == 0)
            words[count++] = mem_printf(cli->mem, "--%.*s", (int)size - 8, p + 8);
        p += size + (p[size] == ';');
    }
    strbuf_init(&all, cli->mem, 64);
    for (size_t i = 0; i < count; i++) {
        strbuf_puts(&all, i ? "/" : "");
        strbuf_puts(&all, words[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add(cli, words[i], all.data, is_switch ? FLAG_TRUE : FLAG_VALUE, option);
        if (is_switch && strncmp(words[i], "--", 2) == 0) {
            const char *no = mem_printf(cli->mem, "--no%s", words[i] + 2);
            add(cli, no, no, FLAG_FALSE, option);
        }
    }
}

static void add_all(struct cli *cli)
{
    add(cli, "-h", "-h/--help", FLAG_HELP, OPTION_COUNT);
    add(cli, "--help", "-h/--help", FLAG_HELP, OPTION_COUNT);
    add(cli, "--version", "--version", FLAG_VERSION, OPTION_COUNT);
    add(cli, "--config-file", "--config-file", FLAG_FILE, OPTION_COUNT);
    add(cli, "--config-dir", "--config-dir", FLAG_DIRECTORY, OPTION_COUNT);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_rows[i].cli)
            add_row(cli, (enum option)i);
}

static const char *metavar(const struct cli *cli, const struct flag *flag)
{
    char *name;

    if (flag->action == FLAG_FILE)
        return "PATH";
    if (flag->action == FLAG_DIRECTORY)
        return "DIR";
    name = mem_strdup(cli->mem, flag->option == OPTION_COUNT ? "" : option_rows[flag->option].name);
    for (char *p = name; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return name;
}

static bool takes_value(const struct flag *flag)
{
    return flag->action == FLAG_FILE || flag->action == FLAG_DIRECTORY || flag->action == FLAG_VALUE;
}

/* Was the flag shown with another of its spellings? */
static bool is_shown(const struct cli *cli, size_t flag)
{
    for (size_t i = 0; i < flag; i++)
        if (strcmp(cli->flags[i].all, cli->flags[flag].all) == 0)
            return true;
    return false;
}

static void print_usage(const struct cli *cli, FILE *out)
{
    const char *own = cli->conf->start.own_flag;
    size_t column;

    fprintf(out, "usage: %s", cli->conf->start.program);
    column = strlen(cli->conf->start.program) + 7;
    for (size_t i = 0; i < cli->count; i++) {
        const struct flag *flag = &cli->flags[i];
        const char *text;
        if (is_shown(cli, i))
            continue;
        text = mem_printf(cli->mem, " [%s%s%s]", flag->text, takes_value(flag) ? " " : "",
                          takes_value(flag) ? metavar(cli, flag) : "");
        if (column + strlen(text) > 79) {
            fprintf(out, "\n             ");
            column = 13;
        }
        fputs(text, out);
        column += strlen(text);
    }
    if (own)
        fprintf(out, "%s[%s]", column + strlen(own) + 3 > 79 ? "\n              " : " ", own);
    fprintf(out, "%s\n", cli->conf->start.rest ? " ..." : "");
}

static void print_help(const struct cli *cli)
{
    const struct conf_start *start = &cli->conf->start;

    print_usage(cli, stdout);
    printf("\noptions:\n");
    for (size_t i = 0; i < cli->count; i++) {
        const struct flag *flag = &cli->flags[i];
        static const char *const own[] = {
            [FLAG_HELP] = "show this text and leave",
            [FLAG_VERSION] = "show the version and leave",
            [FLAG_FILE] = "a file to read options from; may be given again, and a later one wins",
            [FLAG_DIRECTORY] = "a directory whose *.conf files are read in the order of their names",
        };
        const char *help;
        if (is_shown(cli, i))
            continue;
        if (flag->action == FLAG_FALSE)
            help = mem_printf(cli->mem, "the inverse of --%s", flag->text + 4);
        else if (flag->option == OPTION_COUNT)
            help = own[flag->action];
        else
            help = option_rows[flag->option].help;
        printf("  %s%s%s\n        %s\n", flag->all, takes_value(flag) ? " " : "",
               takes_value(flag) ? metavar(cli, flag) : "", help ? help : "");
    }
    if (start->own_flag)
        printf("  %s\n        %s\n", start->own_flag, start->own_help);
    if (start->more_help)
        start->more_help(stdout);
}

static void refuse(struct cli *cli, const char *why)
{
    print_usage(cli, stderr);
    fprintf(stderr, "%s: error: %s\n", cli->conf->start.program, why);
    *cli->stop = true;
    *cli->status = 2;
}

/*
 * The flag that `text` means (without its =value): exact, or the only one that
 * begins so.  Several: refused.  None: NULL.
 */
static const struct flag *find_flag(struct cli *cli, const char *text)
{
    const struct flag *found = NULL;
    struct strbuf list;
    size_t hits = 0;

    for (size_t i = 0; i < cli->count; i++)
        if (strcmp(cli->flags[i].text, text) == 0)
            return &cli->flags[i];
    if (strncmp(text, "--", 2) != 0)
        return NULL;
    strbuf_init(&list, cli->mem, 128);
    for (size_t i = 0; i < cli->count; i++)
        if (strncmp(cli->flags[i].text, text, strlen(text)) == 0) {
            strbuf_puts(&list, hits++ ? ", " : "");
            strbuf_puts(&list, cli->flags[i].text);
            found = &cli->flags[i];
        }
    if (hits < 2)
        return found;
    refuse(cli, mem_printf(cli->mem, "ambiguous option: %s could match %s", text, list.data));
    return NULL;
}

static struct fault *add_directory(struct cli *cli, const char *directory)
{
    const char *pattern;
    glob_t found;
    struct fault *fault = NULL;

    cli->space->config_dirs = space_append(cli->mem, cli->space->config_dirs, &cli->space->config_dir_count, directory);
    directory = path_fix(cli->mem, directory);
    if (access(directory, F_OK) != 0)
        return fault_new(cli->mem, ConfigDirNotFoundError, directory);
    pattern = mem_printf(cli->mem, "%s/*.conf", directory);
    if (glob(pattern, 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc && !fault; i++)
        fault = space_add_file(cli->mem, cli->conf, cli->space, found.gl_pathv[i]);
    globfree(&found);
    return fault;
}

static struct fault *act(struct cli *cli, const struct flag *flag, const char *value)
{
    struct space *space = cli->space;

    switch (flag->action) {
    case FLAG_HELP:
    case FLAG_VERSION:
        if (flag->action == FLAG_HELP)
            print_help(cli);
        else
            printf("%s\n", cli->conf->start.version);
        fflush(stdout);
        *cli->stop = true;
        *cli->status = 0;
        return NULL;
    case FLAG_FILE:
        space->config_files = space_append(cli->mem, space->config_files, &space->config_file_count, value);
        return space_add_file(cli->mem, cli->conf, space, value);
    case FLAG_DIRECTORY:
        return add_directory(cli, value);
    case FLAG_TRUE:
    case FLAG_FALSE:
    case FLAG_VALUE:
        space->cli[flag->option] = flag->action == FLAG_VALUE ? value : flag->action == FLAG_TRUE ? "True" : "False";
        space->typed[flag->option] = true;
        return NULL;
    }
    return NULL;
}

/* -1 or -.5: no flag of ours looks so, and argparse then takes such a word as a value. */
static bool is_negative_number(const char *word)
{
    size_t digits = strspn(word + 1, "0123456789");
    const char *rest = word + 1 + digits;

    if (*rest != '.')
        return digits > 0 && !*rest;
    digits = strspn(rest + 1, "0123456789");
    return digits > 0 && !rest[1 + digits];
}

/* Looks like a flag: argparse takes such a word never as the value of another. */
static bool is_flag_like(const char *word)
{
    return word[0] == '-' && word[1] && !strchr(word, ' ') && !is_negative_number(word);
}

/* One word that begins with a dash. *at is moved over a value taken from the next word. False: unknown. */
static bool take_flag(struct cli *cli, int *at, struct fault **fault)
{
    const struct conf_start *start = &cli->conf->start;
    const char *word = start->argv[*at];
    const char *sign = strchr(word, '=');
    const struct flag *flag = find_flag(cli, word);
    const char *value = NULL;

    if (*cli->stop)
        return true;
    if (!flag && sign) {
        flag = find_flag(cli, mem_strndup(cli->mem, word, (size_t)(sign - word)));
        value = sign + 1;
    }
    if (*cli->stop)
        return true;
    if (!flag && word[1] != '-') {
        /* -dh: a short flag, and more in the same word */
        flag = find_flag(cli, mem_strndup(cli->mem, word, 2));
        value = word[2] ? word + 2 : NULL;
    }
    if (!flag)
        return false;
    while (!takes_value(flag) && value && word[1] != '-') {
        /* a switch, and the next letter is a flag of its own */
        const struct flag *next = find_flag(cli, mem_printf(cli->mem, "-%c", value[0]));
        if (!next)
            break;
        *fault = act(cli, flag, NULL);
        if (*fault || *cli->stop)
            return true;
        flag = next;
        value = value[1] ? value + 1 : NULL;
    }
    if (!takes_value(flag) && value) {
        refuse(cli, mem_printf(cli->mem, "argument %s: ignored explicit argument '%s'", flag->all, value));
        return true;
    }
    if (takes_value(flag) && !value) {
        if (*at + 1 >= start->argc || is_flag_like(start->argv[*at + 1])) {
            refuse(cli, mem_printf(cli->mem, "argument %s: expected one argument", flag->all));
            return true;
        }
        value = start->argv[++*at];
    }
    *fault = act(cli, flag, value);
    return true;
}

/* A value that was typed and does not fit ends the program; one from a file is told with its place later. */
static void check_typed(struct cli *cli)
{
    for (int i = 0; i < OPTION_COUNT && !*cli->stop; i++) {
        const char *text = cli->space->cli[i];
        struct value value;
        if (!text || !cli->space->typed[i] || strchr(text, '$'))
            continue;
        if (!value_convert(cli->mem, (enum option)i, &text, 1, &value))
            continue;
        fprintf(stderr, "argument --%s: Invalid %s value: %s\n", option_rows[i].name,
                value_type_name(cli->mem, (enum option)i), text);
        *cli->stop = true;
        *cli->status = 1;
    }
}

struct fault *cli_parse(const void *mem, struct conf *conf, struct space *space, bool *stop, int *status)
{
    struct cli cli = { .mem = mem, .conf = conf, .space = space, .stop = stop, .status = status };
    const struct conf_start *start = &conf->start;
    bool only_words = false; /* behind "--", which is itself refused where no words are taken */
    struct strbuf unknown;
    int at;

    add_all(&cli);
    strbuf_init(&unknown, mem, 64);
    for (at = 1; at < start->argc && !*stop; at++) {
        const char *word = start->argv[at];
        struct fault *fault = NULL;
        only_words |= strcmp(word, "--") == 0 && !start->rest;
        if (!only_words && is_flag_like(word) && strcmp(word, "--") != 0 && take_flag(&cli, &at, &fault)) {
            TRY(fault);
            continue;
        }
        if (start->rest && word[0] != '-')
            break;
        strbuf_puts(&unknown, unknown.length ? " " : "");
        strbuf_puts(&unknown, word);
    }
    if (*stop)
        return NULL;
    if (unknown.length > 0)
        refuse(&cli, mem_printf(mem, "unrecognized arguments: %s", unknown.data));
    else
        check_typed(&cli);
    if (start->rest)
        *start->rest = at;
    return NULL;
}
