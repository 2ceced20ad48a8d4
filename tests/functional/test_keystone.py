# SPDX-License-Identifier: Apache-2.0
"""Who one is by keystone's word: our pool before a keystone that the test holds in its hand."""
import concurrent.futures
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import cloud  # noqa: E402
import fastcgi  # noqa: E402
import stack  # noqa: E402
from fakekeystone import RUBBISH, Keystone  # noqa: E402

UNAUTHORIZED = (b'{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires '
                b'authentication."}}')
WORDS_503 = b"The Keystone service is temporarily unavailable."
FLAVORS = "/v2.1/flavors"


@pytest.fixture
def keystone():
    it = Keystone()
    yield it
    it.stop()


class Api:
    """A pool that asks `keystone`, in a folder of its own."""

    def __init__(self, keystone, options="", workers=2, paste=""):
        self.folder = cloud.Folder()
        path = self.folder.configuration("\n[keystone_authtoken]\nauth_type = password\nauth_url = %s\nusername = nova\n"
                                         "password = labsecret\nuser_domain_name = Default\nproject_name = service\n"
                                         "project_domain_name = Default\nwww_authenticate_uri = http://idp/\n"
                                         "http_request_max_retries = 1\nservice_type = compute\n%s\n" % (keystone.url, options))
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("auth_strategy = noauth2", "auth_strategy = keystone")
                       .replace("[DEFAULT]\n", "[DEFAULT]\ndebug = true\nosapi_compute_workers = %d\n"
                                "default_log_levels = a=INFO\n" % workers))
        if paste:
            path_of_paste = os.path.join(self.folder.path, "api-paste.ini")
            with open(path_of_paste, encoding="utf-8") as file:
                text = file.read()
            with open(path_of_paste, "w", encoding="utf-8") as file:
                file.write(text.replace("[filter:authtoken]\n", "[filter:authtoken]\n" + paste))
        self.pool = stack.Pool(self.folder.path, path)

    def get(self, token=None, path=FLAVORS, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            headers["X-Auth-Token"] = token
        return fastcgi.request(self.pool.socket, method, path, headers=headers, timeout=60)

    def log(self):
        with open(os.path.join(self.folder.path, "nova-api.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        self.pool.stop()
        self.folder.remove()


@pytest.fixture
def api(keystone):
    made = []

    def make(*arguments, **options):
        made.append(Api(keystone, *arguments, **options))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def header(answer, name):
    return [value for key, value in answer.headers if key.lower() == name.lower()]


def test_tokens_are_checked(api, keystone):
    it = api()
    good = keystone.issue("good-token-text")
    ended = keystone.issue("ended-token-text", expires=-60)
    assert it.get(good).status == 200
    for token in (None, "", "unknown-token-text", ended, "x" * 20000, "caf\xe9", "\"'<>%00"):
        answer = it.get(token)
        assert (answer.status, answer.body) == (401, UNAUTHORIZED), token
        assert header(answer, "WWW-Authenticate") == ['Keystone uri="http://idp/"']
        assert header(answer, "Content-Type") == ["application/json"]
        assert header(answer, "x-openstack-request-id")
    assert it.get(path=FLAVORS, X_Storage_Token=good).status == 200
    assert it.get("  " + good + " ").status == 200
    # one user's way leaves nothing for the next request
    assert it.get().status == 401
    log = it.log()
    for secret in (good, "unknown-token-text", ended, "labsecret", "svc-1"):
        assert secret not in log
    assert "u-demo p-demo" in log


@pytest.mark.parametrize("options, query", (("", ""), ("include_service_catalog = true", ""),
                                            ("include_service_catalog = false", "nocatalog")))
def test_whether_the_catalogue_is_asked_for(api, keystone, options, query):
    assert api(options).get(keystone.issue("good-token-text")).status == 200
    assert keystone.queries == [query]


def test_the_old_options_for_who_we_are_lead_nowhere(api, keystone):
    """Without auth_type the reference asks v2.0 with them, which no keystone of the release has."""
    it = api("auth_type =\nidentity_uri = %s\nadmin_user = nova\nadmin_password = labsecret\nadmin_tenant_name = service\n"
             % keystone.url)
    answer = it.get(keystone.issue("good-token-text"))
    assert answer.status == 503 and WORDS_503 in answer.body
    assert not keystone.validations


def test_directories_of_policies(api, keystone, home):
    """Each directory that the option names is read, and what changes there soon counts."""
    for name, rule in (("one", "@"), ("two", "!")):
        (home / name).mkdir()
        (home / name / "rules.yaml").write_text('"os_compute_api:limits": "%s"\n' % rule)
    token = keystone.issue("good-token-text")

    def status(*names):
        it = api("\n[oslo_policy]\n" + "".join("policy_dirs = %s\n" % (home / name) for name in names), workers=1)
        return it, it.get(token, "/v2.1/limits").status

    assert status("one")[1] == 200
    assert status("two", "one")[1] == 200  # the later one counts
    it, said = status("one", "two")
    assert said == 403
    (home / "two" / "rules.yaml").write_text('"os_compute_api:limits": "@"\n')
    os.utime(home / "two" / "rules.yaml", (time.time() + 2, time.time() + 2))
    stack.wait_until("the rule is read again", lambda: it.get(token, "/v2.1/limits").status == 200, seconds=10)


def test_identity_is_not_the_clients_to_tell(api, keystone):
    it = api()
    token = keystone.issue("t1")
    spoofed = dict(X_Roles="admin", X_Role="admin", X_User_Id="u-spoofed", X_User="u-spoofed", X_Project_Id="other", X_Tenant="other",
                   X_Tenant_Id="other", X_Is_Admin_Project="True", X_Identity_Status="Confirmed", X_Service_Catalog="rubbish",
                   X_Service_Roles="service", X_Service_Identity_Status="Confirmed", OpenStack_System_Scope="all")
    assert it.get(None, **spoofed).status == 401
    assert it.get(token, path="/v2.1/servers?all_tenants=1", **spoofed).status == 403
    assert it.get(token, path="/v2.1/servers", **spoofed).status == 200
    assert it.get(token, path="/v2.1/other/servers", **spoofed).status in (400, 404)
    assert it.get(keystone.issue("t2", roles=["admin"]), path="/v2.1/servers?all_tenants=1").status == 200
    assert "u-spoofed" not in it.log()


@pytest.mark.parametrize("cache", ["shared", "none"])
def test_workers_share_what_keystone_said(api, keystone, cache):
    it = api("token_cache_time = -1" if cache == "none" else "", workers=4)
    token = keystone.issue("t1")
    with concurrent.futures.ThreadPoolExecutor(4) as many:
        assert it.get(token).status == 200
        assert {answer.status for answer in many.map(lambda _: it.get(token), range(40))} == {200}
    assert keystone.validations == (1 if cache == "shared" else 41)
    # what is not good is not kept
    for _ in range(3):
        assert it.get("unknown").status == 401
    assert keystone.validations == (4 if cache == "shared" else 44)


def test_the_cache_forgets_in_time(api, keystone):
    it = api("token_cache_time = 1")
    token = keystone.issue("t1")
    assert it.get(token).status == 200
    del keystone.tokens[token]
    assert it.get(token).status == 200
    time.sleep(1.2)
    assert it.get(token).status == 401


def test_an_end_counts_for_kept_tokens_too(api, keystone):
    it = api()
    token = keystone.issue("t1", expires=2)
    assert it.get(token).status == 200
    time.sleep(2.2)
    assert it.get(token).status == 401


def test_our_own_token_is_kept_and_renewed(api, keystone):
    it = api(workers=1)
    for number in range(3):
        assert it.get(keystone.issue("t%d" % number)).status == 200
    assert keystone.issued == 1
    keystone.refused.add("svc-1")  # keystone lost it
    assert it.get(keystone.issue("t4")).status == 200
    assert keystone.issued == 2
    keystone.expires = 60  # too short to be kept
    keystone.refused.add("svc-2")
    assert it.get(keystone.issue("t5")).status == 200
    assert it.get(keystone.issue("t6")).status == 200
    assert keystone.issued == 4


@pytest.mark.parametrize("mood", sorted(RUBBISH) + ["hangs up"])
def test_rubbish_is_no_token(api, keystone, mood):
    it = api(workers=1)
    token = keystone.issue("t1")
    keystone.mood = mood
    answer = it.get(token)
    assert answer.status == 503 and WORDS_503 in answer.body
    assert "Unable to validate token" in it.log()
    keystone.mood = None
    assert it.get(token).status == 200  # nothing of it was kept


def test_a_silent_keystone_is_waited_for_as_configured(api, keystone):
    it = api("http_connect_timeout = 1\nhttp_request_max_retries = 1", workers=1)
    keystone.mood = "silent"
    begun = time.monotonic()
    answer = it.get(keystone.issue("t1"))
    assert answer.status == 503 and WORDS_503 in answer.body
    assert time.monotonic() - begun < 8


def test_keystone_is_down_and_comes_back(api, keystone):
    it = api(workers=1)
    token = keystone.issue("t1")
    other = keystone.issue("t2")
    assert it.get(token).status == 200
    keystone.stop()
    begun = time.monotonic()
    assert it.get(other).status == 503
    assert time.monotonic() - begun < 5
    assert it.get(token).status == 200  # it was kept
    assert it.get().status == 401
    keystone.start()
    assert it.get(other).status == 200


def test_a_wrong_password_of_ours_is_503(api, keystone):
    keystone.password = "another"
    it = api()
    assert it.get(keystone.issue("t1")).status == 503


def test_services_vouch(api, keystone):
    it = api("service_token_roles = service\nservice_token_roles_required = true\ntoken_cache_time = -1")
    token = keystone.issue("t1")
    service = keystone.issue("s1", name="nova", roles=["service", "admin"])
    plain = keystone.issue("s2", name="somebody")
    ended = keystone.issue("t2", expires=-10)
    assert it.get(token, X_Service_Token=service).status == 200
    assert it.get(token, X_Service_Token=plain).status == 401
    assert it.get(token, X_Service_Token="unknown").status == 401
    assert it.get(None, X_Service_Token=service).status == 401
    assert it.get(ended).status == 401
    assert it.get(ended, X_Service_Token=service).status == 200
    assert it.get(ended, X_Service_Token=plain).status == 401


def test_any_token_vouches_where_roles_are_not_required(api, keystone):
    it = api("token_cache_time = -1")
    token = keystone.issue("t1")
    plain = keystone.issue("s2", name="somebody")
    ended = keystone.issue("t2", expires=-10)
    assert it.get(token, X_Service_Token=plain).status == 200
    assert it.get(ended, X_Service_Token=plain).status == 401
    assert "A valid token was submitted as a service token" in it.log()


def test_a_decision_may_be_left_to_others(api, keystone):
    it = api("delay_auth_decision = true", workers=1)
    answer = it.get("unknown")
    assert answer.status == 401 and answer.body != UNAUTHORIZED  # keystonecontext finds nobody
    assert header(answer, "WWW-Authenticate") == ['Keystone uri="http://idp/"']
    assert it.get(keystone.issue("t1")).status == 200
    keystone.stop()
    assert it.get("t2").status == 401


def test_rules_of_application_credentials(api, keystone):
    it = api()
    rules = [{"id": "1", "service": "compute", "method": "GET", "path": "/v2.1/flavors"},
             {"id": "2", "service": "image", "method": "GET", "path": "/**"}]
    token = keystone.issue("t1", application_credential={"id": "a", "name": "a", "restricted": True, "access_rules": rules})
    assert it.get(token).status == 200
    assert it.get(token, path="/v2.1/servers").status == 401
    free = keystone.issue("t2", application_credential={"id": "a", "name": "a", "restricted": True})
    assert it.get(free, path="/v2.1/servers").status == 200
    assert keystone.seen[0]["openstack-identity-access-rules"] == "1"


def test_bound_tokens(api, keystone):
    it = api()
    assert it.get(keystone.issue("t1", bind={"kerberos": "u"})).status == 401
    assert it.get(keystone.issue("t2", bind={"other": "u"})).status == 200


def test_a_paste_section_comes_before_the_options(api, keystone):
    keystone.password = "another"
    it = api(paste="password = another\ndelay_auth_decision = true\nwww_authenticate_uri = http://elsewhere/\n")
    assert it.get(keystone.issue("t1")).status == 200
    answer = it.get("unknown")
    assert answer.body != UNAUTHORIZED
    assert header(answer, "WWW-Authenticate") == ['Keystone uri="http://elsewhere/"']


@pytest.fixture
def memcached():
    program = shutil.which("memcached") or "/usr/bin/memcached"
    if not os.path.exists(program):
        pytest.skip("memcached is not installed")
    port = stack.free_port()
    process = subprocess.Popen([program, "-l", "127.0.0.1", "-p", str(port), "-u", "nobody", "-m", "16"], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
        time.sleep(0.02)
    yield "127.0.0.1:%d" % port
    process.terminate()
    process.wait()


@pytest.mark.parametrize("strategy", ["None", "MAC", "ENCRYPT"])
def test_python_reads_what_we_keep_and_we_what_python_keeps(api, keystone, memcached, strategy):
    middleware = pytest.importorskip("keystonemiddleware.auth_token._cache")
    options = {"cache_time": 300, "memcached_servers": [memcached], "use_advanced_pool": False}
    log = logging.getLogger("test")
    theirs = (middleware.TokenCache(log, **options) if strategy == "None"
              else middleware.SecureTokenCache(log, strategy, "the secret", **options))
    theirs.initialize({})
    it = api("memcached_servers = %s\nmemcache_security_strategy = %s\nmemcache_secret_key = the secret" % (memcached, strategy))

    theirs.set("kept-by-python", keystone.body("python"))
    assert it.get("kept-by-python").status == 200
    assert keystone.validations == 0
    assert "u-python p-demo" in it.log()

    assert it.get(keystone.issue("kept-by-us")).status == 200
    assert keystone.validations == 1
    assert theirs.get("kept-by-us")["token"]["user"]["id"] == "u-demo"
    assert it.get("kept-by-us").status == 200
    assert keystone.validations == 1

    # what nobody signed is no token
    if strategy != "None":
        with theirs._cache_pool.reserve() as client:
            key, _ = theirs._get_cache_key("forged")
            client.set(key, json.dumps(keystone.body("forger", roles=["admin"])))
        assert it.get("forged").status == 401


def test_a_memcached_that_is_gone_is_no_fault(api, keystone):
    it = api("memcached_servers = 127.0.0.1:%d" % stack.free_port(), workers=1)
    token = keystone.issue("t1")
    assert it.get(token).status == 200
    assert it.get(token).status == 200
    assert keystone.validations == 2
    assert it.log().count("does not answer") == 1  # it is left alone for a while
