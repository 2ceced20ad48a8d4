#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records what compute_req_id, faultwrap and request_log, in the order of api-paste.ini, make of answers and of exceptions.

    record_wrapped.py > data/wrapped.jsonl

One JSON object a line: how it was asked, what the application does (answers, or raises a class of faults.def), what comes out: status,
headers in their order, body, and the lines logged at INFO and above. The request's id is ID, its time TIME. test_wrapped.c does the same.
"""
import importlib
import itertools
import json
import logging
import os
import re
import tempfile

from oslo_config import cfg
from oslo_log import formatters
from oslo_log import log
import webob
import webob.dec
import webob.exc

import nova.conf  # noqa: F401
from nova.api import compute_req_id
import nova.api.openstack as openstack
from nova.api.openstack import api_version_request, requestlog, wsgi

HERE = os.path.dirname(os.path.abspath(__file__))
FAULTS = os.path.join(HERE, "../../../fcgi_app/base/faults.def")
WORDS = "words of <it> and é"
TRACE = "TRACE "
ID = "req-11111111-1111-4111-8111-111111111111"


log.register_options(cfg.CONF)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines += [re.sub(r"time: \d+\.\d{6}$", "time: TIME", line) for line in self.format(record).splitlines()
                       if not line.startswith(TRACE)]


FORMAT = "%(levelname)s %(name)s %(message)s"
LOG = Lines()
LOG.setFormatter(formatters.ContextFormatter(config=cfg.CONF))
for name in ("nova.api.openstack", "nova.api.openstack.requestlog"):
    logging.getLogger(name).addHandler(LOG)
    logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger(name).propagate = False


def classes():
    """(row's name, class) of the rows that can be imported and take one text."""
    with open(FAULTS, encoding="utf-8") as rows:
        for row, module in re.findall(r'^FAULT\((\w+), \w+, "([\w.]+)"', rows.read(), re.M):
            try:
                kind = getattr(importlib.import_module(module), row.rpartition("_")[2])
                code = getattr(kind(WORDS), "code", None)
            except Exception:  # of a library that is not there, or it wants more than a text
                continue
            if isinstance(code, str):  # of a database's error: faultwrap itself stumbles over it
                continue
            yield row, kind


def cases():
    plain = {"method": "GET", "script": "/v2.1", "path": "/servers", "query": "", "headers": [], "remote": "192.0.2.1", "options": "", "version": None}
    for row, kind in classes():
        yield dict(plain, raises=row, words=str(kind(WORDS))), kind(WORDS)
        if row in ("NovaException", "OverQuota", "InstanceNotFound"):
            yield dict(plain, raises=row, words=WORDS, version="2.93"), kind(WORDS)
    for code in sorted({kind.code for kind in openstack.walk_class_hierarchy(webob.exc.HTTPError)}):
        kind = next(k for k in openstack.walk_class_hierarchy(webob.exc.HTTPError) if k.code == code)
        yield dict(plain, http=code, words=None), kind()
    forwarded = "[api]\nuse_forwarded_for = True\n"
    for query, path, script in itertools.product(("", "a=b", "a=%20&c=d%0a"), ("/servers", "/servers/caf\u00c3\u00a9", "", "/a b"), ("", "/v2.1")):
        yield dict(plain, query=query, path=path, script=script, method="PUT", status=202, body="four"), None
    for options, headers, remote in itertools.product(("", forwarded), ([], [["X-Forwarded-For", "198.51.100.7, 10.0.0.1"]], [["X-Forwarded-For", ""]]),
                                                      ("192.0.2.1", "::1", None)):
        yield dict(plain, options=options, headers=headers, remote=remote, status=200, body="x" * 12), None
    for version, status, body, method in itertools.product((None, "2.1", "2.93"), (200, 204, 300, 404, 500), ("", "some"), ("GET", "HEAD", "DELETE")):
        if status != 204 or not body:
            yield dict(plain, version=version, status=status, body=body, method=method), None
    mine = [["x-compute-request-id", "mine"]]
    for answer in (mine, [["X-Openstack-Request-Id", "mine"]], mine + [["x-openstack-request-id", ""]], [["X-A", "1"], ["x-a", "2"]]):
        yield dict(plain, status=200, body="ok", answer_with=answer), None


def application(case, error):
    def throw(_):
        raise error

    def app(environ, start_response):
        if case["version"]:
            wsgi.Request(environ).api_version_request = api_version_request.APIVersionRequest(case["version"])
        if case.get("http"):
            return webob.dec.wsgify(throw)(environ, start_response)
        if error:
            raise error
        body = case["body"].encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))] if case["status"] != 204 else []
        start_response("%d X" % case["status"], headers + [tuple(pair) for pair in case.get("answer_with", [])])
        return [body]
    return app


def main():
    for case, error in cases():
        with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as conf:
            conf.write(case["options"])
        cfg.CONF.reset()
        cfg.CONF.clear()
        cfg.CONF(["--config-file", conf.name], project="nova")
        for name, text in (("context", FORMAT), ("default", FORMAT), ("exception", TRACE)):
            cfg.CONF.set_override("logging_%s_%s" % (name, "prefix" if text is TRACE else "format_string"), text)
        os.unlink(conf.name)
        chain = compute_req_id.ComputeReqIdMiddleware(openstack.FaultWrapper(requestlog.RequestLog(application(case, error))))
        environ = {"HTTP_HOST": "api.example", "SERVER_PORT": "80", "SCRIPT_NAME": case["script"], "QUERY_STRING": case["query"]}
        environ.update(("HTTP_" + key.upper().replace("-", "_"), value) for key, value in case["headers"])
        if case["remote"]:
            environ["REMOTE_ADDR"] = case["remote"]
        request = webob.Request.blank("/", method=case["method"], environ=environ)
        request.environ["PATH_INFO"] = case["path"]
        LOG.lines.clear()
        got = request.get_response(chain)
        own = request.environ["openstack.request_id"]
        shown = {"status": got.status_int, "answer_headers": [[key, value.replace(own, ID)] for key, value in got.headerlist
                                                              if key != "Content-Length"],
                 "answer": got.body.decode("utf-8"), "log": LOG.lines}
        print(json.dumps({key: value for key, value in dict(case, **shown).items() if value is not None}))


main()
