/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who this process is.  What is opened belongs to the process that opened it: connections, random bytes and caches
 * look at this on every use, and a look must not be a system call.
 */
#ifndef NOVA_BASE_PROCESS_H
#define NOVA_BASE_PROCESS_H

#include <sys/types.h>

/* getpid(), asked once in a process; a child of fork() asks anew. */
pid_t process_id(void);

#endif
