/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pool is doing, over HTTP: an application of its own for a paste
 * file, usually at /fcgi-status behind the front server's access rules.  Off
 * unless a paste file names it:
 *
 *     [app:fcgi_status]
 *     paste.app_factory = nova_api_fcgi.status:app_factory
 *
 * Text; ?full with a paragraph a worker; ?json, ?html and ?prometheus (also by
 * Accept).  Shows routes and paths, never query strings, headers or bodies.
 */
#ifndef NOVA_ROUTES_STATUS_H
#define NOVA_ROUTES_STATUS_H

#include "middleware/chain.h"

struct fault *status_serve(const struct app *app, struct request *request) FAULT_CHECK;

#endif
