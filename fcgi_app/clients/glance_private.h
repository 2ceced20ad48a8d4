/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the image service's client share. */
#ifndef NOVA_CLIENTS_GLANCE_PRIVATE_H
#define NOVA_CLIENTS_GLANCE_PRIVATE_H

#include "fcgi_app/clients/glance.h"
#include "fcgi_app/clients/service.h"

/* A call in the making, tried again as [glance] num_retries has it. */
struct glance_request {
    const char *method;
    const char *path;
    const char *body;         /* JSON, or NULL */
    const char *content_type; /* of the body */
    const char *endpoint;     /* which glance; NULL: as configured */

    /* out */
    struct fault *fault; /* nobody could be asked: GlanceConnectionFailed or keystoneauth's */
    int status;
    json_t *answer;   /* NULL: none, or no JSON */
    const char *text; /* of an error, as glanceclient's exception has it */
};
void glance_requests(const struct context *context, const void *mem, struct glance_request *requests, size_t count);
struct fault *glance_request(const struct context *context, const void *mem,
                             struct glance_request *request) FAULT_CHECK;

/* The fault of a status of 400 and more as glanceclient names it. */
struct fault *glance_status_fault(const void *mem, const struct glance_request *request);
/* The same in nova's words: about one image, or about none. */
struct fault *glance_image_fault(const void *mem, const struct glance_request *request, const char *id);
struct fault *glance_plain_fault(const void *mem, const struct glance_request *request);

/*
 * Are the members of the types that glance's schema of images gives them? Upstream looks when an image was made and
 * before one is changed.  Faults: ValueError; of what is no object glance_image_read()'s.
 */
struct fault *glance_image_validate(const void *mem, const json_t *raw) FAULT_CHECK;
/* Fills an image from glance's answer. Faults: AttributeError-like ones of an answer that is no image. */
struct fault *glance_image_read(const void *mem, json_t *raw, struct glance_image *image) FAULT_CHECK;
/* May the one who asks see it? (upstream's check for a cloud without tokens) */
bool glance_image_visible(const struct context *context, const struct glance_image *image);
/* What glance is sent for nova's dictionary. */
struct fault *glance_body_of(const void *mem, const json_t *meta, json_t **body) FAULT_CHECK;

#endif
