/* SPDX-License-Identifier: Apache-2.0 */
/* Usage of projects; see the header. */
#include "config.h"

#include "fcgi_app/compute/usage.h"

#include "fcgi_app/base/clock.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/json/json.h"

#include <string.h>
#include <time.h>

/* ---- times ---- */

/* One or two digits (a year: four) up to `most`; false: none. */
static bool take_number(const char **at, int digits, int least, int most, int *value)
{
    int count = 0;

    *value = 0;
    while (count < digits && (*at)[count] >= '0' && (*at)[count] <= '9')
        *value = *value * 10 + ((*at)[count++] - '0');
    if (!count || (digits == 4 && count != 4) || *value < least || *value > most)
        return false;
    *at += count;
    return true;
}

static bool take_char(const char **at, char c)
{
    if (c == ' ') {
        size_t spaces = strspn(*at, " \t\n\r\f\v");

        *at += spaces;
        return spaces > 0;
    }
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool take_fraction(const char **at, int *usec)
{
    int count = 0;

    *usec = 0;
    for (int scale = 100000; count < 6 && **at >= '0' && **at <= '9'; scale /= 10, ++*at, count++)
        *usec += (**at - '0') * scale;
    return count > 0;
}

static int days_of(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100) || year % 400 == 0));
}

bool usage_parse_time(const char *text, int64_t *usec)
{
    const char *at = text;
    int year, month, day, hour, minute, second, fraction = 0;
    char joint;
    struct tm when;

    if (!take_number(&at, 4, 1, 9999, &year) || !take_char(&at, '-') || !take_number(&at, 2, 1, 12, &month) ||
        !take_char(&at, '-'))
        return false;
    if (*at == ' ')
        at++; /* strptime's %d */
    if (!take_number(&at, 2, 1, 31, &day))
        return false;
    joint = *at == 'T' ? 'T' : ' ';
    if (!take_char(&at, joint) || !take_number(&at, 2, 0, 23, &hour) || !take_char(&at, ':') ||
        !take_number(&at, 2, 0, 59, &minute) || !take_char(&at, ':') || !take_number(&at, 2, 0, 59, &second))
        return false;
    if (*at == '.') {
        at++;
        if (!take_fraction(&at, &fraction))
            return false;
    } else if (joint == ' ') {
        return false;
    }
    if (*at || day > days_of(year, month))
        return false;
    when = (struct tm){
        .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second
    };
    *usec = (int64_t)timegm(&when) * 1000000 + fraction;
    return true;
}

/* ---- servers of all cells ---- */

/* The cell in which the marker is, and its project. */
static struct fault *find_marker(const struct context *context, const char *marker, size_t *cell, const char **project)
{
    struct db_batch *batch = db_batch(context, context->mem);
    struct db_params params = { 0 };
    const struct db_cell *cells;
    struct db_answer *answers;
    size_t count;

    TRY(db_cells(context, &cells, &count));
    db_param_text(&params, marker);
    answers = mem_array(context->mem, struct db_answer, count);
    for (size_t i = 0; i < count; i++)
        db_batch_add(batch, cells[i].link, &USAGE_MARKER, &params, &answers[i]);
    db_batch_run(batch, 0);
    for (*cell = 0; *cell < count; ++*cell) {
        TRY(answers[*cell].fault);
        if (!answers[*cell].rows.count)
            continue;
        *project = ((const struct usage_marker *)answers[*cell].rows.rows)->project_id;
        return NULL;
    }
    return fault_new(context->mem, MarkerNotFound, marker);
}

/* A page, cell by cell. */
static struct fault *read_rows(const struct context *context, const struct usage_query *query,
                               const struct usage_row ***rows, size_t *count)
{
    struct db_batch *batch = db_batch(context, context->mem);
    const struct db_cell *cells;
    struct db_params *params;
    struct db_answer *answers;
    const char *project = NULL;
    size_t cell_count, from = 0, total = 0;

    if (query->marker)
        TRY(find_marker(context, query->marker, &from, &project));
    TRY(db_cells(context, &cells, &cell_count));
    params = mem_array(context->mem, struct db_params, cell_count);
    answers = mem_array(context->mem, struct db_answer, cell_count);
    for (size_t i = from; i < cell_count; i++) {
        bool behind = query->marker && i == from;

        db_param_time(&params[i], context->mem, query->start);
        db_param_time(&params[i], context->mem, query->stop);
        db_param_text(&params[i], query->project_id);
        db_param_text(&params[i], behind ? project : NULL);
        db_param_text(&params[i], behind ? query->marker : NULL);
        db_param_int(&params[i], context->mem, query->limit);
        db_batch_add(batch, cells[i].link, &USAGE_OF_WINDOW, &params[i], &answers[i]);
    }
    db_batch_run(batch, 0);
    for (size_t i = from; i < cell_count; i++) {
        TRY(answers[i].fault);
        total += answers[i].rows.count;
    }
    *rows = mem_array(context->mem, const struct usage_row *, total);
    *count = 0;
    for (size_t i = from; i < cell_count; i++)
        for (size_t j = 0; j < answers[i].rows.count && (int64_t)*count < query->limit; j++)
            (*rows)[(*count)++] = (const struct usage_row *)answers[i].rows.rows + j;
    return NULL;
}

/* ---- sums ---- */

/* The flavor that the server was built from; false: none is known, and there is nothing to reckon with. */
static bool read_flavor(const struct context *context, struct db_bytes text, struct usage_server *server)
{
    struct json_scan scan = json_scan_text(text.data, text.length);
    struct json_piece key, piece;
    int64_t root = 0, ephemeral = 0;

    if (!text.data || !json_scan_find(&scan, "cur") || !json_scan_find(&scan, "nova_object.data") ||
        !json_scan_object(&scan))
        return false;
    while (json_scan_key(&scan, &key)) {
        if (json_key_is(key, "name")) {
            if (json_scan_string(&scan, &piece))
                server->flavor = json_piece_text(context->mem, piece);
        } else if (json_key_is(key, "memory_mb")) {
            json_scan_int(&scan, &server->memory_mb);
        } else if (json_key_is(key, "vcpus")) {
            json_scan_int(&scan, &server->vcpus);
        } else if (json_key_is(key, "root_gb")) {
            json_scan_int(&scan, &root);
        } else if (json_key_is(key, "ephemeral_gb")) {
            json_scan_int(&scan, &ephemeral);
        } else {
            json_scan_skip(&scan);
        }
    }
    server->local_gb = root + ephemeral;
    return !scan.bad;
}

static struct usage_number hours_of(const struct usage_row *row, int64_t start, int64_t stop)
{
    int64_t from = row->launched_at > start ? row->launched_at : start;
    int64_t to = row->terminated_at != DB_NO_TIME && row->terminated_at < stop ? row->terminated_at : stop;

    if (row->terminated_at != DB_NO_TIME && row->terminated_at < start)
        return (struct usage_number){ 0 };
    if (row->launched_at == DB_NO_TIME || row->launched_at > stop)
        return (struct usage_number){ 0 };
    return (struct usage_number){ (double)(to - from) / 1e6 / 3600.0, true };
}

static void add(struct usage_number *sum, int64_t amount, struct usage_number hours)
{
    sum->value += (double)amount * hours.value;
    sum->is_float = sum->is_float || hours.is_float;
}

static size_t project_of(struct usage *usage, const char *project_id)
{
    for (size_t i = usage->project_count; i > 0; i--)
        if (!strcmp(usage->projects[i - 1].project_id, project_id))
            return i - 1;
    usage->projects[usage->project_count].project_id = project_id;
    return usage->project_count++;
}

struct fault *usage_find(const struct context *context, const struct usage_query *query, struct usage *usage)
{
    int64_t now = clock_utc_usec();
    const struct usage_row **rows;
    struct usage_server *servers;
    size_t count, kept = 0, *owners;

    TRY(read_rows(context, query, &rows, &count));
    *usage = (struct usage){ .projects = mem_array(context->mem, struct usage_project, count) };
    servers = mem_array(context->mem, struct usage_server, count);
    owners = mem_array(context->mem, size_t, count);
    for (size_t i = 0; i < count; i++) {
        struct usage_server *server = &servers[kept];
        struct usage_project *project;
        int64_t end = rows[i]->terminated_at != DB_NO_TIME ? rows[i]->terminated_at : now;

        *server = (struct usage_server){
            .uuid = rows[i]->uuid,
            .name = rows[i]->display_name,
            .project_id = rows[i]->project_id,
            .state = rows[i]->terminated_at != DB_NO_TIME ? "terminated" : rows[i]->vm_state,
            .started_at = rows[i]->launched_at,
            .ended_at = rows[i]->terminated_at,
        };
        if (!read_flavor(context, rows[i]->flavor, server))
            continue;
        server->hours = hours_of(rows[i], query->start, query->stop);
        server->uptime = (end - rows[i]->launched_at) / 1000000;
        owners[kept] = project_of(usage, rows[i]->project_id ? rows[i]->project_id : "");
        project = &usage->projects[owners[kept]];
        project->count++;
        add(&project->local_gb, server->local_gb, server->hours);
        add(&project->vcpus, server->vcpus, server->hours);
        add(&project->memory_mb, server->memory_mb, server->hours);
        add(&project->hours, 1, server->hours);
        usage->last = rows[i]->uuid;
        kept++;
    }
    /* together what belongs together: a project may have servers in several cells */
    usage->servers = mem_array(context->mem, struct usage_server, kept);
    for (size_t p = 0; p < usage->project_count; p++) {
        usage->projects[p].servers = &usage->servers[usage->server_count];
        for (size_t i = 0; i < kept; i++)
            if (owners[i] == p)
                usage->servers[usage->server_count++] = servers[i];
    }
    return NULL;
}
