/* SPDX-License-Identifier: Apache-2.0 */
/* Images as the API shows them. Neighbour: clients/glance.h finds them. */
#ifndef NOVA_ROUTES_VIEWS_IMAGES_H
#define NOVA_ROUTES_VIEWS_IMAGES_H

#include "fcgi_app/clients/glance.h"
#include "routes/resource.h"

/* {"images": […], "images_links": …} */
void images_view_index(struct call *call, const struct glance_image *images, size_t count);
void images_view_detail(struct call *call, const struct glance_image *images, size_t count);
/* {"image": …} */
void images_view_show(struct call *call, const struct glance_image *image);

#endif
