/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nova-api-fcgi-manage: the operator's commands.  A table of commands; each
 * handler reads its own words, asks a lower floor, and prints.
 *
 *     nova-api-fcgi-manage [options of nova.conf] command [words]
 *
 * Names, texts and exit codes of db, api_db and cell_v2 are nova-manage's
 * where both have the command.  Exit codes: 0 done, 1 it failed or must not
 * be, 2 it is there already (create_cell), 3 db check: empty, 4 older,
 * 5 newer, 6 not nova's.
 */
#include "config.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/release.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/cell_mappings.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/db/schema.h"
#include "fcgi_app/db/seed.h"
#include "fcgi_app/db/url.h"
#include "fcgi_app/launcher/frontend.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { DONE = 0, FAILED = 1, TAKEN = 2, EMPTY = 3, OLDER = 4, NEWER = 5, FOREIGN = 6, USAGE = 64 };

/* What a handler works with. */
struct invocation {
    struct context *context;
    struct conf *conf;
    const struct command *command;
    char **words; /* behind the command's own, NULL-terminated */
};

/* An option of a command: `--name VALUE`, or `--name` alone. */
struct word {
    const char *name;
    const char **value; /* where its value goes; NULL: it has none */
    bool *given;        /* set when it stands there; may be NULL */
};

struct command {
    const char *name; /* its words, one blank between them */
    const char *usage;
    const char *help;
    bool databases; /* opens them before */
    int (*handler)(struct invocation *call);
};

static const struct command commands[];

/* ---- words and failures ---- */

static int wrong(const struct invocation *call, const char *why, const char *word)
{
    fprintf(stderr, "nova-api-fcgi-manage %s: %s%s\nusage: nova-api-fcgi-manage %s %s\n", call->command->name, why,
            word, call->command->name, call->command->usage);
    return USAGE;
}

static int failed(const struct fault *fault)
{
    fprintf(stderr, "ERROR: %s\n", fault->message);
    return FAILED;
}

/* Reads `--name value`, `--name=value` and, into `plain`, at most one word without dashes. DONE or USAGE. */
static int read_words(const struct invocation *call, const struct word *options, size_t count, const char **plain)
{
    for (char **word = call->words; *word; word++) {
        const struct word *option = NULL;
        size_t length = strcspn(*word, "=");

        if (strncmp(*word, "--", 2) != 0) {
            if (!plain || *plain)
                return wrong(call, "unexpected word: ", *word);
            *plain = *word;
            continue;
        }
        for (size_t i = 0; i < count; i++)
            if (strlen(options[i].name) == length && strncmp(options[i].name, *word, length) == 0)
                option = &options[i];
        if (!option || (!option->value && (*word)[length]))
            return wrong(call, "unknown option: ", *word);
        if (option->given)
            *option->given = true;
        if (!option->value)
            continue;
        if ((*word)[length])
            *option->value = *word + length + 1;
        else if (word[1])
            *option->value = *++word;
        else
            return wrong(call, "a value is missing behind ", *word);
    }
    return DONE;
}

static struct db *databases(const struct invocation *call)
{
    return call->context->worker->db;
}

/* ---- db, api_db ---- */

static int sync_link(const struct invocation *call, struct db_link *link, enum schema_kind kind)
{
    struct fault *fault = schema_sync(call->context, call->context->mem, link, kind);

    return fault ? failed(fault) : DONE;
}

static int api_db_sync(struct invocation *call)
{
    int status = read_words(call, NULL, 0, NULL);

    return status ? status : sync_link(call, db_api(databases(call)), SCHEMA_API);
}

/* cell0's database too, as nova-manage does; without a mapping of it with a warning. */
static int sync_cell0(const struct invocation *call)
{
    const struct db_cell *cells;
    size_t count = 0;
    struct fault *fault = db_cells(call->context, &cells, &count);

    for (size_t i = 0; i < count && !fault; i++)
        if (cells[i].is_cell0)
            return sync_link(call, cells[i].link, SCHEMA_CELL);
    if (fault) {
        fprintf(stderr,
                "ERROR: Could not access cell0.\nHas the nova_api database been created (api_db sync)?\n"
                "Is [api_database] connection set in nova.conf?\nError: %s\n",
                fault->message);
        return FAILED;
    }
    printf("WARNING: cell0 mapping not found - not syncing cell0.\n");
    return DONE;
}

static int db_sync(struct invocation *call)
{
    bool local = false;
    const char *url = NULL;
    const struct word options[] = { { "--local_cell", NULL, &local }, { "--database_connection", &url, NULL } };
    int status = read_words(call, options, COUNT(options), NULL);

    if (status)
        return status;
    if (url)
        return sync_link(call, db_link_to(databases(call), "--database_connection", url), SCHEMA_CELL);
    status = local ? DONE : sync_cell0(call);
    return status ? status : sync_link(call, db_main(databases(call)), SCHEMA_CELL);
}

static int print_head(const struct invocation *call, struct db_link *link, enum schema_kind kind)
{
    struct schema_found found;
    int status = read_words(call, NULL, 0, NULL);
    struct fault *fault;

    if (status)
        return status;
    fault = schema_read(call->context, call->context->mem, link, kind, &found);
    if (fault)
        return failed(fault);
    printf("%s\n", found.head ? found.head : "None");
    return DONE;
}

static int db_version(struct invocation *call)
{
    return print_head(call, db_main(databases(call)), SCHEMA_CELL);
}

static int api_db_version(struct invocation *call)
{
    return print_head(call, db_api(databases(call)), SCHEMA_API);
}

static int check_link(const struct invocation *call, struct db_link *link, enum schema_kind kind)
{
    static const int codes[] = { [SCHEMA_IS_EMPTY] = EMPTY,
                                 [SCHEMA_IS_OURS] = DONE,
                                 [SCHEMA_IS_OLDER] = OLDER,
                                 [SCHEMA_IS_NEWER] = NEWER,
                                 [SCHEMA_IS_FOREIGN] = FOREIGN };
    struct schema_found found;
    struct fault *fault = schema_read(call->context, call->context->mem, link, kind, &found);

    if (fault)
        return failed(fault);
    printf("%s\n", found.text);
    return codes[found.state];
}

static int worst(int one, int other)
{
    return one > other ? one : other;
}

/* Every database that the configuration and the mappings name; the worst decides the exit code. */
static int db_check(struct invocation *call)
{
    int status = read_words(call, NULL, 0, NULL);
    const struct db_cell *cells;
    size_t count = 0;
    struct fault *fault;

    if (status)
        return status;
    status = check_link(call, db_api(databases(call)), SCHEMA_API);
    fault = status == DONE ? db_cells(call->context, &cells, &count) : NULL;
    if (fault)
        return failed(fault);
    status = worst(status, check_link(call, db_main(databases(call)), SCHEMA_CELL));
    for (size_t i = 0; i < count; i++)
        if (cells[i].link != db_main(databases(call)))
            status = worst(status, check_link(call, cells[i].link, SCHEMA_CELL));
    return status;
}

static int db_seed(struct invocation *call)
{
    const char *servers = NULL, *project = "0123456789abcdef0123456789abcdef", *user = "admin";
    const struct word options[] = { { "--servers", &servers, NULL },
                                    { "--project", &project, NULL },
                                    { "--user", &user, NULL } };
    int status = read_words(call, options, COUNT(options), NULL);
    struct fault *fault;
    char *end;
    unsigned long count;

    if (status)
        return status;
    count = servers ? strtoul(servers, &end, 10) : 0;
    if (!count || *end || count > 10000000 || servers[0] == '-')
        return wrong(call, "--servers must be a number of 1 to 10000000", "");
    fault = seed_demonstration(call->context, &(struct seed_plan){ (unsigned)count, project, user });
    if (fault)
        return failed(fault);
    printf("%lu servers of project %s and user %s\n", count, project, user);
    return DONE;
}

/* ---- cell_v2 ---- */

static int cell_v2_map_cell0(struct invocation *call)
{
    const char *url = NULL;
    const struct word options[] = { { "--database_connection", &url, NULL } };
    int status = read_words(call, options, COUNT(options), NULL);
    struct fault *fault;
    bool made;

    if (status)
        return status;
    fault = cell_mappings_map_cell0(call->context, url, &made);
    if (fault)
        return failed(fault);
    if (!made)
        printf("Cell0 is already setup\n");
    return DONE;
}

static int cell_v2_create_cell(struct invocation *call)
{
    const char *name = NULL, *url = conf_string(call->conf, OPTION_database_connection), *uuid;
    const char *transport = conf_string(call->conf, OPTION_DEFAULT_transport_url);
    bool verbose = false, disabled = false, taken;
    const struct word options[] = { { "--name", &name, NULL },
                                    { "--database_connection", &url, NULL },
                                    { "--transport-url", &transport, NULL },
                                    { "--verbose", NULL, &verbose },
                                    { "--disabled", NULL, &disabled } };
    int status = read_words(call, options, COUNT(options), NULL);
    struct fault *fault;

    if (status)
        return status;
    if (text_is_empty(transport)) {
        fprintf(stderr, "Must specify --transport-url if [DEFAULT]/transport_url is not set in the configuration "
                        "file.\n");
        return FAILED;
    }
    if (text_is_empty(url)) {
        fprintf(stderr, "Must specify --database_connection if [database]/connection is not set in the configuration "
                        "file.\n");
        return FAILED;
    }
    fault = cell_mappings_create(call->context, name, url, transport, disabled, &uuid, &taken);
    if (fault)
        return failed(fault);
    if (taken) {
        fprintf(stderr, "The specified transport_url and/or database_connection combination already exists for "
                        "another cell.\n");
        return TAKEN;
    }
    if (verbose)
        printf("%s\n", uuid);
    return DONE;
}

enum { CELL_COLUMNS = 5 };

static void print_rule(const size_t widths[CELL_COLUMNS])
{
    for (int i = 0; i < CELL_COLUMNS; i++) {
        putchar('+');
        for (size_t j = 0; j < widths[i] + 2; j++)
            putchar('-');
    }
    printf("+\n");
}

/* Each value in the middle of its column; an odd blank stands right of an odd value and left of an even one. */
static void print_line(const size_t widths[CELL_COLUMNS], const char *const values[CELL_COLUMNS])
{
    for (int i = 0; i < CELL_COLUMNS; i++) {
        size_t length = strlen(values[i]), blanks = widths[i] - length;
        size_t left = blanks / 2 + (blanks % 2 && length % 2 == 0);
        printf("| %*s%s%*s ", (int)left, "", values[i], (int)(blanks - left), "");
    }
    printf("|\n");
}

static int cell_v2_list_cells(struct invocation *call)
{
    static const char *const titles[CELL_COLUMNS] = { "Name", "UUID", "Transport URL", "Database Connection",
                                                      "Disabled" };
    bool verbose = false;
    const struct word options[] = { { "--verbose", NULL, &verbose } };
    int status = read_words(call, options, COUNT(options), NULL);
    const void *mem = call->context->mem;
    const struct cell_mapping *mappings;
    size_t count, widths[CELL_COLUMNS];
    const char *(*lines)[CELL_COLUMNS];
    struct fault *fault;

    if (status)
        return status;
    fault = cell_mappings_list(call->context, &mappings, &count);
    if (fault)
        return failed(fault);
    lines = (const char *(*)[CELL_COLUMNS])mem_array(mem, const char *, (count + 1) * CELL_COLUMNS);
    for (int j = 0; j < CELL_COLUMNS; j++)
        widths[j] = strlen(titles[j]);
    for (size_t i = 0; i < count; i++) {
        const struct cell_mapping *mapping = &mappings[i];
        lines[i][0] = mapping->name;
        lines[i][1] = mapping->uuid;
        lines[i][2] = verbose ? mapping->transport_url : db_url_masked(mem, mapping->transport_url);
        lines[i][3] = verbose ? mapping->database_connection : db_url_masked(mem, mapping->database_connection);
        lines[i][4] = mapping->disabled ? "True" : "False";
        for (int j = 0; j < CELL_COLUMNS; j++)
            if (strlen(lines[i][j]) > widths[j])
                widths[j] = strlen(lines[i][j]);
    }
    print_rule(widths);
    print_line(widths, titles);
    print_rule(widths);
    for (size_t i = 0; i < count; i++)
        print_line(widths, lines[i]);
    print_rule(widths);
    return DONE;
}

/* ---- listings ---- */

static int print_routes(struct invocation *call)
{
    int status = read_words(call, NULL, 0, NULL);

    if (!status)
        routes_print(stdout);
    return status;
}

static int print_options(struct invocation *call)
{
    int status = read_words(call, NULL, 0, NULL);

    if (!status)
        conf_print_sample(stdout);
    return status;
}

/* The rules in force: nova.conf's, or those of the defaults alone. */
static struct fault *open_policies(const struct invocation *call, bool defaults, struct policies **policies)
{
    const struct policy_settings settings = {
        .enforce_scope = conf_bool(call->conf, OPTION_oslo_policy_enforce_scope),
        .enforce_new_defaults = conf_bool(call->conf, OPTION_oslo_policy_enforce_new_defaults),
        .default_rule = conf_string(call->conf, OPTION_oslo_policy_policy_default_rule),
    };

    if (!defaults)
        return policies_open(call->context->mem, call->conf, policies);
    *policies = policies_build(call->context->mem, &settings);
    return NULL;
}

static int print_policies(struct invocation *call)
{
    bool defaults = false;
    const struct word options[] = { { "--defaults", NULL, &defaults } };
    int status = read_words(call, options, COUNT(options), NULL);
    struct policies *policies;
    struct fault *fault;

    if (status)
        return status;
    fault = open_policies(call, defaults, &policies);
    if (fault)
        return failed(fault);
    for (const char *const *name = policies_names(policies, call->context->mem); *name; name++)
        printf("\"%s\": \"%s\"\n", *name, policies_text(policies, call->context->mem, *name));
    return DONE;
}

/* Does a route's list of policies ("a, b?") name the rule? */
static bool route_asks(const struct route *route, const char *rule)
{
    size_t length = strlen(rule);
    const char *at = route->policies;

    while (at && (at = strstr(at, rule)) && at[length] && !strchr(" ,;?", at[length]))
        at++;
    return at != NULL;
}

static void print_sample_rule(const struct policy_rule *rule)
{
    for (const struct resource *const *resource = resources; *resource; resource++)
        for (const struct route *route = (*resource)->routes; route->method; route++)
            if (route_asks(route, rule->name))
                printf("# %s  %s%s%s%s\n", route->method, route->path, route->action ? " (" : "",
                       route->action ? route->action : "", route->action ? ")" : "");
    if (rule->scope)
        printf("# Intended scope(s): %s\n", rule->scope);
    printf("#\"%s\": \"%s\"\n", rule->name, rule->check);
    if (rule->deprecated_check)
        printf("\n# DEPRECATED\n# \"%s\":\"%s\" has given way to \"%s\":\"%s\".\n"
               "# Until [oslo_policy] enforce_new_defaults is set, either of the two checks allows.\n",
               rule->deprecated_name, rule->deprecated_check, rule->name, rule->check);
    printf("\n");
}

static int print_policy_sample(struct invocation *call)
{
    int status = read_words(call, NULL, 0, NULL);

    if (!status)
        for (const struct policy_rule *rule = policy_rules; rule->name; rule++)
            print_sample_rule(rule);
    return status;
}

/* Who is asked about, from the words of the command. */
struct asked {
    struct context context;
    struct policy_target target;
    const char *rule;
};

static int read_asked(struct invocation *call, struct asked *asked)
{
    const char *roles = NULL, *user = "user", *project = NULL, *domain = NULL, *target_user = NULL,
               *target_project = NULL;
    bool is_admin = false, system = false;
    const struct word options[] = {
        { "--domain", &domain, NULL },
        { "--is_admin", NULL, &is_admin },
        { "--project", &project, NULL },
        { "--roles", &roles, NULL },
        { "--rule", &asked->rule, NULL },
        { "--system", NULL, &system },
        { "--target-project", &target_project, NULL },
        { "--target-user", &target_user, NULL },
        { "--user", &user, NULL },
    };
    int status = read_words(call, options, COUNT(options), NULL);
    static const char *const none[] = { NULL };

    asked->context = *call->context;
    asked->context.roles = roles ? (const char *const *)text_split(call->context->mem, roles, ',') : none;
    asked->context.user_id = user;
    asked->context.project_id = project;
    asked->context.domain_id = domain;
    asked->context.system_scope = system ? "all" : NULL;
    asked->context.is_admin = is_admin;
    asked->context.is_admin_project = true;
    asked->target =
        (struct policy_target){ target_project ? target_project : project, target_user ? target_user : user };
    return status;
}

static int check_policies(struct invocation *call)
{
    struct asked asked = { .rule = NULL };
    int status = read_asked(call, &asked);
    struct policies *policies;
    struct fault *fault;
    bool known = false;

    if (status)
        return status;
    fault = open_policies(call, false, &policies);
    if (fault)
        return failed(fault);
    asked.context.is_admin =
        asked.context.is_admin || policies_allow(policies, &asked.context, "context_is_admin", NULL);
    for (const char *const *name = policies_names(policies, call->context->mem); *name; name++) {
        bool wanted = asked.rule ? !strcmp(asked.rule, *name) : strchr(*name, ':') != NULL;

        known = known || wanted;
        if (wanted)
            printf("%s: %s\n", policies_allow(policies, &asked.context, *name, &asked.target) ? "passed" : "failed",
                   *name);
    }
    return known ? DONE : wrong(call, "no such rule: ", asked.rule);
}

static int print_frontend(struct invocation *call)
{
    const char *server = NULL;
    bool bare = false;
    const struct word options[] = { { "--included", NULL, &bare } };
    int status = read_words(call, options, COUNT(options), &server);
    struct fault *fault;

    if (status)
        return status;
    if (!server)
        return wrong(call, "which server?", "");
    fault = frontend_print(call->context->mem, call->conf, server, bare, stdout);
    return fault ? failed(fault) : DONE;
}

/* ---- the table ---- */

static const struct command commands[] = {
    { "api_db sync", "", "create nova's API database in an empty database", true, api_db_sync },
    { "api_db version", "", "print the head of the API database", true, api_db_version },
    { "cell_v2 create_cell", "[--name NAME] [--database_connection URL] [--transport-url URL] [--verbose] [--disabled]",
      "add a cell; the URLs are by default those of nova.conf", true, cell_v2_create_cell },
    { "cell_v2 list_cells", "[--verbose]", "list the cells; --verbose shows passwords", true, cell_v2_list_cells },
    { "cell_v2 map_cell0", "[--database_connection URL]",
      "add cell0; its database is by default [database] connection with _cell0 behind its name", true,
      cell_v2_map_cell0 },
    { "db check", "",
      "say of which release each database is: 0 good, 1 not reached, 3 empty, 4 older, 5 newer, "
      "6 not nova's",
      true, db_check },
    { "db seed", "--servers N [--project ID] [--user ID]", "add a demonstration cloud to the first cell", true,
      db_seed },
    { "db sync", "[--local_cell] [--database_connection URL]",
      "create nova's cell database in empty databases: that of cell0 and [database] connection", true, db_sync },
    { "db version", "", "print the head of [database] connection", true, db_version },
    { "frontend", "lighttpd|apache|nginx [--included]", "print the front server's configuration", false,
      print_frontend },
    { "options", "", "print nova.conf with every option and its default", false, print_options },
    { "policy check",
      "[--roles R,R...] [--user ID] [--project ID] [--system] [--domain ID] [--is_admin] [--target-project ID] "
      "[--target-user ID] [--rule NAME]",
      "say of every rule, or of one, whether it lets such a caller pass", false, check_policies },
    { "policy list", "[--defaults]", "print every policy rule in force, or its default", false, print_policies },
    { "policy sample", "", "print a policy file with every rule and its default, commented out", false,
      print_policy_sample },
    { "routes", "", "print every route with its versions", false, print_routes },
};

static void print_commands(FILE *out)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(out, "  %s%s%s\n      %s\n", commands[i].name, *commands[i].usage ? " " : "", commands[i].usage,
                commands[i].help);
}

static void print_more_help(FILE *out)
{
    fprintf(out, "\ncommands:\n");
    print_commands(out);
}

static int print_usage(FILE *out)
{
    fprintf(out, "usage: nova-api-fcgi-manage [--config-file FILE]... COMMAND [WORD]...\n\n");
    print_commands(out);
    return out == stdout ? DONE : USAGE;
}

/* The command that the words begin with; *words moves behind its own. */
static const struct command *find_command(const void *mem, char ***words)
{
    char **first = *words;

    for (size_t i = 0; i < COUNT(commands); i++) {
        char **own = text_split(mem, commands[i].name, ' ');
        size_t matched = 0;

        while (own[matched] && first[matched] && strcmp(own[matched], first[matched]) == 0)
            matched++;
        if (!own[matched]) {
            *words = first + matched;
            return &commands[i];
        }
    }
    return NULL;
}

static int run(void *mem, struct conf *conf, char **words)
{
    struct worker worker = { .mem = mem, .conf = conf };
    struct context context = { .mem = mem, .worker = &worker, .is_admin = true };
    struct invocation call = { &context, conf, NULL, words };
    struct fault *fault;
    int status;

    if (!*words || strcmp(*words, "help") == 0)
        return print_usage(*words ? stdout : stderr);
    call.command = find_command(mem, &call.words);
    if (!call.command) {
        fprintf(stderr, "nova-api-fcgi-manage: unknown command: %s%s%s\n", words[0], words[1] ? " " : "",
                words[1] ? words[1] : "");
        return print_usage(stderr);
    }
    if (call.command->databases) {
        fault = db_open(mem, conf, &worker.db);
        if (fault)
            return failed(fault);
    }
    status = call.command->handler(&call);
    if (worker.db)
        db_reset(worker.db);
    return status;
}

int main(int argc, char **argv)
{
    void *mem = mem_context(NULL, "manage");
    int status = DONE, rest = argc;
    bool stop = false;
    struct conf *conf;
    const struct conf_start start = { .project = "nova",
                                      .program = "nova-api-fcgi-manage",
                                      .argc = argc,
                                      .argv = argv,
                                      .rest = &rest,
                                      .more_help = print_more_help };
    struct fault *fault = conf_load_with(mem, &start, &conf, &stop, &status);

    if (fault)
        status = failed(fault);
    else if (!stop)
        status = run(mem, conf, argv + rest);
    if (fflush(stdout) != 0 && !status) {
        perror("nova-api-fcgi-manage: standard output");
        status = FAILED;
    }
    talloc_free(mem);
    return status;
}
