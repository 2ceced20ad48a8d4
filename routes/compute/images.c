/* SPDX-License-Identifier: Apache-2.0 */
/* /images, /images/detail, /images/{id}: the rows of upstream's module images. */
#include "config.h"

#include "routes/resource.h"

/* clang-format off */
static const struct route images_routes[] = {
    { "GET", "/images", NULL, V_UPTO(35), NULL, 200, .errors = { 400 } },
    { "GET", "/images/detail", NULL, V_UPTO(35), NULL, 200, .errors = { 400 } },
    { "GET", "/images/{id}", NULL, V_UPTO(35), NULL, 200, .errors = { 404 } },
    { "DELETE", "/images/{id}", NULL, V_UPTO(35), NULL, 204, .errors = { 403, 404 } },
    { 0 },
};
/* clang-format on */

const struct resource images_resource = { "images", images_routes };
