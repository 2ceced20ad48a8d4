# SPDX-License-Identifier: Apache-2.0
"""A keystone of one thread a request, whose tokens and moods a test sets: what it was asked is counted."""
import collections
import http.server
import json
import threading
import time

from ports import free_port

AN_HOUR = 3600
RUBBISH = {
    "html": (200, "text/html", b"<html>not what you wanted</html>"),
    "empty": (200, "application/json", b""),
    "cut": (200, "application/json", b'{"token": {"user": {"id": "u", "na'),
    "list": (200, "application/json", b"[]"),
    "no user": (200, "application/json", b'{"token": {"expires_at": "2099-01-01T00:00:00.000000Z"}}'),
    "no end": (200, "application/json", b'{"token": {"user": {"id": "u"}}}'),
    "error": (500, "text/plain", b"Internal Server Error"),
    "busy": (503, "text/html", b"busy"),
    "multiple": (300, "application/json", b'{"choices": []}'),
    "teapot": (418, "text/plain", b""),
}


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + seconds))


class Keystone:
    """Listens on the loopback until stop(); start() again takes the same port."""

    def __init__(self, port=0):
        self.port = port or free_port()
        self.tokens = {}
        self.asked = collections.Counter()
        self.seen = []  # headers of validations
        self.queries = []  # what stood behind their path
        self.mood = None  # a name of RUBBISH, or "silent"
        self.silence = 5
        self.expires = AN_HOUR  # of our own service tokens
        self.password = "labsecret"
        self.issued = 0
        self.refused = set()  # service tokens that are not taken any more
        self.server = None
        self.start()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def answer(self, status, body, headers=(), kind="application/json"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def gone(self):
                """Connections that were kept end with the listener."""
                self.close_connection = self.close_connection or outer.server is None
                return outer.server is None

            def in_a_mood(self):
                if outer.mood == "silent":
                    time.sleep(outer.silence)
                    self.close_connection = True
                    return True
                if outer.mood == "hangs up":
                    self.close_connection = True
                    return True
                if outer.mood in RUBBISH:
                    status, kind, body = RUBBISH[outer.mood]
                    self.answer(status, body, kind=kind)
                    return True
                return False

            def do_GET(self):
                if self.gone():
                    return
                path = self.path.partition("?")[0]
                outer.asked["GET " + path] += 1
                if path in ("", "/"):
                    self.answer(300, json.dumps({"versions": {"values": [
                        {"id": "v3.14", "status": "stable", "links": [{"rel": "self", "href": outer.url + "/v3/"}]}]}}).encode())
                elif path == "/v3/auth/tokens":
                    outer.queries.append(self.path.partition("?")[2])
                    outer.seen.append({name.lower(): value for name, value in self.headers.items()})
                    if not self.in_a_mood():
                        self.validate()
                else:
                    self.answer(404, b"{}")

            def validate(self):
                mine = self.headers.get("X-Auth-Token", "")
                body = outer.tokens.get(self.headers.get("X-Subject-Token", ""))
                if not mine.startswith("svc-") or mine in outer.refused:
                    self.answer(401, b'{"error": {"code": 401, "message": "no", "title": "Unauthorized"}}')
                elif body is None or (body["token"]["expires_at"] < stamp(0) and "allow_expired" not in self.path):
                    self.answer(404, b'{"error": {"code": 404, "message": "no", "title": "Not Found"}}')
                else:
                    self.answer(200, json.dumps(body).encode())

            def do_POST(self):
                if self.gone():
                    return
                size = int(self.headers.get("Content-Length", 0))
                sent = json.loads(self.rfile.read(size))
                outer.asked["POST " + self.path] += 1
                if outer.mood == "silent":
                    self.in_a_mood()
                    return
                user = sent["auth"]["identity"].get("password", {}).get("user", {})
                if user.get("password") != outer.password:
                    self.answer(401, b'{"error": {"code": 401, "message": "no", "title": "Unauthorized"}}')
                    return
                outer.issued += 1
                body = outer.body("svc", roles=["service"], expires=outer.expires)
                self.answer(201, json.dumps(body).encode(), [("X-Subject-Token", "svc-%d" % outer.issued)])

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        if self.server:
            server, self.server = self.server, None
            server.shutdown()
            server.server_close()

    def catalogue(self):
        return [{"id": "k", "type": "identity", "name": "keystone", "endpoints": [
            {"id": i, "interface": i, "region": "R1", "region_id": "R1", "url": self.url} for i in ("public", "internal", "admin")]},
            {"id": "c", "type": "compute", "name": "nova", "endpoints": []}]

    def body(self, name, project="p-demo", roles=("member", "reader"), expires=AN_HOUR, **more):
        """A token's body; `more` are further members."""
        token = {"methods": ["password"], "user": {"domain": {"id": "default", "name": "Default"}, "id": "u-" + name, "name": name},
                 "audit_ids": ["a"], "expires_at": stamp(expires), "issued_at": stamp(0),
                 "roles": [{"id": role, "name": role} for role in roles], "catalog": self.catalogue()}
        if project:
            token["project"] = {"domain": {"id": "default", "name": "Default"}, "id": project, "name": project}
            token["is_domain"] = False
        token.update(more)
        return {"token": token}

    def issue(self, token, name="demo", **more):
        """Makes a token known; its text."""
        self.tokens[token] = self.body(name, **more)
        return token

    @property
    def validations(self):
        return self.asked["GET /v3/auth/tokens"]
