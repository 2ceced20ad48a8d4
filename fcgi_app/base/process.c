/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "fcgi_app/base/process.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

static pid_t known; /* 0: not asked yet */

static void forget(void)
{
    known = 0;
}

pid_t process_id(void)
{
    static bool watched;

    if (known)
        return known;
    if (!watched)
        watched = !pthread_atfork(NULL, NULL, forget);
    if (!watched)
        return getpid();
    return known = getpid();
}
