/* SPDX-License-Identifier: Apache-2.0 */
/* nova-api-fcgi: ties what starts (launcher/) to what answers (paste/ and all beneath it). */
#include "config.h"

#include "fcgi_app/base/worker.h"
#include "fcgi_app/conf/conf.h"
#include "fcgi_app/db/db.h"
#include "fcgi_app/launcher/start.h"
#include "fcgi_app/paste/loader.h"
#include "fcgi_app/policies/policies.h"
#include "middleware/chain.h"

/* Made in the parent, before it forks, and read by every worker. */
struct shared {
    struct policies *policies;
};

static void answer(void *app, struct request *request)
{
    chain_answer(app, request);
}

/* The paste file: what the script's environment names, else [wsgi] api_paste_config. */
static struct fault *find_paste_file(const void *mem, const struct conf *conf, const char **file)
{
    const char *named = conf_string(conf, OPTION_wsgi_api_paste_config);

    *file = conf_uwsgi_paste_file(conf);
    if (!*file)
        *file = *named == '/' ? named : conf_find_file(conf, mem, named);
    return *file ? NULL : fault_new(mem, ConfigNotFound, named);
}

static struct fault *load(void *arg, const void *mem, struct conf *conf, const char *name, service_answer **answer_to,
                          void **answer_arg)
{
    struct shared *shared = arg;
    const char *file;
    const struct app *app;

    if (!shared->policies)
        TRY(policies_open(mem, conf, &shared->policies));
    TRY(find_paste_file(mem, conf, &file));
    TRY(paste_load(mem, conf, file, name, &app));
    *answer_to = answer;
    *answer_arg = (void *)app;
    return NULL;
}

static struct fault *open_worker(void *arg, struct worker *worker)
{
    const struct shared *shared = arg;

    worker->policies = shared->policies;
    return db_open(worker->mem, worker->conf, &worker->db);
}

int main(int argc, char **argv)
{
    static struct shared shared;
    const struct start start = { .load = load, .worker_open = open_worker, .arg = &shared };

    return start_run(argc, argv, &start);
}
