/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the rows of all routes, for the comparison with routes.txt. */
#include "config.h"

#include "routes/router.h"

int main(void)
{
    puts("# method, path, action, versions, status on success, declared errors, policies, built or not");
    routes_print(stdout);
    return ferror(stdout) != 0;
}
