#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records which application nova's and Paste's URL maps choose.

    record_urlmap.py > data/urlmap.jsonl

One JSON object a line: the kind of map, its expressions, the request, and "name|SCRIPT_NAME|PATH_INFO|best type", or
null where no application was found.  test_urlmap.c builds the same map.
"""
import json

import paste.urlmap

import nova.api.openstack.urlmap as nova_urlmap

MAPS = [
    ["/", "/v2", "/v2.1", "/v2/+", "/v2.1/+"],
    ["/v2.1/+", "/v2.1"],
    ["/a", "/a/b", "/a/b/+", "/b//c/", "/"],
    ["http://one.example/", "http://one.example:8080/x", "https://two.example/v2.1", "/x", "domain three.example port 99 /v2", "domain four.example", "/"],
    ["/"],
    ["/+"],
]
PATHS = ["/", "/v2", "/v2/", "/v2/x", "/v2.1", "/v2.1/", "/v2.1/x/y", "/v2.10", "//v2.1///x", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/a/bc", "/b/c", "/b/c/d",
         "/x", "/x/y", "/nothing", "", "/v2.1/x.json", "/x.json", "/a.b/json", "/v2/.json", "/xy.xml"]
HOSTS = [None, "one.example", "ONE.example:80", "one.example:8080", "two.example", "two.example:443", "three.example:99", "three.example", "four.example:1"]
TYPES = [{}, {"HTTP_ACCEPT": "application/json;version=2.1"}, {"CONTENT_TYPE": "a/b;version=2"}, {"HTTP_ACCEPT": "application/atom+xml"},
         {"HTTP_ACCEPT": "application/vnd.openstack.compute+json"}, {"CONTENT_TYPE": "x;version=2.1/y", "HTTP_ACCEPT": "*/*;version=2"}]


def application(name):
    def app(environ, start_response):
        return "|".join([name, environ["SCRIPT_NAME"], environ["PATH_INFO"], environ.get("nova.best_content_type", "")])
    return app


class Loader:
    @staticmethod
    def get_app(name, global_conf=None):
        return application(name) if name != "none" else (lambda environ, start_response: None)


def main():
    for kind, factory in (("nova", nova_urlmap.urlmap_factory), ("paste", paste.urlmap.urlmap_factory)):
        for expressions in MAPS:
            built = factory(Loader, {}, not_found_app="none", **{e: e for e in expressions})
            hosts = HOSTS if any("example" in e for e in expressions) else HOSTS[:1]
            for path in PATHS:
                for host in hosts:
                    for types in TYPES if kind == "nova" and not host else TYPES[:1]:
                        environ = {"SCRIPT_NAME": "/s", "PATH_INFO": path, "wsgi.url_scheme": "http", "SERVER_NAME": "server", "SERVER_PORT": "80"}
                        if host:
                            environ["HTTP_HOST"] = host
                        environ.update(types)
                        print(json.dumps({"kind": kind, "map": expressions, "path": path, "host": host, "params": types,
                                          "chosen": built(environ, None)}))


main()
