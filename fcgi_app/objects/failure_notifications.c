/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures told; see the header.  What a listener may sort by is upstream's:
 * the function, its arguments, the exception with its words, and the function
 * that raised it.  The lines of a traceback are our own, since they say where
 * in a program it was.
 */
#include "config.h"

#include "fcgi_app/objects/failure_notifications.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/notification_payload.h"

#include <string.h>

#define ARGS_MAX 4
#define KWARGS_MAX 2

/* ---- the verbs ---- */

static const struct verb {
    const char *name;    /* upstream's function: the event */
    const char *service; /* the publisher, before the host */
    const char *args[ARGS_MAX];
} verbs[FAILING_COUNT] = {
    [FAILING_CREATE_AGGREGATE] = { "create_aggregate", "compute", { "aggregate_name", "availability_zone" } },
    [FAILING_UPDATE_AGGREGATE] = { "update_aggregate", "compute", { "aggregate_id", "values" } },
    [FAILING_UPDATE_METADATA] = { "update_aggregate_metadata", "compute", { "aggregate_id", "metadata" } },
    [FAILING_DELETE_AGGREGATE] = { "delete_aggregate", "compute", { "aggregate_id" } },
    [FAILING_ADD_HOST] = { "add_host_to_aggregate", "compute", { "aggregate_id", "host_name" } },
    [FAILING_REMOVE_HOST] = { "remove_host_from_aggregate", "compute", { "aggregate_id", "host_name" } },
    [FAILING_SET_ENABLED] = { "set_host_enabled", "compute", { "host_name", "enabled" } },
    [FAILING_SET_MAINTENANCE] = { "set_host_maintenance", "compute", { "host_name", "mode" } },
    [FAILING_POWER_ACTION] = { "host_power_action", "compute", { "host_name", "action" } },
    [FAILING_IMPORT_KEY_PAIR] = { "import_key_pair", "api", { "user_id", "key_name", "public_key", "key_type" } },
    [FAILING_CREATE_KEY_PAIR] = { "create_key_pair", "api", { "user_id", "key_name", "key_type" } },
    [FAILING_DELETE_KEY_PAIR] = { "delete_key_pair", "api", { "user_id", "key_name" } },
};

/* ---- where upstream raises what, and what it is made of ---- */

/* One of an exception's own arguments: which of those that its words were filled with. */
struct kwarg {
    const char *name;
    unsigned given;
    bool number;
};

static const struct raised {
    enum fault_name fault;
    const char *made_in; /* of a fault with several places: our function; NULL: the rest */
    const char *module, *function;
    struct kwarg kwargs[KWARGS_MAX];
} raises[] = {
    { FAULT_AggregateNotFound,
      NULL,
      "nova.objects.aggregate",
      "_aggregate_get_from_db",
      { { "aggregate_id", 0, false } } },
    { FAULT_AggregateNameExists,
      "rename_it",
      "nova.objects.aggregate",
      "_aggregate_update_to_db",
      { { "aggregate_name", 0, false } } },
    { FAULT_AggregateNameExists,
      NULL,
      "nova.objects.aggregate",
      "_aggregate_create_in_db",
      { { "aggregate_name", 0, false } } },
    { FAULT_AggregateHostExists,
      NULL,
      "nova.objects.aggregate",
      "_host_add_to_db",
      { { "host", 1, false }, { "aggregate_id", 0, true } } },
    { FAULT_AggregateHostNotFound,
      NULL,
      "nova.objects.aggregate",
      "_host_delete_from_db",
      { { "aggregate_id", 0, true }, { "host", 1, false } } },
    { FAULT_InvalidAggregateActionAdd,
      NULL,
      "nova.compute.api",
      "_raise_invalid_aggregate_exc",
      { { "aggregate_id", 0, true }, { "reason", 1, false } } },
    { FAULT_InvalidAggregateActionUpdate,
      NULL,
      "nova.compute.api",
      "_raise_invalid_aggregate_exc",
      { { "aggregate_id", 0, true }, { "reason", 1, false } } },
    { FAULT_InvalidAggregateActionUpdateMeta,
      NULL,
      "nova.compute.api",
      "_raise_invalid_aggregate_exc",
      { { "aggregate_id", 0, true }, { "reason", 1, false } } },
    { FAULT_InvalidAggregateActionDelete,
      NULL,
      "nova.compute.api",
      "delete_aggregate",
      { { "aggregate_id", 0, false }, { "reason", 1, false } } },
    { FAULT_HostMappingNotFound, NULL, "nova.objects.host_mapping", "_get_by_host_from_db", { { "name", 0, false } } },
    { FAULT_ComputeHostNotFound,
      "node_name",
      "nova.db.main.api",
      "compute_node_get_all_by_host",
      { { "host", 0, false } } },
    { FAULT_ComputeHostNotFound,
      "host_service",
      "nova.db.main.api",
      "service_get_by_compute_host",
      { { "host", 0, false } } },
    { FAULT_ComputeHostNotFound, NULL, "nova.compute.api", "_get_service_in_cell_by_host", { { "host", 0, false } } },
    { FAULT_PlacementAPIConnectFailure, NULL, "nova.scheduler.client.report", "get_provider_by_name", { { 0 } } },
    { FAULT_KeyPairExists, NULL, "nova.objects.keypair", "_create_in_db", { { "key_name", 0, false } } },
    { FAULT_KeypairNotFound,
      NULL,
      "nova.objects.keypair",
      "_get_from_db",
      { { "user_id", 1, false }, { "name", 0, false } } },
    { FAULT_KeypairLimitExceeded, "refusal", "nova.limit.local", "enforce_db_limit", { { 0 } } },
    { FAULT_KeypairLimitExceeded, "generate", "nova.compute.api", "create_key_pair", { { 0 } } },
    { FAULT_KeypairLimitExceeded, NULL, "nova.compute.api", "_check_key_pair_quotas", { { 0 } } },
    { FAULT_InvalidKeypair,
      "x509_fingerprint",
      "nova.crypto",
      "generate_x509_fingerprint",
      { { "reason", 0, false } } },
    { FAULT_InvalidKeypair, NULL, "nova.crypto", "generate_fingerprint", { { "reason", 0, false } } },
    { FAULT_openstack_BadRequestException, NULL, "openstack.exceptions", "raise_from_response", { { 0 } } },
    { FAULT_openstack_ResourceNotFound, NULL, "openstack.exceptions", "raise_from_response", { { 0 } } },
    { FAULT_openstack_ConflictException, NULL, "openstack.exceptions", "raise_from_response", { { 0 } } },
    { FAULT_openstack_PreconditionFailedException, NULL, "openstack.exceptions", "raise_from_response", { { 0 } } },
    { FAULT_openstack_HttpException, NULL, "openstack.exceptions", "raise_from_response", { { 0 } } },
    { FAULT_requests_JSONDecodeError, NULL, "requests.models", "json", { { 0 } } },
    { FAULT_KeyError, "read_model", "oslo_limit.limit", "_get_enforcement_model", { { 0 } } },
    { FAULT_MessagingTimeout, NULL, "oslo_messaging._drivers.amqpdriver", "get", { { 0 } } },
    { FAULT_RemoteError, NULL, "oslo_messaging._drivers.amqpdriver", "_send", { { 0 } } },
};

/* NULL: a fault that the table does not know. */
static const struct raised *raised_of(const struct fault *fault)
{
    for (const struct raised *row = raises; row < raises + sizeof(raises) / sizeof(raises[0]); row++)
        if (row->fault == fault->name && (!row->made_in || !strcmp(row->made_in, fault->function)))
            return row;
    return NULL;
}

/* ---- the exception in words ---- */

/* str() of it: what another service raised has the lines of its traceback beneath. */
static const char *words_of(const struct context *context, const struct fault *fault)
{
    return fault->remote ? mem_printf(context->mem, "%s\n%s", fault->message, fault->remote) : fault->message;
}

static void put_quoted(struct strbuf *out, const char *text)
{
    json_put_python_quoted(out, text, strlen(text));
}

static void put_kwargs(const struct context *context, struct strbuf *out, const struct fault *fault,
                       const struct raised *raised)
{
    json_t *tree;

    /* what another service raised brings its own, and the class adds its code as to any */
    if (fault->remote_kwargs && !json_read(context->mem, fault->remote_kwargs, strlen(fault->remote_kwargs), &tree)) {
        if (!json_object_get(tree, "code"))
            json_object_set_new(tree, "code", json_integer(fault->code));
        json_put_python_repr(out, tree);
        return;
    }
    strbuf_putc(out, '{');
    for (const struct kwarg *kwarg = raised ? raised->kwargs : NULL;
         fault->given && kwarg && kwarg < raised->kwargs + KWARGS_MAX && kwarg->name; kwarg++) {
        put_quoted(out, kwarg->name);
        strbuf_puts(out, ": ");
        if (kwarg->number)
            strbuf_puts(out, fault->given[kwarg->given]);
        else
            put_quoted(out, fault->given[kwarg->given]);
        strbuf_puts(out, ", ");
    }
    strbuf_printf(out, "'code': %d}", fault->code);
}

/* The one argument of a class that is not nova's: its words, in which a key stands quoted and the SDK says where it
 * asked. */
static void put_argument(const struct context *context, struct strbuf *out, const struct fault *fault)
{
    const char *words = words_of(context, fault), *where;

    if (fault_is(fault, FAULT_KeyError)) {
        strbuf_puts(out, words);
        return;
    }
    where = fault_is(fault, FAULT_openstack_HttpException) ? strstr(words, " Error for url: ") : NULL;
    put_quoted(out, where ? mem_strndup(context->mem, words, (size_t)(where - words) - strlen(": Server")) : words);
}

/* repr() of it: nova's own show what they were made of, others their words. */
static const char *shown_whole(const struct context *context, const struct fault *fault, const struct raised *raised)
{
    const char *class = fault_shown(context->mem, fault, true);
    struct strbuf out;

    strbuf_init(&out, context->mem, 256);
    if (!fault_is(fault, FAULT_NovaException)) {
        strbuf_puts(&out, class);
        strbuf_putc(&out, '(');
        put_argument(context, &out, fault);
        strbuf_putc(&out, ')');
        return out.data;
    }
    strbuf_puts(&out, "{'kwargs': ");
    put_kwargs(context, &out, fault, raised);
    strbuf_puts(&out, ", 'message': ");
    put_quoted(&out, fault->message);
    strbuf_puts(&out, ", 'class': ");
    put_quoted(&out, class);
    strbuf_putc(&out, '}');
    return out.data;
}

/* ---- the two forms ---- */

static void put_arg(struct strbuf *out, const char *name, const struct failing_arg *arg)
{
    if (!arg->tree) {
        if (arg->raw)
            payload_json(out, name, arg->raw);
        else
            payload_text(out, name, arg->text);
        return;
    }
    payload_key(out, name);
    json_put_tree(out, arg->tree);
}

static void tell_legacy(const struct context *context, const struct verb *verb, const struct fault *fault,
                        const struct raised *raised, const struct failing_arg *args)
{
    const char *publisher =
        mem_printf(context->mem, "%s.%s", verb->service, conf_string(context->worker->conf, OPTION_DEFAULT_host));
    struct strbuf out;

    payload_open(&out, context);
    payload_text(&out, "exception", shown_whole(context, fault, raised));
    payload_key(&out, "args");
    strbuf_putc(&out, '{');
    for (size_t i = 0; i < ARGS_MAX && verb->args[i]; i++)
        put_arg(&out, verb->args[i], &args[i]);
    strbuf_putc(&out, '}');
    payload_send_error(context, NOTIFY_LEGACY, verb->name, publisher, &out);
}

/* In the form of a traceback's lines, which upstream joins with commas; the one place that a fault knows. */
static const char *trace_of(const struct context *context, const struct fault *fault)
{
    return mem_printf(context->mem, "Traceback (most recent call last):\n,  File \"%s\", line %d, in %s\n,%s: %s\n",
                      fault->file, fault->line, fault->function, fault_shown(context->mem, fault, false),
                      words_of(context, fault));
}

static void tell_versioned(const struct context *context, const struct verb *verb, const struct fault *fault,
                           const struct raised *raised)
{
    const char *module = raised ? raised->module : "nova.compute.api";
    const char *function = raised ? raised->function : verb->name;
    struct strbuf out;

    if (fault->remote) {
        module = "oslo_messaging._drivers.amqpdriver";
        function = "_send";
    }
    payload_open_object(&out, context, "ExceptionPayload", "1.1");
    payload_text(&out, "module_name", module);
    payload_text(&out, "function_name", function);
    payload_text(&out, "exception", fault_shown(context->mem, fault, true));
    payload_text(&out, "exception_message", words_of(context, fault));
    payload_text(&out, "traceback", trace_of(context, fault));
    payload_send_error(context, NOTIFY_VERSIONED, "compute.exception", NULL, &out);
}

struct fault *notify_failure(const struct context *context, enum failing_verb verb, struct fault *fault,
                             const struct failing_arg *args)
{
    const struct raised *raised;

    if (!fault)
        return NULL;
    raised = raised_of(fault);
    if (notify_wanted(context, NOTIFY_LEGACY))
        tell_legacy(context, &verbs[verb], fault, raised, args);
    if (notify_wanted(context, NOTIFY_VERSIONED))
        tell_versioned(context, &verbs[verb], fault, raised);
    return fault;
}
