/* SPDX-License-Identifier: Apache-2.0 */
/* Marks for caught signals, and the mask with which to wait for them. */
#include "config.h"

#include "fcgi_app/launcher/signals.h"

#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t caught[NSIG];
static sigset_t waiting;
static bool taken[NSIG];

static void mark(int number)
{
    caught[number] = 1;
}

void signals_take(const int *numbers)
{
    struct sigaction action = { .sa_handler = mark };
    sigset_t block;

    sigemptyset(&block);
    sigemptyset(&action.sa_mask);
    sigemptyset(&waiting);
    for (const int *number = numbers; *number; number++)
        sigaddset(&block, *number);
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&block, number) == 1) {
            caught[number] = 0;
            sigaction(number, &action, NULL);
            taken[number] = true;
        } else if (taken[number]) {
            signal(number, SIG_DFL);
            taken[number] = false;
        }
    }
    sigprocmask(SIG_SETMASK, &block, NULL);
    signal(SIGPIPE, SIG_IGN);
}

const sigset_t *signals_waiting_mask(void)
{
    return &waiting;
}

bool signals_caught(int number)
{
    if (!caught[number])
        return false;
    caught[number] = 0;
    return true;
}

static void dispose(int number, void (*disposition)(int))
{
    sigset_t set;

    signal(number, disposition);
    taken[number] = false;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void signals_release(int number)
{
    dispose(number, SIG_DFL);
}

void signals_ignore(int number)
{
    dispose(number, SIG_IGN);
}

void signals_reset(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        if (taken[number]) {
            signal(number, SIG_DFL);
            taken[number] = false;
            caught[number] = 0;
        }
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

const char *signals_name(int number)
{
    static char other[24];
    const char *name = sigabbrev_np(number);

    if (name)
        snprintf(other, sizeof(other), "SIG%s", name);
    else
        snprintf(other, sizeof(other), "signal %d", number);
    return other;
}
