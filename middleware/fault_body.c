/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as the API shows them; see the header.  Neighbours: faultwrap.c, and routes/ above. */
#include "config.h"

#include "middleware/fault_body.h"

#include "fcgi_app/base/log.h"
#include "fcgi_app/base/mem.h"
#include "fcgi_app/json/json.h"

LOG_MODULE("nova.api.openstack.wsgi");

static const char *fault_key(int code)
{
    static const struct {
        int code;
        const char *key;
    } keys[] = {
        { 400, "badRequest" }, { 401, "unauthorized" },       { 403, "forbidden" },          { 404, "itemNotFound" },
        { 405, "badMethod" },  { 409, "conflictingRequest" }, { 413, "overLimit" },          { 415, "badMediaType" },
        { 429, "overLimit" },  { 501, "notImplemented" },     { 503, "serviceUnavailable" },
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].code == code)
            return keys[i].key;
    return "computeFault";
}

void version_headers_put(struct request *request)
{
    struct response *response = &request->response;

    if (!request->version_text)
        return;
    response_set_header(response, request->mem, HEADER_API_VERSION,
                        mem_printf(request->mem, "compute %s", request->version_text));
    response_set_header(response, request->mem, HEADER_API_VERSION_OLD, request->version_text);
    response_add_header(response, request->mem, "Vary", HEADER_API_VERSION);
    response_add_header(response, request->mem, "Vary", HEADER_API_VERSION_OLD);
}

void fault_body_put(struct request *request, const struct fault *fault)
{
    struct response *response = &request->response;
    const char *key = fault_key(fault->code);

    log_debug("Returning %d to user: %s", fault->code, fault->message);
    response_reset(response, request->mem);
    response->status = fault->code;
    if (fault->retry_after)
        response_add_header(response, request->mem, "Retry-After", fault->retry_after);
    if (fault->www_authenticate)
        response_add_header(response, request->mem, "WWW-Authenticate", fault->www_authenticate);
    version_headers_put(request);
    response_add_header(response, request->mem, "Content-Type", "application/json; charset=UTF-8");

    strbuf_printf(&response->body, "{\"%s\": {\"code\": %d, \"message\": ", key, fault->code);
    json_put_string(&response->body, fault->message);
    if (fault->retry_after && *fault->retry_after && (fault->code == 413 || fault->code == 429)) {
        JSON_PUT_LITERAL(&response->body, ", \"retryAfter\": ");
        json_put_string(&response->body, fault->retry_after);
    }
    JSON_PUT_LITERAL(&response->body, "}}");
}
