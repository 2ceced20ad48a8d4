#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records what Python's nova-api answers outside its controllers: versions, URL map, headers, error pages.

    record.py 127.0.0.1:PORT > data/recorded.jsonl

The server runs with auth_strategy = noauth2.  One JSON object a line: method, target, headers, body, and the answer.
test_recorded.c asks the loaded chain the same.  Request ids are written as ID.
"""
import json
import re
import socket
import sys

PROJECT = "0123456789abcdef0123456789abcdef"
TOKEN = ["X-Auth-Token", "admin:" + PROJECT]
NEW, OLD = "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"


def requests():
    """(method, target, headers, body)"""
    for path in ("/", "//", "///v2.1//", "/v2", "/v2/", "/v2.1", "/v2.1/", "/v2.1//", "/v3", "/v2.10", "/v2.1x", "/foo/bar", "/foo/bar/",
                 "/foo%20bar/%C3%A9", "/a.json", "/x.xml", "/v2.json", "/v2.1.json", "/?x=1", "/foo?x=1&y", "/+", "/v2.1/+",
                 "/healthcheck", "/v2.1/%2b", "/%76%32", "/a;b", "/a:b@c", "/~u", "/a%2fb", "/%25"):
        yield "GET", path, [], None
    for path in ("/", "/foo", "/v2", "/v2.1", "/v2.1/servers"):
        for method in ("HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            yield method, path, [], None
    for accept in ("application/json", "*/*", "", "text/html", "text/plain", "application/*", "application/xml",
                   "application/vnd.openstack.compute+json", "application/atom+xml",
                   "application/json;q=0.5, application/vnd.openstack.compute+json", "application/*;q=0.8, application/json;q=0.2",
                   "*/*;q=0.9, application/vnd.openstack.compute+json;q=0.9", "application/json;version=2", "application/json; version=2.1",
                   "application/json;version=\"2.1\"", "application/json;version=3", "application/json ; version = 2.1",
                   "application/json;q=x, text/html", "application/json;q=", "application/json;q=inf;version=2",
                   "application/json;version=2;version=2.1", "\"application/json\"", "application/json;q=1e-1,*/*", ",,application/json",
                   "text/html;version=2", "application/vnd.openstack.compute+json;version=2.1, application/json;version=2",
                   "application/json;version=2.1/servers", "application/json;VERSION=2.1", "a, b;c=\"d,e\", application/json;version=2"):
        for path in ("/", "/foo", "/v2.1", "/v2.1/nothing.here", "/v2/x"):
            yield "GET", path, [["Accept", accept], TOKEN], None
    for content in ("application/json;version=2", "application/json;version=2.1", "text/plain;version=2.1", "application/xml", "", "text/plain",
                    "application/json; charset=utf-8", "application/vnd.openstack.compute+json", "application/json;version=9",
                    "APPLICATION/JSON", "application/json ", "x;version=2.1;version=2"):
        for path in ("/", "/foo", "/v2.1"):
            yield "GET", path, [["Content-Type", content]], None
            yield "POST", path, [["Content-Type", content]], "{}"
    for body in ("{", "", "[]", "null", "\xff", "{\"a\": 1}", "nan"):
        for path in ("/", "/foo", "/v2", "/v2.1"):
            yield "POST", path, [["Content-Type", "application/json"]], body
            yield "DELETE", path, [["Content-Type", "application/json"]], body
    for version in ("compute latest", "compute LATEST", "COMPUTE 2.5", "compute 2.05", "compute 02.5", "compute 3.0", "compute 2.0", "compute 1.1",
                    "compute  2.5 ", "nova 2.5", "compute 2.5,compute 2.7", "compute 2.5,volume 3.1", "compute 2.5, volume latest, x", "compute",
                    "compute 2.5 2.6", "compute 99999999999999999999.1", "", "compute 2.93", "compute 2.94", "compute 2.999", "compute 2.1000",
                    "compute 2.", "compute .5", "compute 2", "compute -2.5", "compute 2.+5", "compute\t2.5", "compute \xe9", "compute 2.5\xa0",
                    "compute \"<x>\\", ",", "compute 0.0", "compute 2.1", "compute 2.10"):
        for path in ("/", "/v2", "/v2.1", "/v2.1/versions/v2.1"):
            yield "GET", path, [[NEW, version], TOKEN], None
        yield "GET", "/v2.1", [[OLD, version.replace("compute ", "")]], None
        yield "GET", "/v2.1", [[OLD, version.replace("compute ", "")], [NEW, "volume 3.0"]], None
    for path in ("", "/", "/versions/v2.1", "/versions/v2.0", "/versions/v3", "/versions", "/" + PROJECT + "/", "/" + PROJECT + "/versions/v2.0",
                 "/" + "f" * 32 + "/", "/nothing", "/NOTHEX/", "//versions//v2.1"):
        for base in ("/v2", "/v2.1"):
            yield "GET", base + path, [TOKEN], None
            yield "POST", base + path, [TOKEN], "{}"
            yield "GET", base + path, [], None
    for token in ("admin", "admin:", ":", ":x", "", "bob:p", "admin:" + PROJECT + ":z"):
        yield "GET", "/v2.1/versions/v2.1", [["X-Auth-Token", token]], None
        yield "GET", "/v2.1/" + PROJECT + "/", [["X-Auth-Token", token]], None
    for headers in ([["X-Auth-User", "bob"]], [["X-Auth-User", "bob"], ["X-Auth-Project-Id", "proj"]], [["X-Auth-Project-Id", ""]]):
        for path in ("/v2.1/servers", "/v2.1/servers/", "/v2/a%20b//?x=/", "/v2.1/" + PROJECT):
            yield "GET", path, headers, None
    for host in ("example.com", "example.com:80", "example.com:443", "EXAMPLE.com:8080", "[::1]:99", "h\xe9"):
        for path in ("/", "/foo", "/v2.1", "/v2.1/versions/v2.1"):
            yield "GET", path, [["Host", host], TOKEN], None
    for length in ("114688", "114689", "999999999999999999999"):
        for accept in (None, "application/json", "text/html"):
            yield "POST", "/v2.1/servers", [["Content-Length", length]] + ([["Accept", accept]] if accept else []), None
    yield "GET", "/v2.1/versions/v2.1", [TOKEN, ["X-Openstack-Request-Id", "req-01234567-89ab-cdef-0123-456789abcdef"]], None


def read_answer(sock, head):
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return None
        data += more
    top, body = data.split(b"\r\n\r\n", 1)
    lines = top.decode("latin-1").split("\r\n")
    headers = [line.split(": ", 1) if ": " in line else [line.rstrip(":"), ""] for line in lines[1:]]
    while True:
        more = sock.recv(65536)
        if not more:
            break
        body += more
    return int(lines[0].split()[1]), headers, body


def main():
    host, port = sys.argv[1].split(":")
    for method, target, headers, body in requests():
        sent = [list(header) for header in headers]
        if not any(name == "Host" for name, _ in sent):
            sent.insert(0, ["Host", "api.example"])
        data = (body or "").encode("latin-1")
        if body is not None:
            sent.append(["Content-Length", str(len(data))])
        wire = "%s %s HTTP/1.0\r\n%s\r\n" % (method, target, "".join("%s: %s\r\n" % tuple(header) for header in sent))
        with socket.create_connection((host, int(port)), timeout=30) as sock:
            sock.sendall(wire.encode("latin-1") + data)
            sock.shutdown(socket.SHUT_WR)
            answer = read_answer(sock, method == "HEAD")
        if answer is None:
            continue
        status, answered, text = answer
        answered = [[name, re.sub(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", value)]
                    for name, value in answered if name.lower() not in ("connection", "content-length")]
        print(json.dumps({"method": method, "target": target, "headers": sent, "body": body, "status": status,
                          "answer_headers": sorted(answered), "answer": text.decode("latin-1")}))


main()
