/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON columns of a server that another release, another program or an
 * operator wrote: flavor, network cache, build request, request spec, and the
 * rest of instance_extra, one text for all.  The server is shown and sent
 * without harm, and what is made of it is JSON again.
 */
#include "config.h"

#include "fcgi_app/base/text.h"
#include "fcgi_app/base/worker.h"
#include "fcgi_app/compute/servers.h"
#include "fcgi_app/json/json.h"
#include "fcgi_app/objects/instance.h"
#include "fcgi_app/objects/write.h"
#include "fcgi_app/policies/policies.h"
#include "routes/resource.h"
#include "routes/views/ips.h"
#include "routes/views/server_topology.h"
#include "routes/views/servers.h"
#include "tests/fuzz/conf.h"

#include <stdint.h>

#define ID "70a599e0-31e7-49b7-b260-868f441e862b"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_json(const void *mem, const struct strbuf *out)
{
    json_t *tree;

    if (json_read(mem, out->data, out->length, &tree))
        abort();
}

static void send(const void *mem, struct instance_row *row)
{
    static const char *const flavors[] = { "cur", "old", "new" };
    const struct instance_source source = { .row = row, .wants = ~0u & ~(unsigned)INSTANCE_WITHOUT_METADATA };
    struct strbuf out;

    strbuf_init(&out, mem, 1024);
    instance_object_put(&out, &source);
    must_be_json(mem, &out);
    for (size_t i = 0; i < 3; i++) {
        strbuf_init(&out, mem, 256);
        instance_flavor_put(&out, row->flavor, flavors[i]);
        must_be_json(mem, &out);
    }
    strbuf_init(&out, mem, 256);
    if (instance_flavors_put_saved(&out, row->flavor))
        must_be_json(mem, &out);
}

static void show(struct worker *worker, const void *mem, const struct instance *instance)
{
    static const char *const roles[] = { "admin", "member", "reader", NULL };
    struct context context = { .mem = mem,
                               .worker = worker,
                               .user_id = "u",
                               .project_id = "p",
                               .roles = roles,
                               .is_admin = true,
                               .authenticated = true };
    const struct server server = { .instance = instance, .status = "ACTIVE", .zone = "nova", .host_status = "UP" };
    static const int versions[] = { 1, 46, 93 };

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct request request = { .mem = mem };
        struct strbuf out;
        struct call call = {
            .mem = mem, .context = &context, .request = &request, .version = versions[i], .out = &out
        };

        request_set_param(&request, "REQUEST_METHOD", "GET");
        request_set_param(&request, "SCRIPT_NAME", "/v2.1");
        request_set_param(&request, "PATH_INFO", "/servers/" ID);
        request_set_param(&request, "HTTP_HOST", "api:8774");
        request_init(&request, mem, worker, &context);
        strbuf_init(&out, mem, 1024);
        if (servers_view_show(&call, &server))
            abort();
        must_be_json(mem, &out);
        strbuf_init(&out, mem, 256);
        ips_view_index(&call, instance->network_info);
        must_be_json(mem, &out);
        strbuf_init(&out, mem, 256);
        if (!server_topology_view(&call, instance->flavor, true))
            must_be_json(mem, &out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *mem = mem_context(NULL, "fuzz_column");
    const char *text = mem_strndup(mem, (const char *)data, size);
    const struct db_bytes bytes = { text, strlen(text) };
    const struct build_request request = { .id = 1, .instance_uuid = ID, .instance = text, .tags = text };
    const struct instance_mapping mapping = { .instance_uuid = ID, .project_id = "p" };
    static const struct policy_settings settings;
    static struct policies *policies;
    struct worker worker = { .mem = mem, .conf = fuzz_conf("[DEFAULT]\n") };
    struct instance_row row = { .uuid = ID,
                                .project_id = "p",
                                .network_info = bytes,
                                .flavor = bytes,
                                .numa_topology = bytes,
                                .pci_requests = bytes,
                                .device_metadata = bytes,
                                .vcpu_model = bytes,
                                .migration_context = bytes,
                                .keypairs = bytes,
                                .trusted_certs = bytes,
                                .resources = bytes };
    struct instance instance = { .uuid = ID,
                                 .project_id = "p",
                                 .user_id = "u",
                                 .vm_state = "active",
                                 .network_info = bytes,
                                 .flavor = bytes,
                                 .trusted_certs = bytes,
                                 .pieces = bytes };
    const struct instance *made[3] = { &instance };
    struct instance_row *begun;
    const json_t *tree;

    if (!policies)
        policies = policies_build(mem_context(NULL, "policies"), &settings);
    worker.policies = policies;
    if (size > 4096 || !text_utf8_valid(text, strlen(text))) { /* PostgreSQL keeps no other text */
        talloc_free(mem);
        return 0;
    }
    made[1] = instance_from_request(mem, &request);
    made[2] = instance_from_spec(mem, &mapping, text);
    for (size_t i = 0; i < 3; i++)
        if (made[i])
            show(&worker, mem, made[i]);
    send(mem, &row);
    begun = instance_row_from_request(mem, &request, &tree);
    if (begun)
        send(mem, begun);
    talloc_free(mem);
    return 0;
}
