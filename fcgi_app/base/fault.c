/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/fault.h"

#include "fcgi_app/base/mem.h"

#include <stdarg.h>
#include <string.h>

/* More than any row's text has. */
#define FILLINGS_MAX 8

const struct fault_kind fault_kinds[FAULT_COUNT] = {
#define FAULT(name, parent, module, code, text) [FAULT_##name] = { #name, FAULT_##parent, module, code, text },
#include "fcgi_app/base/faults.def"
#undef FAULT
};

/* WebOb 1.8's titles and explanations. */
static const struct status {
    int code;
    const char *title;
    const char *text;
} statuses[] = {
    { 200, "OK", "" },
    { 201, "Created", "" },
    { 202, "Accepted", "The request is accepted for processing." },
    { 203, "Non-Authoritative Information", "" },
    { 204, "No Content", "" },
    { 205, "Reset Content", "" },
    { 206, "Partial Content", "" },
    { 300, "Multiple Choices", "The resource has been moved to" },
    { 301, "Moved Permanently", "The resource has been moved to" },
    { 302, "Found", "The resource was found at" },
    { 303, "See Other", "The resource has been moved to" },
    { 304, "Not Modified", "" },
    { 307, "Temporary Redirect", "The resource has been moved to" },
    { 308, "Permanent Redirect", "The resource has been moved to" },
    { 400, "Bad Request",
      "The server could not comply with the request since it is either malformed or otherwise incorrect." },
    { 401, "Unauthorized",
      "This server could not verify that you are authorized to access the document you requested. Either you supplied "
      "the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials "
      "required." },
    { 402, "Payment Required", "Access was denied for financial reasons." },
    { 403, "Forbidden", "Access was denied to this resource." },
    { 404, "Not Found", "The resource could not be found." },
    { 405, "Method Not Allowed",
      "The server could not comply with the request since it is either malformed or otherwise incorrect." },
    { 406, "Not Acceptable",
      "The server could not comply with the request since it is either malformed or otherwise incorrect." },
    { 407, "Proxy Authentication Required", "Authentication with a local proxy is needed." },
    { 408, "Request Timeout", "The server has waited too long for the request to be sent by the client." },
    { 409, "Conflict", "There was a conflict when trying to complete your request." },
    { 410, "Gone", "This resource is no longer available. No forwarding address is given." },
    { 411, "Length Required", "Content-Length header required." },
    { 412, "Precondition Failed", "Request precondition failed." },
    { 413, "Request Entity Too Large", "The body of your request was too large for this server." },
    { 414, "Request-URI Too Long", "The request URI was too long for this server." },
    { 415, "Unsupported Media Type",
      "The server could not comply with the request since it is either malformed or otherwise incorrect." },
    { 416, "Request Range Not Satisfiable", "The Range requested is not available." },
    { 417, "Expectation Failed", "Expectation failed." },
    { 422, "Unprocessable Entity", "Unable to process the contained instructions" },
    { 423, "Locked", "The resource is locked" },
    { 424, "Failed Dependency",
      "The method could not be performed because the requested action dependended on another action and that action "
      "failed" },
    { 428, "Precondition Required", "This request is required to be conditional" },
    { 429, "Too Many Requests", "The client has sent too many requests in a given amount of time" },
    { 431, "Request Header Fields Too Large", "The request header fields were too large" },
    { 451, "Unavailable For Legal Reasons", "The resource is not available due to legal reasons." },
    { 500, "Internal Server Error",
      "The server has either erred or is incapable of performing the requested operation." },
    { 501, "Not Implemented", "The server has either erred or is incapable of performing the requested operation." },
    { 502, "Bad Gateway", "Bad gateway." },
    { 503, "Service Unavailable", "The server is currently unavailable. Please try again at a later time." },
    { 504, "Gateway Timeout", "The gateway has timed out." },
    { 505, "HTTP Version Not Supported", "The HTTP version is not supported." },
    { 507, "Insufficient Storage", "There was not enough space to save the resource" },
    { 511, "Network Authentication Required", "Network authentication is required" },
};

static const struct status *status_find(int code)
{
    static const struct status unknown = { 0, "Unknown", "" };

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].code == code)
            return &statuses[i];
    return &unknown;
}

const char *fault_title(int code)
{
    return status_find(code)->title;
}

const char *fault_default_text(int code)
{
    return status_find(code)->text;
}

static struct fault *fault_start(const void *mem, enum fault_name name, int code, const char *file, int line,
                                 const char *function)
{
    struct fault *fault = mem_new(mem, struct fault);

    fault->name = name;
    fault->code = code;
    fault->file = file;
    fault->line = line;
    fault->function = function;
    return fault;
}

/* What fills a row's text, as texts; NULL ends it. Rows know these conversions: %s, %d, %ld, %lld. */
static const char *const *texts_of(const void *mem, const char *format, va_list args)
{
    const char **out = mem_array(mem, const char *, FILLINGS_MAX + 1);
    size_t count = 0;

    for (const char *at = strchr(format, '%'); at && count < FILLINGS_MAX; at = strchr(at + 1, '%'))
        if (at[1] == 's')
            out[count++] = mem_strdup(mem, va_arg(args, const char *));
        else if (at[1] == 'd')
            out[count++] = mem_printf(mem, "%d", va_arg(args, int));
        else if (at[1] == 'l')
            out[count++] = at[2] == 'l' ? mem_printf(mem, "%lld", va_arg(args, long long))
                                        : mem_printf(mem, "%ld", va_arg(args, long));
        else
            at++;
    return out;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
struct fault *fault_make(const void *mem, enum fault_name name, const char *file, int line, const char *function, ...)
{
    struct fault *fault = fault_start(mem, name, fault_kinds[name].code, file, line, function);
    va_list args, again;

    va_start(args, function);
    va_copy(again, args);
    fault->message = mem_vprintf(fault, fault_kinds[name].text, args);
    fault->given = texts_of(fault, fault_kinds[name].text, again);
    va_end(again);
    va_end(args);
    return fault;
}
#pragma GCC diagnostic pop

struct fault *fault_make_text(const void *mem, enum fault_name name, int code, const char *file, int line,
                              const char *function, const char *format, ...)
{
    struct fault *fault = fault_start(mem, name, code, file, line, function);
    va_list args;

    if (!format) {
        fault->message = fault_default_text(code);
        return fault;
    }
    va_start(args, format);
    fault->message = mem_vprintf(fault, format, args);
    va_end(args);
    fault->explained = true;
    return fault;
}

bool fault_is(const struct fault *fault, enum fault_name name)
{
    enum fault_name at = fault->name;

    while (at != name) {
        if (fault_kinds[at].parent == at)
            return false;
        at = fault_kinds[at].parent;
    }
    return true;
}

const char *fault_class(enum fault_name name)
{
    const char *text = strchr(fault_kinds[name].name, '_');

    return text ? text + 1 : fault_kinds[name].name;
}

const char *fault_shown(const void *mem, const struct fault *fault, bool short_name)
{
    const char *module = fault_kinds[fault->name].module;
    const char *class = fault->class_name ? fault->class_name : fault_class(fault->name);
    bool builtin = !strcmp(module, "builtins");
    const char *end = fault->remote && !builtin ? "_Remote" : "";

    if (builtin || short_name)
        return mem_printf(mem, "%s%s", class, end);
    return mem_printf(mem, "%s%s.%s%s", module, end, class, end);
}
