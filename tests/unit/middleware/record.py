#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records what oslo.middleware's and nova's filters do around a small application.

    record.py > data/filters.jsonl

One JSON object a line: the filter, its settings and options, the request, what the application answers, and what
comes out.  The application's body says what it saw of the request.  test_filters.c builds the same chain.
"""
import json
import os
import tempfile

from oslo_config import cfg
from oslo_middleware import cors, healthcheck, http_proxy_to_wsgi, sizelimit
import webob

import nova.api.openstack as openstack
import nova.conf
from nova import middleware

middleware.set_defaults()
ORIGIN = "https://horizon.example"
CORS = "[cors]\nallowed_origin = %s, https://two.example\n" % ORIGIN


def cors_cases():
    for options in ("", CORS, "[cors]\nallowed_origin = *\n", CORS + "allow_credentials = False\nmax_age = 0\nexpose_headers =\n",
                    CORS + "[cors.more]\nallowed_origin = https://three.example\nmax_age = 7\nallow_headers = X-Three\n",
                    "[cors.more]\nallowed_origin = %s\nallow_methods = GET\nallow_credentials = no\n" % ORIGIN):
        for origin in (None, ORIGIN, "https://three.example", "https://other.example"):
            base = [["Origin", origin]] if origin else []
            for status, answer in ((200, []), (404, [["X-A", "b"]]), (200, [["Vary", "OpenStack-API-Version"], ["Vary", "X-Other"]]),
                                   (202, [["Access-Control-Allow-Origin", "mine"]])):
                yield options, {}, "GET", base, status, answer
            for status in (200, 204, 404, 300, 500):
                yield options, {}, "OPTIONS", base, status, [["X-A", "b"]]
            for method in ("GET", "get", "TRACE", "PATCH", ""):
                for headers in (None, "", "X-Auth-Token", "x-auth-token,  content-type ,", "X-Three", "X-Nothing, X-Auth-Token"):
                    asked = base + [["Access-Control-Request-Method", method]]
                    if headers is not None:
                        asked.append(["Access-Control-Request-Headers", headers])
                    yield options, {}, "OPTIONS", asked, 404, []
    for settings in ({"allowed_origin": ORIGIN}, {"allowed_origin": "*", "max_age": "1", "allow_credentials": "false"},
                     {"allowed_origin": ORIGIN + ",", "allow_methods": "A, B", "expose_headers": " X-E ,X-F"}):
        yield CORS, settings, "GET", [["Origin", ORIGIN]], 200, []
        yield CORS, settings, "OPTIONS", [["Origin", ORIGIN], ["Access-Control-Request-Method", "B"]], 200, []


def proxy_cases():
    on = "[oslo_middleware]\nenable_proxy_headers_parsing = True\n"
    for options, settings in (("", {}), (on, {}), ("", {"enable_proxy_headers_parsing": "yes"}), (on, {"enable_proxy_headers_parsing": "0"})):
        for headers in ([], [["X-Forwarded-Proto", "https"]], [["X-Forwarded-Host", "front.example:99"]], [["X-Forwarded-For", "1.2.3.4, 5.6.7.8"]],
                        [["X-Forwarded-Prefix", "/compute"]], [["X-Forwarded-Prefix", "/compute"], ["Forwarded", "for=1.1.1.1"]],
                        [["Forwarded", "for=192.0.2.60; proto=https ;host=h.example;by=x, for=2.2.2.2;proto=http"], ["X-Forwarded-For", "9.9.9.9"]],
                        [["Forwarded", "For=\"[::1]\";PROTO=HTTPS"]], [["Forwarded", ""], ["X-Forwarded-For", "9.9.9.9"]], [["Forwarded", ","]],
                        [["Forwarded", "for"]], [["Forwarded", "for=a;for=b"]], [["Forwarded", "proto=;host= x =y"]], [["X-Forwarded-Proto", ""]]):
            yield options, settings, "GET", headers, 200, []


def size_cases():
    for options, settings in (("", {}), ("[oslo_middleware]\nmax_request_body_size = 5\n", {}), ("", {"max_request_body_size": "6"}),
                              ("[DEFAULT]\nosapi_max_request_body_size = 4\n", {})):
        for length in ("0", "4", "5", "6", "7", "114688", "114689"):
            yield options, settings, "GET", [["Content-Length", length]], 200, []
            yield options, settings, "GET", [["Content-Length", length], ["Accept", "application/json"]], 200, []


def legacy_cases():
    versions = [["OpenStack-API-Version", "compute 2.5"], ["X-OpenStack-Nova-API-Version", "2.5"]]
    for headers in ([], versions):
        for answer in ([], versions, versions + [["Vary", "OpenStack-API-Version"], ["Vary", "X-OpenStack-Nova-API-Version"]],
                       [["Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version"]], [["Vary", "X-OpenStack-Nova-API-Version,Origin"]],
                       [["Vary", "Accept , OpenStack-API-Version,Origin"]], [["Vary", "A"], ["Vary", "B"]], [["Vary", ""]]):
            yield "", {}, "GET", headers, 200, answer


def health_cases():
    there = "/"
    absent = "/nonexistent/x"
    for path in (there, absent):
        settings = {"backends": "disable_by_file", "disable_by_file_path": path}
        for method in ("GET", "HEAD", "POST"):
            for accept in (None, "text/html", "application/json", "*/*", "image/png", "application/json;q=0.5, text/html;q=0.4"):
                yield "", settings, method, [["Accept", accept]] if accept else [], 200, []
    yield "", {"backends": ""}, "GET", [], 200, []
    yield "", {"backends": ""}, "GET", [["Accept", "application/json"]], 200, []
    yield "", {"backends": "", "path": "/other"}, "GET", [], 200, []
    yield "[healthcheck]\npath = /other\n", {}, "GET", [], 200, []
    both = {"backends": "disable_by_file,disable_by_files_ports", "disable_by_file_path": absent, "disable_by_file_paths": "80:%s" % there}
    for accept in ("text/plain", "application/json", "text/html"):
        yield "", both, "GET", [["Accept", accept]], 200, []
    yield "", dict(both, disable_by_file_paths="81:%s" % there), "GET", [], 200, []


FILTERS = {
    "cors": (cors.CORS, cors_cases),
    "http_proxy_to_wsgi": (http_proxy_to_wsgi.HTTPProxyToWSGI, proxy_cases),
    "sizelimit": (sizelimit.RequestBodySizeLimiter, size_cases),
    "legacy_v2_compatible": (lambda app, conf: openstack.LegacyV2CompatibleWrapper(app), legacy_cases),
    "healthcheck": (healthcheck.Healthcheck, health_cases),
}


def application(status, headers):
    def app(environ, start_response):
        seen = "|".join([environ["wsgi.url_scheme"], environ["HTTP_HOST"], environ.get("REMOTE_ADDR", ""), environ["SCRIPT_NAME"],
                         environ.get("HTTP_OPENSTACK_API_VERSION", ""), str(environ.get("openstack.legacy_v2", False))])
        start_response("%d X" % status, [("Content-Type", "text/plain")] + [tuple(header) for header in headers])
        return [seen.encode("latin-1")]
    return app


def main():
    for name, (factory, cases) in FILTERS.items():
        for options, settings, method, headers, status, answer in cases():
            with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as conf:
                conf.write(options)
            cfg.CONF.reset()
            cfg.CONF.clear()
            for group in list(cfg.CONF._groups):
                if group.startswith("cors."):
                    cfg.CONF.unregister_opts(list(o["opt"] for o in cfg.CONF._groups[group]._opts.values()), group=group)
            cfg.CONF(["--config-file", conf.name], project="nova")
            middle = factory(application(status, answer), dict(settings))
            request = webob.Request.blank("/healthcheck", method=method, environ={"REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "api.example",
                                                                                "SERVER_PORT": "80"})
            for key, value in headers:
                request.environ[{"Content-Length": "CONTENT_LENGTH"}.get(key, "HTTP_" + key.upper().replace("-", "_"))] = value
            got = request.get_response(middle)
            os.unlink(conf.name)
            print(json.dumps({"filter": name, "options": options, "settings": settings, "method": method, "headers": headers,
                              "app_status": status, "app_headers": answer, "status": got.status_int,
                              "answer_headers": sorted([k, v] for k, v in got.headerlist if k != "Content-Length"),
                              "answer": got.body.decode("latin-1")}))


main()
