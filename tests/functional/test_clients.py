# SPDX-License-Identifier: Apache-2.0
"""What the options of the services' groups do to the calls: one program that calls, stand-ins that count."""
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import fakepeers  # noqa: E402
from pool import TOP  # noqa: E402

PROGRAM = TOP / "tests/functional/testclient"
ORDER = "5ec5e75e-0000-4000-8000-000000000003"
KEY = "5ec5e75e-0000-4000-8000-000000000004"


def ask(home, command, **groups):
    """What one call comes to under these options; group={option: value}."""
    path = home / "nova.conf"
    path.write_text("[DEFAULT]\nlog_file = %s\ndebug = true\ndefault_log_levels = keystoneauth=DEBUG\n" % (home / "log") + "".join(
        "[%s]\n%s" % (group, "".join("%s = %s\n" % item for item in options.items()))
        for group, options in groups.items()))
    done = subprocess.run([PROGRAM, "--config-file", path], input=json.dumps(command) + "\n", capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def catalogue(kind, **interfaces):
    return [{"type": kind, "name": "it", "endpoints": [
        {"interface": name, "region": "RegionOne", "region_id": "RegionOne", "url": url}
        for name, url in interfaces.items()]}]


# -- the key manager

class KeyManager(http.server.ThreadingHTTPServer):
    """A key manager of one order; TLS with (certificate, key)."""

    def __init__(self, tls=None, instead=None):
        self.calls = calls = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                calls.append((self.command, self.path, body, self.headers))
                known = {("POST", "/v1/orders/"): {"order_ref": "http://x/v1/orders/" + ORDER},
                         ("GET", "/v1/orders/" + ORDER): {"status": "ACTIVE", "secret_ref": "http://x/v1/secrets/" + KEY}}
                text = known.get((self.command, self.path))
                text = json.dumps(text or {"title": "Not Found"}).encode()
                status = 200 if (self.command, self.path) in known else 404
                headers = {}
                if callable(instead):
                    status, headers, text = instead(self.command, self.path)
                    text = json.dumps(text).encode()
                elif instead:
                    status, text = instead[0], instead[1].encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http", self.server_address[1])
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass

    def stop(self):
        self.shutdown()
        self.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    for name in ("peer", "other"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName = IP:127.0.0.1", "-keyout", str(folder / (name + ".key")),
                        "-out", str(folder / (name + ".pem"))], check=True, capture_output=True)
    return str(folder / "peer.pem"), str(folder / "peer.key"), str(folder / "other.pem")


def order(home, manager, barbican=None, **groups):
    return ask(home, {"service": "barbican", "key": 256, "token": "tok", "catalogue": catalogue("key-manager", public=manager.url)},
               barbican=barbican or {}, **groups)


def test_a_key_is_ordered(home, running):
    manager = KeyManager()
    running.append(manager)
    assert order(home, manager) == {"key": KEY}
    assert [call[:2] for call in manager.calls] == [("POST", "/v1/orders/"), ("GET", "/v1/orders/" + ORDER)]
    assert json.loads(manager.calls[0][2]) == {"type": "key", "meta": {"algorithm": "aes", "bit_length": 256}}
    assert all(call[3]["X-Auth-Token"] == "tok" for call in manager.calls)
    assert [call[3]["Accept"] for call in manager.calls] == ["*/*", "application/json"]
    assert [call[3]["Content-Type"] for call in manager.calls] == ["application/json", None]


@pytest.mark.parametrize("status, text, fault, words", (
    (403, '{"title": "Forbidden", "description": "not you"}', "KeyManagerError", "Key manager error: Forbidden: not you"),
    (500, '{"title": "Broken"}', "KeyManagerError", "Key manager error: Broken"),
    (404, '{}', "KeyError", "'title'"), (404, '[]', "TypeError", None), (503, 'gone', "KeyManagerError", None),
    (200, 'no JSON', "requests_JSONDecodeError", None)))
def test_a_key_is_refused(home, running, status, text, fault, words):
    manager = KeyManager(instead=(status, text))
    running.append(manager)
    answer = order(home, manager)
    assert answer["fault"] == fault and (words is None or answer["message"] == words)


def test_where_the_key_manager_is(home, running):
    manager, other = KeyManager(), KeyManager()
    running += [manager, other]
    assert order(home, manager, {"barbican_endpoint": other.url + "/"}) == {"key": KEY}
    assert len(other.calls) == 2 and not manager.calls
    answer = order(home, manager, {"barbican_region_name": "Nowhere"})
    assert answer == {"fault": "KeyManagerError",
                      "message": "Key manager error: public endpoint for key-manager service in Nowhere region not found"}
    assert order(home, manager, {"barbican_endpoint_type": "internal"})["fault"] == "KeyManagerError"
    assert not manager.calls


@pytest.mark.parametrize("options, believed", (
    ({}, False), ({"verify_ssl_path": "OTHER"}, False), ({"verify_ssl_path": "PEER"}, True),
    ({"verify_ssl": "false"}, True), ({"verify_ssl": "false", "verify_ssl_path": "OTHER"}, True),
    # What other groups have for it does nothing here: it must not open what verify_ssl holds shut.
    ({"insecure": "true"}, False), ({"cafile": "PEER"}, False)))
def test_whether_the_key_manager_is_verified(home, running, certificate, options, believed):
    manager = KeyManager(certificate[:2])
    running.append(manager)
    files = {"PEER": certificate[0], "OTHER": certificate[2]}
    answer = order(home, manager, {name: files.get(value, value) for name, value in options.items()})
    if believed:
        assert answer == {"key": KEY}
    else:
        assert answer["fault"] == "keystone_SSLError" and not manager.calls


@pytest.mark.parametrize("options, user", (({}, "nova"), ({"send_service_user_token": "true"}, "neutron")))
def test_whose_token_goes_beside(home, running, peers, options, user):
    manager = KeyManager()
    running.append(manager)

    def credentials(name):
        return {"auth_type": "password", "auth_url": peers.url("keystone") + "/v3", "username": name,
                "password": fakepeers.PASSWORD, "user_domain_id": "default", "project_name": "service",
                "project_domain_id": "default"}
    peers.take()
    assert order(home, manager, options, keystone_authtoken=credentials("nova"),
                 barbican_service_user=credentials("neutron")) == {"key": KEY}
    asked = [call for call in peers.take() if call.method == "POST"]
    assert len(asked) == 1 and '"%s"' % user in json.dumps(asked[0].body, default=str)
    assert all(call[3]["X-Service-Token"] for call in manager.calls)


# -- how our own users come to keystone

class Keystone(KeyManager):
    """Gives versions at one path, and a token to whoever asks anywhere; moved={path: where it went}."""

    def __init__(self, versions=None, moved=None):
        super().__init__(instead=lambda method, path: (
            ((307, {"Location": moved[path]}, {}) if path in (moved or {}) else
             (300, {}, versions)) if method == "GET" or path in (moved or {}) else
            (201, {"X-Subject-Token": "ours"}, {"token": {"expires_at": "2098-01-01T00:00:00.000000Z", "catalog": []}})))


def service_user(url, **more):
    return {"auth_type": "password", "auth_url": url, "username": "u", "password": "p", "user_domain_id": "default", **more}


def versions(*rows):
    return {"versions": {"values": [{"id": id_, "status": status, "links": [{"rel": "self", "href": href}]}
                                    for id_, status, href in rows]}}


@pytest.mark.parametrize("at, rows, asked", (
    ("", [("v3.14", "stable", "v3/")], "/v3/auth/tokens"),
    ("", [("v3.14", "stable", "/v3/")], "/v3/auth/tokens"),
    ("/identity", [("v3.14", "stable", "v3/")], "/identity/v3/auth/tokens"),
    ("/identity/", [("v3.14", "stable", "/v3")], "/v3/auth/tokens"),
    # What a document says of its host does not count: the password goes to whom the operator named.
    ("", [("v3.14", "stable", "http://elsewhere.invalid/v3/")], "/v3/auth/tokens"),
    ("/identity", [("v3.14", "stable", "http://elsewhere.invalid:1/v3/")], "/identity/v3/auth/tokens"),
    ("", [("v3.14", "stable", "//elsewhere.invalid/v3/")], "/v3/auth/tokens"),
    ("/v3", [("v3.14", "stable", "https://elsewhere.invalid/v3/")], "/v3/auth/tokens"),
    ("", [("v2.0", "deprecated", "v2.0/"), ("v3.14", "DEPRECATED", "v3/")], "/v3/auth/tokens"),
    ("", [("v3.14", "experimental", "v3/")], None), ("", [("v4.0", "stable", "v4/")], None)))
def test_where_keystone_says_that_it_is(home, running, at, rows, asked):
    manager, keystone = KeyManager(), Keystone(versions(*rows))
    running += [manager, keystone]
    answer = order(home, manager, {"send_service_user_token": "true"},
                   barbican_service_user=service_user(keystone.url + at, project_id="x"))
    posted = [call[1] for call in keystone.calls if call[0] == "POST"]
    assert posted == ([asked] if asked else []) and (answer == {"key": KEY}) == bool(asked)


def test_keystone_may_send_us_on(home, running):
    manager, keystone = KeyManager(), Keystone(versions(("v3.14", "stable", "v3/")), moved={
        "/identity": "/identity/", "/identity/v3/auth/tokens": "/v3/auth/tokens"})
    running += [manager, keystone]
    assert order(home, manager, {"send_service_user_token": "true"}, barbican_service_user=service_user(
        keystone.url + "/identity", project_id="x")) == {"key": KEY}
    assert [call[:2] for call in keystone.calls] == [
        ("GET", "/identity"), ("GET", "/identity/"), ("POST", "/identity/v3/auth/tokens"), ("POST", "/v3/auth/tokens")]
    assert keystone.calls[2][2] == keystone.calls[3][2]


@pytest.mark.parametrize("more, scope", (
    ({"project_name": "s", "project_domain_id": "d"}, {"project": {"name": "s", "domain": {"id": "d"}}}),
    ({"project_name": "s", "project_domain_name": "D"}, {"project": {"name": "s", "domain": {"name": "D"}}}),
    ({"project_id": "p"}, {"project": {"id": "p"}}), ({"tenant_id": "p"}, {"project": {"id": "p"}}),
    ({"domain_id": "d"}, {"domain": {"id": "d"}}), ({"domain_name": "D"}, {"domain": {"name": "D"}}),
    ({"trust_id": "t"}, {"OS-TRUST:trust": {"id": "t"}}), ({"system_scope": "all"}, {"system": {"all": True}}),
    ({"project_id": "p", "system_scope": "all"}, {"project": {"id": "p"}}), ({}, None),
    ({"project_id": "p", "trust_id": "t"}, "refused"), ({"domain_id": "d", "project_name": "s"}, "refused")))
def test_what_our_own_token_is_for(home, running, more, scope):
    manager, keystone = KeyManager(), Keystone()
    running += [manager, keystone]
    answer = order(home, manager, {"send_service_user_token": "true"}, barbican_service_user={
        **service_user(keystone.url + "/v3", **more), "auth_type": "v3password"})
    if scope == "refused":
        assert answer["fault"] == "keystone_AuthorizationFailure" and not keystone.calls and not manager.calls
    else:
        assert answer == {"key": KEY} and json.loads(keystone.calls[0][2])["auth"].get("scope") == scope


@pytest.mark.parametrize("cafile", (None, "PEER"))
def test_the_token_beside_is_asked_for_as_its_own_group_says(home, running, certificate, cafile):
    """A key manager that is not verified does not make keystone one that is not: a password goes there."""
    manager, keystone = KeyManager(certificate[:2]), fakepeers.FakePeers(tls=certificate[:2]).start()
    running += [manager, keystone]
    checker = {"auth_type": "password", "auth_url": keystone.url("keystone") + "/v3", "username": "nova",
               "password": fakepeers.PASSWORD, "user_domain_id": "default", "project_name": "service",
               "project_domain_id": "default"}
    if cafile:
        checker["cafile"] = certificate[0]
    answer = order(home, manager, {"verify_ssl": "false"}, keystone_authtoken=checker)
    if cafile:
        assert answer == {"key": KEY}
    else:
        assert "SSL" in json.dumps(answer) and not manager.calls and not keystone.take()


# -- the services that keystoneauth's options are for

@pytest.fixture
def peers():
    it = fakepeers.FakePeers().start()
    yield it
    it.stop()


def get(peers, home, options, interfaces=None):
    return ask(home, {"service": "placement", "method": "GET", "path": "/resource_classes",
                      "token": fakepeers.TOKENS["admin"],
                      "catalogue": catalogue("placement", **(interfaces or {"internal": peers.url("placement")}))},
               placement=options)


@pytest.mark.parametrize("retries, calls, status", ((None, 1, 503), (1, 2, 503), (2, 3, 200), (9, 3, 200)))
def test_status_code_retries(home, peers, retries, calls, status):
    peers.fail("placement", status=503, times=2)
    options = {"status_code_retry_delay": "0.01"}
    if retries:
        options["status_code_retries"] = retries
    answer = get(peers, home, options)
    assert len(peers.take()) == calls
    if status == 503:
        assert answer == {"status": 503}
    else:
        assert answer["status"] != 503


def test_only_503_is_asked_again(home, peers):
    peers.fail("placement", status=500)
    assert get(peers, home, {"status_code_retries": 3, "status_code_retry_delay": "0.01"}) == {"status": 500}
    assert len(peers.take()) == 1


@pytest.mark.parametrize("retries", (None, 0, 3))
def test_connect_retries(home, peers, retries):
    peers.gone("placement")
    options = {"connect_retry_delay": "0.01"}
    if retries is not None:
        options["connect_retries"] = retries
    assert get(peers, home, options)["fault"] == "keystone_ConnectFailure"
    assert (home / "log").read_text().count("Retrying in") == (retries or 0)


@pytest.mark.parametrize("wanted, found", ((None, "internal"), ("internal,public", "internal"), ("public,internal", "public"),
                                           ("public", "public"), ("admin,public", "public"), ("admin", None)))
def test_valid_interfaces(home, peers, wanted, found):
    interfaces = {name: "%s/%s" % (peers.url("placement"), name) for name in ("public", "internal")}
    answer = get(peers, home, {"valid_interfaces": wanted} if wanted else {}, interfaces=interfaces)
    calls = [call.path for call in peers.take()]
    if found:
        assert calls == ["/%s/resource_classes" % found]
    else:
        assert answer["fault"] == "keystone_EndpointNotFound" and not calls


@pytest.mark.parametrize("options", ({}, {"min_version": "99.0"}, {"max_version": "0.1"}, {"min_version": "1", "max_version": "1"}))
def test_versions_of_the_adapter_change_nothing(home, peers, options):
    assert get(peers, home, options)["status"] < 500
    assert [call.path for call in peers.take()] == ["/resource_classes"]
