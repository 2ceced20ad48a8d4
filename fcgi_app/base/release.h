/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases of nova that we equal, and what differs between them as data.
 * Nothing else in the program asks which release it is.
 * Source: nova-facts/db.md, startup.md; the lab's databases.
 */
#ifndef NOVA_BASE_RELEASE_H
#define NOVA_BASE_RELEASE_H

struct release {
    const char *name;           /* as [fcgi] release says it: "26.2" */
    const char *code_name;      /* "zed" */
    const char *version;        /* what --version and the Server's texts say */
    int max_microversion;       /* minor number; the major is 2 */
    int service_version;        /* in the services table */
    const char *api_head;       /* alembic_version of nova_api */
    const char *cell_head;      /* alembic_version of each cell's database */
    const char *oldest_compute; /* release of the oldest nova-compute that may be in the deployment */
    int oldest_compute_version; /* its service version */
};

/* What a distribution may say of itself in an INI file `release`, [Nova] vendor, product, package, support. */
struct release_words {
    const char *vendor;
    const char *product;
    const char *package; /* suffix of the version; NULL: none */
    const char *support; /* whom to tell, in the answers of code 500 */
};

/* As read last, or upstream's own; never NULL. */
const struct release_words *release_words(void);
/* Takes words for the process's life; a NULL member stays upstream's. The strings must live as long. */
void release_words_take(const struct release_words *words);

/* The newest release that we equal; never NULL. */
const struct release *release_default(void);

/* By `[fcgi] release`, "auto" being the newest; NULL when there is none of this name. */
const struct release *release_find(const char *name);

/* By the heads of the databases (either may be NULL: not known); NULL when no release has them. */
const struct release *release_by_heads(const char *api_head, const char *cell_head);

#endif
