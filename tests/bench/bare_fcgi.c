/* SPDX-License-Identifier: Apache-2.0 */
/* The floor that GET / is measured against: the smallest libfcgi responder that sends a document of the same size. */
#include "config.h"

#include <fcgiapp.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const char body[] =
        "{\"versions\": [{\"id\": \"v2.0\", \"status\": \"SUPPORTED\", \"version\": \"\", \"min_version\": \"\", "
        "\"updated\": \"2011-01-21T11:33:21Z\", \"links\": [{\"rel\": \"self\", \"href\": "
        "\"http://127.0.0.1:8774/v2/\"}]}, {\"id\": \"v2.1\", \"status\": \"CURRENT\", \"version\": \"2.93\", "
        "\"min_version\": \"2.1\", \"updated\": \"2013-07-23T11:33:21Z\", \"links\": [{\"rel\": \"self\", \"href\": "
        "\"http://127.0.0.1:8774/v2.1/\"}]}]}";
    FCGX_Request request;

    if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0)) {
        fprintf(stderr, "%s: %s\n", argv[0], argc > 1 ? argv[1] : "run me under spawn-fcgi");
        return 1;
    }
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_FPrintF(request.out, "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                     (int)strlen(body));
        FCGX_PutStr(body, (int)strlen(body), request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
