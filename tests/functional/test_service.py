# SPDX-License-Identifier: Apache-2.0
"""The service record at start, its races, and databases that are down, foreign or of another version."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

LIB = pathlib.Path(__file__).resolve().parents[1] / "lib"
sys.path.insert(0, str(LIB))

import fastcgi  # noqa: E402
from pool import wait_until  # noqa: E402


class Postgres:
    def __init__(self, home):
        self.directory = str(home / "pg")
        out = self.run("start", self.directory)
        self.environment = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)

    @staticmethod
    def run(*words):
        return subprocess.run([str(LIB / "postgres"), *words], check=True, capture_output=True, text=True).stdout

    def stop(self):
        self.run("stop", self.directory)

    def url(self, name):
        return self.environment[f"NOVA_TEST_URL_{name}"]

    @contextlib.contextmanager
    def session(self, statements, database="nova_cell0"):
        """A session of its own that has run these statements; yields where more of them are written to."""
        client = subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, env={**os.environ, **self.environment}, text=True)
        try:
            client.stdin.write(statements + " SELECT 'done';\n")
            client.stdin.flush()
            assert client.stdout.readline() == "done\n"
            yield client.stdin
        finally:
            client.stdin.close()
            client.wait(20)
            client.stdout.close()

    def sql(self, statement, database="nova_cell0"):
        out = subprocess.run(["psql", "-XAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement], check=True,
                             env={**os.environ, **self.environment}, capture_output=True, text=True).stdout
        return [line.split("|") for line in out.splitlines() if line]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    import shutil
    import tempfile
    home = pathlib.Path(tempfile.mkdtemp(prefix="naf-pg-"))
    home.chmod(0o755)
    postgres = Postgres(home)
    yield postgres
    postgres.stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def postgres(cluster):
    for database in ("nova_cell0", "nova_cell1"):
        cluster.sql("DELETE FROM services", database)
    cluster.sql("DELETE FROM cell_mappings", "nova_api")
    return cluster


@pytest.fixture
def options(postgres):
    return {"database": {"connection": postgres.url("cell0"), "max_retries": 2, "retry_interval": 1},
            "api_database": {"connection": postgres.url("api")}}


def other_service(postgres, version, binary="nova-osapi_compute", host="other", database="nova_cell0"):
    postgres.sql("INSERT INTO services (host, \"binary\", report_count, disabled, forced_down, version, deleted) "
                 f"VALUES ('{host}', '{binary}', 0, false, false, {version}, 0)", database)


def record(postgres, columns, binary="nova-osapi_compute"):
    return postgres.sql(f"SELECT {columns} FROM services WHERE deleted = 0 AND \"binary\" = '{binary}' ORDER BY id")


@pytest.fixture
def front(home):
    """A listening socket as a front server leaves it on descriptor 0."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(home / "front.sock"))
    listener.listen(8)
    yield listener
    listener.close()


def test_sixteen_at_once_make_one_record(home, pools, postgres, options):
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'nova_cell0' AND wait_event_type = 'Lock'"
    with postgres.session("BEGIN; LOCK TABLE services IN SHARE MODE;") as session:
        # All have seen the empty table and stand before their row; the first has had its time alone.
        pool = pools(home, workers=16, options=options).start(wait=False)
        assert wait_until(lambda: postgres.sql(waiting) == [["16"]])
        assert len(pool.workers()) == 16
        session.write("ROLLBACK;\n")
        session.flush()
        assert wait_until(lambda: postgres.sql(waiting) == [["0"]] and record(postgres, "host"))
    assert wait_until(pool.answers)
    assert record(postgres, "host, topic, report_count, disabled, forced_down, version, deleted, updated_at, "
                  "length(uuid), created_at > now() at time zone 'utc' - interval '1 minute'") == [
        ["testhost", "", "0", "f", "f", "64", "0", "", "36", "t"]]
    assert "ERROR" not in pool.log_text() and "exited with status" not in pool.log_text()
    assert len(pool.workers()) == 16


def test_each_api_has_its_record(home, pools, postgres, options):
    options["DEFAULT"] = {"enabled_apis": "osapi_compute,metadata", "metadata_workers": 1}
    pools(home, options=options).start()
    assert wait_until(lambda: record(postgres, "host", "nova-metadata") == [["testhost"]])
    assert record(postgres, "host") == [["testhost"]]


def test_a_listen_address_that_is_set_is_the_host(home, pools, postgres, options):
    options["DEFAULT"] = {"osapi_compute_listen": "192.0.2.7"}
    pools(home, options=options).start()
    assert wait_until(lambda: record(postgres, "host") == [["192.0.2.7"]])


def test_an_old_version_is_updated_and_told(home, pools, postgres, options):
    other_service(postgres, 61, host="testhost")
    pool = pools(home, options=options).start()
    assert pool.logged("INFO nova.service [-] Updating service version for nova-osapi_compute on testhost from 61 to 64")
    assert wait_until(lambda: record(postgres, "version, updated_at IS NOT NULL") == [["64", "t"]])


def test_an_equal_version_is_left_alone(home, pools, postgres, options):
    other_service(postgres, 64, host="testhost")
    pool = pools(home, options=options).start()
    time.sleep(0.3)
    pool.stop()
    assert record(postgres, "version, updated_at, created_at") == [["64", "", ""]]
    assert "Updating service version" not in pool.log_text()


def test_too_old_for_the_deployment(home, pools, postgres, options):
    other_service(postgres, 65)
    pool = pools(home, workers=1, options=options).start(wait=False)
    assert pool.logged("This service is older (v64) than the minimum (v65) version of the rest of the deployment. "
                       "Unable to continue.")
    assert pool.logged("exited with status 1")
    assert record(postgres, "host") == [["other"]]


def test_a_responder_that_is_too_old_says_so_to_every_request(home, pools, postgres, options, front):
    other_service(postgres, 65)
    pool = pools(home, options=options, stdin=front).start(wait=False)
    for path in ("/", "/anything"):
        answer = fastcgi.request(front.getsockname(), "GET", path)
        assert answer.status == 500
        assert answer.header("Content-Type") == "text/plain; charset=UTF-8"
        assert answer.text == ("Out of date osapi_compute service This service is older (v64) than the minimum (v65) "
                               "version of the rest of the deployment. Unable to continue.\n")
    assert pool.process.poll() is None


def test_a_responder_refuses_old_computes(home, pools, postgres, options, front):
    postgres.sql("INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled) VALUES "
                 "('11111111-1111-4111-8111-111111111111', 'cell1', 'none:///', "
                 f"'{postgres.url('cell1')}', false)", "nova_api")
    other_service(postgres, 60, "nova-compute", database="nova_cell1")
    text = ("Current Nova version does not support computes older than Yoga but the minimum compute service level in "
            "your system is 60 and the oldest supported service level is 61.")
    pool = pools(home, options=options, stdin=front).start(wait=False)
    assert pool.wait() == 1
    assert text in pool.log_text()
    pool.options["workarounds"] = {"disable_compute_service_check_for_ffu": "true"}
    pool.write_config()
    pool.start(wait=False)
    assert fastcgi.request(front.getsockname(), "GET", "/").status == 200
    assert f"WARNING nova.api.openstack.wsgi_app [-] {text}" in pool.log_text()


def test_a_foreign_schema_is_told(home, pools, postgres, options):
    postgres.sql("UPDATE alembic_version SET version_num = 'feedfeedfeed'")
    try:
        pool = pools(home, workers=1, options=options).start(wait=False)
        assert pool.logged("feedfeedfeed")
        assert pool.logged("exited with status 1")
        assert record(postgres, "host") == []
    finally:
        postgres.sql("UPDATE alembic_version SET version_num = 'ccb0fa1a2252'")


def test_a_database_that_is_down_at_start_is_tried_again(home, pools, postgres, options):
    url = postgres.url("cell0")
    options["database"]["connection"] = url.replace("host=", "host=/nonexistent")
    pool = pools(home, workers=1, options=options).start(wait=False)
    # It answers meanwhile, and gives up after max_retries; the parent starts another one.
    assert wait_until(pool.answers)
    assert pool.logged("WARNING oslo_db.sqlalchemy.engines [-] SQL connection failed. 2 attempts left.")
    assert pool.logged("SQL connection failed. 1 attempts left.")
    assert pool.logged("exited with status 1")
    assert pool.logged("SQL connection failed. 2 attempts left.", count=2)
    assert pool.answers()


def test_the_record_is_made_once_the_database_is_there(home, pools, postgres, options):
    socket_directory = pathlib.Path(postgres.directory) / "socket"
    hidden = pathlib.Path(postgres.directory) / "hidden"
    socket_directory.rename(hidden)
    options["database"]["max_retries"] = -1
    try:
        pool = pools(home, workers=2, options=options).start()
        assert pool.logged("SQL connection failed. infinite attempts left.")
    finally:
        hidden.rename(socket_directory)
    workers = pool.workers()
    assert wait_until(lambda: record(postgres, "host") == [["testhost"]])
    assert pool.workers() == workers
    pool.signal(signal.SIGTERM)
    assert pool.wait() == 0
