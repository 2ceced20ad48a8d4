/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between libfcgi's FCGX_Request and `struct request`: parameters in, answer
 * out.  The accept loop and the sockets are the launcher's.
 *
 * Paths.  Front servers cut the path differently, and none of the cuts means
 * a mount: lighttpd sends it whole in PATH_INFO (with fix-root-scriptname) or
 * in SCRIPT_NAME, Apache's mod_proxy_fcgi and nginx whole in SCRIPT_NAME with
 * no PATH_INFO, Apache's SetHandler forms cut it where its document root
 * ends ("/v2.1" and "/servers").  So the path is SCRIPT_NAME and PATH_INFO put
 * together, both already decoded by the front server; where both are empty,
 * REQUEST_URI up to its ?, decoded; so too where that has a %00, which stays
 * written so, and is in no name.  The API sees SCRIPT_NAME "" and that as
 * PATH_INFO.  A real mount prefix is told with the parameter NOVA_SCRIPT_NAME
 * (lighttpd setenv.add-environment, Apache SetEnv, nginx fastcgi_param):
 * it becomes SCRIPT_NAME, and is cut off the path where the path begins with
 * it.
 *
 * Headers.  X-Auth-Token and X_Auth_Token both arrive as HTTP_X_AUTH_TOKEN.
 * Apache and nginx drop names with underscores; where a front server does not, the
 * last one counts, as for Python's nova-api under uwsgi.  HTTP_PROXY is
 * dropped: it would be taken for a setting (CVE-2016-5385).
 */
#ifndef NOVA_HTTP_FCGI_H
#define NOVA_HTTP_FCGI_H

#include "fcgi_app/http/request.h"

struct FCGX_Request;

/*
 * Makes a request of what FCGX_Accept_r() took.  `request` is overwritten;
 * its parameters stay in the FCGX_Request's memory, cut at their = in place,
 * so FCGX_GetParam() finds them no more and FCGX_Finish_r() ends them.
 */
void http_fcgi_receive(struct FCGX_Request *fcgx, const void *mem, struct worker *worker, struct context *context,
                       struct request *request);

/*
 * Sends the answer with the record that ends it, in one write when it is
 * small and two when not; FCGX_Finish_r() has then only to free and close.
 * HEAD, 204 and 304 get no body.  Faults: Internal when the front server is
 * gone or takes nothing within the socket's time-out; nothing is logged here.
 */
struct fault *http_fcgi_send(struct FCGX_Request *fcgx, struct request *request) FAULT_CHECK;

/* http_fcgi_receive() from the bare "NAME=value" texts, which are cut in place; NULL ends them. */
void http_fcgi_params(char **texts, const void *mem, struct worker *worker, struct context *context,
                      struct request *request);

/*
 * The head of the answer as CGI wants it: Status, Content-Length unless
 * no_length or given, the other headers in order, an empty line.  A CR or LF
 * in a header goes out as a space.
 */
void http_fcgi_head(struct strbuf *out, const struct request *request);

#endif
