/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements as events of a request's trace, as OSProfiler's tracer of
 * SQLAlchemy reports them: name "db"; at the start the statement and its
 * parameters, at the end nothing, or what went wrong.  Used by batch.c.
 * Source: OSProfiler's events, seen at a nova-api with [profiler] trace_sqlalchemy.
 */
#include "config.h"

#include "fcgi_app/db/link.h"

#include "fcgi_app/base/profiler.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/json/json.h"

struct profiler_event *trace_statement(struct profiler *profiler, const void *mem, const struct db_statement *statement,
                                       const struct db_params *params)
{
    struct strbuf info;

    if (!profiler)
        return NULL;
    strbuf_init(&info, mem, 1024);
    JSON_PUT_LITERAL(&info, "{\"db\": {\"statement\": ");
    json_put_string(&info, statement->sql);
    JSON_PUT_LITERAL(&info, ", \"params\": [");
    for (unsigned i = 0; params && i < params->count; i++) {
        if (i)
            JSON_PUT_LITERAL(&info, ", ");
        if (params->values[i])
            json_put_string(&info, params->values[i]);
        else
            JSON_PUT_LITERAL(&info, "null");
    }
    JSON_PUT_LITERAL(&info, "]}}");
    return profiler_begin(profiler, "db", info.data);
}

void trace_answer(struct profiler *profiler, const void *mem, struct profiler_event *event, const struct fault *fault)
{
    struct strbuf info;

    if (!event)
        return;
    if (!fault) {
        profiler_end(profiler, event, NULL);
        return;
    }
    strbuf_init(&info, mem, 512);
    JSON_PUT_LITERAL(&info, "{\"etype\": ");
    json_put_string(&info, fault_kinds[fault->name].name);
    JSON_PUT_LITERAL(&info, ", \"message\": ");
    json_put_string(&info, fault->message);
    JSON_PUT_LITERAL(&info, ", \"db\": {\"original_exception\": ");
    json_put_string(&info, fault->message);
    JSON_PUT_LITERAL(&info, ", \"chained_exception\": \"None\"}}");
    profiler_end(profiler, event, info.data);
}
