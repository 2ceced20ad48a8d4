# SPDX-License-Identifier: Apache-2.0
"""The pool's parent and workers under signals, deaths, load and bad peers."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import fastcgi  # noqa: E402
from load import Load  # noqa: E402
from pool import TESTPOOL, TOP, Pool, alive, children, wait_until  # noqa: E402
from ports import free_port  # noqa: E402


def in_background(function, *arguments, **options):
    """Runs the function in a thread; calling what is returned waits for its result."""
    result = []
    thread = threading.Thread(target=lambda: result.append(function(*arguments, **options)))
    thread.start()

    def wait(seconds=20):
        thread.join(seconds)
        return result[0] if result else None

    return wait


# ---- forms -------------------------------------------------------------------------------------------------


def test_pool_answers_with_every_worker(pool):
    with Load(pool.socket) as load:
        wait_until(lambda: len(load.pids) == 2)
    assert not load.bad
    assert sorted(load.pids) == sorted(f"pid {pid}" for pid in pool.workers())


def test_pool_says_what_upstream_says(pool):
    log = pool.log_text()
    assert f"INFO nova.wsgi [-] osapi_compute listening on unix:{pool.socket}" in log
    assert "INFO oslo_service.service [-] Starting 2 workers" in log
    pool.stop()
    log = pool.log_text()
    for line in ("INFO oslo_service.service [-] Caught SIGTERM, stopping children",
                 "INFO oslo_service.service [-] Waiting on 2 children to exit",
                 "INFO nova.wsgi [-] Stopping WSGI server.", "INFO nova.wsgi [-] WSGI server has stopped."):
        assert line in log
    assert len(re.findall(r"Child \d+ exited with status 0", log)) == 2


def test_one_socket_for_each_api(home, pools):
    pool = pools(home, options={"DEFAULT": {"enabled_apis": "osapi_compute,metadata", "metadata_workers": 1}}).start()
    metadata = str(home / "metadata.sock")
    assert wait_until(lambda: os.path.exists(metadata))
    assert fastcgi.request(metadata, "GET", "/").status == 200
    three = ["metadata", "osapi_compute", "osapi_compute"]  # a worker has its place there once it runs, a little after it is a process
    assert wait_until(lambda: sorted(worker["api"] for worker in json.loads(pool.get("/fcgi-status?json").body)["processes"]) == three)


def test_an_api_that_the_paste_file_has_not_is_a_warning(home, pools):
    pool = pools(home, options={"DEFAULT": {"enabled_apis": "osapi_compute,metadata"}},
                 environment={"TESTPOOL_MISSING": "metadata"}).start()
    assert pool.logged("``enabled_apis`` includes bad values. Fix to remove this warning.")


def test_no_api_at_all_is_an_error(home, pools):
    pool = pools(home, environment={"TESTPOOL_MISSING": "osapi_compute"}).start(wait=False)
    assert pool.wait() == 1
    assert "ERROR nova [-] No APIs were started. Check the enabled_apis config option." in pool.log_text()


def test_responder_on_descriptor_zero(home, pools):
    path = str(home / "front.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(8)
    pool = pools(home, stdin=listener).start(wait=False)
    answer = fastcgi.request(path, "GET", "/")
    assert answer.text == f"pid {pool.pid}"
    board = json.loads(fastcgi.request(path, "GET", "/fcgi-status?json").body)
    assert [worker["pid"] for worker in board["processes"]] == [pool.pid]
    pool.signal(signal.SIGTERM)
    assert pool.wait() == 0
    # The front server's socket is not ours to remove.
    assert os.path.exists(path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_responder_finishes_its_request_before_it_leaves(home, pools, number):
    path = str(home / "front.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(8)
    pool = pools(home, stdin=listener).start(wait=False)
    assert fastcgi.request(path, "GET", "/").status == 200
    slow = in_background(fastcgi.request, path, "GET", "/sleep/600")
    time.sleep(0.2)
    pool.signal(number)
    assert slow().status == 200
    assert pool.wait() == 0


def test_spawn_fcgi_starts_responders(home):
    config = Pool(home).config
    path = str(home / "spawned.sock")
    pidfile = home / "pids"
    subprocess.run(["spawn-fcgi", "-s", path, "-F", "2", "-P", str(pidfile), "--", str(TESTPOOL), "--config-file",
                    str(config)], check=True, stdout=subprocess.DEVNULL)
    pids = [int(pid) for pid in pidfile.read_text().split()]
    try:
        with Load(path) as load:
            assert wait_until(lambda: len(load.pids) == 2)
        assert not load.bad
        assert sorted(load.pids) == sorted(f"pid {pid}" for pid in pids)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
    assert wait_until(lambda: not any(alive(pid) for pid in pids))


def test_listen_fds_are_taken_over(home, pools):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = free_port()
    listener.bind(("127.0.0.1", port))
    listener.listen(8)
    # Descriptor 3 and LISTEN_PID have to be right in the program itself: a shell puts both in place.
    pool = pools(home, pass_fds=[listener.fileno()])
    pool.arguments = ["/bin/bash", "-c", f'exec 3<&{listener.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"', "sh",
                      *pool.arguments]
    pool.start(wait=False)
    assert fastcgi.request(("127.0.0.1", port), "GET", "/").status == 200
    assert pool.logged(f"osapi_compute listening on 127.0.0.1:{port}")
    assert not os.path.exists(pool.socket)


def test_tcp_socket(home, pools):
    port = free_port()
    pool = pools(home, options={"fcgi": {"osapi_compute_address": f"127.0.0.1:{port}"}}).start(wait=False)
    assert pool.logged(f"osapi_compute listening on 127.0.0.1:{port}")
    assert fastcgi.request(("127.0.0.1", port), "GET", "/").status == 200


def test_only_listed_peers_connect_over_tcp(home, pools):
    port = free_port()
    pool = pools(home, options={"fcgi": {"osapi_compute_address": f"127.0.0.1:{port}"}},
                 environment={"FCGI_WEB_SERVER_ADDRS": "192.0.2.1, 127.0.0.2"}).start(wait=False)
    assert pool.logged("listening on")
    assert fastcgi.Connection(("127.0.0.1", port)).closed_by_peer()


def test_a_socket_in_use_is_told(pool, home, pools):
    other = home / "other"
    other.mkdir()
    second = pools(other, options={"fcgi": {"socket_dir": home}}).start(wait=False)
    assert second.wait() == 1
    assert f"ERROR nova.wsgi [-] Could not bind to unix:{pool.socket}" in second.log_text()
    assert "in use by another process" in second.errors()
    assert pool.get("/").status == 200


def test_a_dead_socket_is_replaced(home, pools):
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(home / "osapi_compute.sock"))
    dead.close()
    assert pools(home).start().get("/").status == 200


def test_the_socket_file_goes_with_the_pool(pool):
    pool.stop()
    assert not os.path.exists(pool.socket)


# ---- requests ----------------------------------------------------------------------------------------------


def test_long_params_and_answers(pool):
    assert re.match(r"params 1\d bytes 1\d{5}$", pool.get("/params", HTTP_X="y" * 100000).text)
    assert pool.get("/big/3000000").body == b"x" * 3000000
    assert fastcgi.request(pool.socket, "POST", "/body", b"z" * 1000000).text == "body 1000000"


def test_a_half_sent_record_pins_nobody(home, pools):
    pool = pools(home, workers=1, options={"fcgi": {"io_timeout": 1}}).start()
    silent = fastcgi.Connection(pool.socket)
    half = fastcgi.Connection(pool.socket)
    half.send(fastcgi.begin() + b"\x01\x04\x00\x01\x40\x00")
    began = time.monotonic()
    assert pool.get("/").status == 200
    assert time.monotonic() - began < 4
    # Closed without an answer: a request with some of its parameters is none.
    assert silent.closed_by_peer() and half.closed_by_peer()
    assert len(pool.workers()) == 1


def test_rubbish_closes_the_connection(pool):
    workers = pool.workers()
    for rubbish in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x01\x09\x00\x00\x00\x08\x00\x00" + b"\xff" * 8,
                    fastcgi.record(fastcgi.PARAMS, b"xx"), fastcgi.begin(role=9) + fastcgi.record(fastcgi.PARAMS),
                    fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, b"\x7f\x7fx") + fastcgi.record(fastcgi.PARAMS)):
        connection = fastcgi.Connection(pool.socket)
        connection.send(rubbish)
        connection.socket.shutdown(socket.SHUT_WR)
        connection.answer()
        connection.close()
    assert pool.get("/").status == 200
    assert pool.workers() == workers


def test_a_client_that_is_gone_harms_nobody(pool):
    workers = pool.workers()
    for _ in range(4):
        connection = fastcgi.Connection(pool.socket)
        connection.send_request("GET", "/big/5000000")
        connection.socket.recv(1000)
        connection.close()
    assert wait_until(lambda: pool.get("/").status == 200)
    assert pool.workers() == workers


def test_a_body_that_nobody_reads_does_not_cost_the_answer(home, pools):
    port = free_port()
    pool = pools(home, options={"fcgi": {"osapi_compute_address": f"127.0.0.1:{port}"}}).start(wait=False)
    assert pool.logged("listening on")
    for address_path in ("/unread", "/unread"):
        answer = fastcgi.request(("127.0.0.1", port), "POST", address_path, b"z" * 2000000)
        assert answer.status == 413 and answer.ended


def test_a_kept_connection_serves_again_but_pins_nobody(home, pools):
    pool = pools(home, workers=1, options={"fcgi": {"io_timeout": 10}}).start()
    kept = fastcgi.Connection(pool.socket)
    for _ in range(3):
        kept.send_request("POST", "/body", b"abc", keep=True)
        answer = kept.answer()
        assert answer.text == "body 3" and answer.ended
    began = time.monotonic()
    assert pool.get("/").status == 200
    assert time.monotonic() - began < 5
    assert kept.closed_by_peer()


def test_an_idle_kept_connection_is_closed(home, pools):
    pool = pools(home, workers=1).start()
    kept = fastcgi.Connection(pool.socket)
    kept.send_request("GET", "/", keep=True)
    assert kept.answer().status == 200
    assert kept.closed_by_peer(within=3)


@pytest.mark.skipif("define NOVA_SANITIZERS 1" in (TOP / "config.h").read_text(), reason="sanitizers keep freed memory")
def test_memory_of_a_worker_stays_flat(home, pools):
    pool = pools(home, workers=1, options={"fcgi": {"max_requests": 0}}).start()

    def serve(count):
        kept = fastcgi.Connection(pool.socket)
        for _ in range(count):
            kept.send_request("POST", "/body", b"x" * 5000, keep=True)
            assert kept.answer().text == "body 5000"
        kept.close()
        return json.loads(pool.get("/fcgi-status?json").body)["processes"][0]["private_bytes"]

    before = serve(1000)
    assert serve(10000) - before <= 64 * 1024


def test_slow_requests_are_told(home, pools):
    pool = pools(home, options={"fcgi": {"slow_request_log": 0.2}}).start()
    pool.get("/sleep/10")
    pool.get("/sleep/300?secret")
    assert pool.logged("Slow request: GET /sleep/300 took 0.3")
    assert pool.log_text().count("Slow request") == 1 and "secret" not in pool.log_text()


# ---- workers -----------------------------------------------------------------------------------------------


def test_a_killed_worker_is_replaced(pool):
    victim = pool.workers()[0]
    os.kill(victim, signal.SIGKILL)
    assert pool.logged(f"Child {victim} killed by signal 9")
    assert wait_until(lambda: len(pool.workers()) == 2 and victim not in pool.workers())
    assert pool.get("/").status == 200


def test_a_crash_costs_one_answer(pool):
    answer = pool.get("/crash")
    assert not answer.ended and answer.raw == b""
    assert pool.get("/").status == 200
    assert pool.logged("killed by signal 6")


def test_workers_leave_after_max_requests(home, pools):
    pool = pools(home, workers=2, options={"fcgi": {"max_requests": 20}}).start()
    with Load(pool.socket) as load:
        assert wait_until(lambda: len(load.pids) >= 10)
    assert not load.bad, pool.log_text()[-4000:]
    # Up to a tenth more, so that they do not leave together.
    assert max(load.pids.values()) <= 22
    assert "exited with status 0" in pool.log_text()
    # To leave as planned is not to die quickly.
    assert "Forking too fast" not in pool.log_text()


def test_forks_are_throttled(home, pools):
    # The worker cannot start: its database's URL is none.
    pool = pools(home, workers=1, options={"database": {"connection": "rubbish://"}}).start(wait=False)
    assert pool.logged("Forking too fast, sleeping", count=2)
    log = pool.log_text()
    assert log.count("exited with status 1") <= 8
    assert "ERROR oslo_service.service [-] Error starting thread." in log
    began = time.monotonic()
    pool.signal(signal.SIGTERM)
    assert pool.wait() == 0
    assert time.monotonic() - began < 3


def test_a_request_over_its_time_is_ended_and_told(home, pools):
    pool = pools(home, workers=1, options={"fcgi": {"request_timeout": 1}}).start()
    victim = pool.workers()[0]
    began = time.monotonic()
    answer = pool.get("/sleep/60000?secret=1")
    assert not answer.ended
    assert time.monotonic() - began < 5
    assert wait_until(lambda: pool.workers() and victim not in pool.workers())
    line = next(line for line in pool.log_text().splitlines() if "over request_timeout" in line)
    assert "ERROR" in line and "(GET /sleep/60000)" in line and "(1 s)" in line and f"Worker {victim} is killed" in line
    assert "secret" not in line
    assert pool.get("/").status == 200
    assert json.loads(pool.get("/fcgi-status?json").body)["timeouts"] == 1


def test_a_responder_ends_a_request_over_its_time_itself(home, pools):
    path = str(home / "front.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(8)
    pool = pools(home, options={"fcgi": {"request_timeout": 1}}, stdin=listener).start(wait=False)
    answer = fastcgi.request(path, "GET", "/sleep/60000")
    assert not answer.ended
    assert pool.wait() == 1
    assert f"Worker {pool.pid} exits" in pool.log_text()


# ---- signals -----------------------------------------------------------------------------------------------


def test_sigterm_finishes_what_runs_and_what_waits(home, pools):
    pool = pools(home, workers=1).start()
    running = in_background(pool.get, "/sleep/700")
    time.sleep(0.2)
    waiting = in_background(pool.get, "/")
    time.sleep(0.1)
    pool.signal(signal.SIGTERM)
    assert running().status == 200
    assert waiting().status == 200
    assert pool.wait() == 0


def test_second_sigterm_works_its_natural_way(home, pools):
    pool = pools(home, workers=1).start()
    worker = pool.workers()[0]
    slow = in_background(pool.get, "/sleep/1500")
    time.sleep(0.2)
    pool.signal(signal.SIGTERM)
    assert pool.logged("Waiting on 1 children to exit")
    pool.signal(signal.SIGTERM)
    assert pool.wait() == -signal.SIGTERM
    # The worker still finishes its request, then follows.
    assert slow().status == 200
    assert wait_until(lambda: not alive(worker))


def test_graceful_time_out(home, pools):
    pool = pools(home, workers=1, options={"DEFAULT": {"graceful_shutdown_timeout": 1}}).start()
    worker = pool.workers()[0]
    slow = in_background(pool.get, "/sleep/60000")
    time.sleep(0.2)
    began = time.monotonic()
    pool.signal(signal.SIGTERM)
    assert pool.wait() == 1
    assert 0.8 < time.monotonic() - began < 4
    assert "Graceful shutdown timeout exceeded, instantaneous exiting" in pool.log_text()
    assert wait_until(lambda: not alive(worker))
    slow()


def test_sigint_leaves_at_once(pool):
    workers = pool.workers()
    pool.signal(signal.SIGINT)
    assert pool.wait() == 1
    assert "Caught SIGINT signal, instantaneous exiting" in pool.log_text()
    assert wait_until(lambda: not any(alive(worker) for worker in workers))


def test_workers_leave_when_the_parent_dies(pool):
    workers = pool.workers()
    pool.signal(signal.SIGKILL)
    pool.wait()
    assert wait_until(lambda: not any(alive(worker) for worker in workers))
    assert pool.log_text().count("Parent process has died unexpectedly, exiting") == 2


def test_sighup_under_load_loses_nothing(pool):
    workers = pool.workers()
    pool.options["DEFAULT"]["debug"] = "false"
    pool.write_config()
    with Load(pool.socket) as load:
        wait_until(lambda: load.good > 20)
        for count in range(1, 4):
            pool.signal(signal.SIGHUP)
            assert pool.logged("Child caught SIGHUP, handling", count=2 * count)
        seen = load.good
        wait_until(lambda: load.good > seen + 20)
    assert not load.bad
    assert pool.workers() == workers
    assert "INFO oslo_service.service [-] Caught SIGHUP, stopping children" in pool.log_text()
    assert pool.log_text().count("Option DEFAULT.debug changed from [true] to [false]") == 3


def test_hand_over_under_load_loses_nothing(pool):
    old = set(pool.workers())
    before = pool.pid
    with Load(pool.socket) as load:
        wait_until(lambda: load.good > 20)
        pool.signal(signal.SIGUSR1)
        assert pool.wait() == 0
        load.pids.clear()
        assert wait_until(lambda: len(load.pids) == 2)
    try:
        assert not load.bad
        assert not any(alive(worker) for worker in old)
        took = int(re.search(r"process (\d+) is to take over", pool.log_text())[1])
        assert took != before and len(children(took)) == 2
        assert sorted(load.pids) == sorted(f"pid {pid}" for pid in children(took))
        # And once more, from the pool that took over.
        with Load(pool.socket) as load:
            os.kill(took, signal.SIGUSR1)
            assert wait_until(lambda: not alive(took))
        assert not load.bad
        took = int(re.findall(r"process (\d+) is to take over", pool.log_text())[1])
    finally:
        os.kill(took, signal.SIGTERM)
    assert wait_until(lambda: not alive(took))
    assert not os.path.exists(pool.socket)


def test_a_hand_over_that_fails_changes_nothing(pool):
    pool.config.write_text("[DEFAULT]\nrubbish without a value\n")
    pool.signal(signal.SIGUSR1)
    assert pool.logged("did not come up; this pool goes on")
    assert pool.get("/").status == 200
    # the successor has said that it does not come up, and leaves in its own time
    assert wait_until(lambda: len([pid for pid in pool.workers() if alive(pid)]) == 2)


# ---- the service manager -----------------------------------------------------------------------------------


@pytest.mark.parametrize("abstract", [False, True])
def test_notifications(home, pools, abstract):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    name = f"@naf-{os.getpid()}" if abstract else str(home / "notify")
    manager.bind("\0" + name[1:] if abstract else name)
    manager.settimeout(5)
    pool = pools(home, environment={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "2000000"}).start()
    assert manager.recv(100) == b"READY=1"
    assert manager.recv(100) == b"WATCHDOG=1"
    began = time.monotonic()
    assert manager.recv(100) == b"WATCHDOG=1"
    assert time.monotonic() - began < 2
    for worker in pool.workers():
        assert b"NOTIFY_SOCKET" not in pathlib.Path(f"/proc/{pool.pid}/environ").read_bytes() or worker
    pool.signal(signal.SIGHUP)
    assert wait_until(lambda: manager.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC="))
    pool.signal(signal.SIGTERM)
    assert wait_until(lambda: manager.recv(100) == b"STOPPING=1")


# ---- what one can see --------------------------------------------------------------------------------------


def test_status_in_every_format(pool):
    for _ in range(5):
        pool.get("/?token=secret", headers={"X-Auth-Token": "secret"})
    # A worker counts a request after its answer has gone out; the second worker may be younger than its process.
    assert wait_until(lambda: (board := json.loads(pool.get("/fcgi-status?json").body))["requests"] >= 5 and board["workers"] == 2)
    board = json.loads(pool.get("/fcgi-status?json").body)
    assert board["workers"] == 2 and board["parent"] == pool.pid
    assert sorted(worker["pid"] for worker in board["processes"]) == sorted(pool.workers())
    for worker in board["processes"]:
        assert worker["private_bytes"] > 0 and worker["uptime"] >= 0 and worker["api"] == "osapi_compute"
    assert [worker for worker in board["processes"] if worker["busy"] and worker["route"] == "/fcgi-status"]
    text = pool.get("/fcgi-status")
    assert text.header("Content-Type") == "text/plain; charset=UTF-8"
    assert "workers:       2" in text.text
    full = pool.get("/fcgi-status?full").text
    assert full.count("pid:") == 2 and "last route:    GET /" in full
    assert "<table>" in pool.get("/fcgi-status?html").text
    metrics = pool.get("/fcgi-status", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"})
    assert metrics.header("Content-Type").startswith("text/plain; version=0.0.4")
    for line in metrics.text.splitlines():
        assert re.match(r"(# (HELP|TYPE) \w+ .+|\w+(\{\w+=\"[^\"]*\"(,\w+=\"[^\"]*\")*\})? [-+.e0-9]+)$", line), line
    assert pool.get("/fcgi-status", headers={"Accept": "application/json"}).header("Content-Type") == "application/json"
    for form in ("", "?json", "?html", "?full", "?prometheus"):
        assert "secret" not in pool.get("/fcgi-status" + form).text
    assert fastcgi.request(pool.socket, "POST", "/fcgi-status", b"{}").status == 405


TITLES = ["Guru Meditation", "Package", "Threads", "Green Threads", "Processes", "Configuration", "Workers", "Memory",
          "Connections"]


def titles(report):
    return [line[4:-4].strip() for line in report.splitlines() if re.match("====.{64}====$", line) and " " in line]


def test_report_of_parent_and_worker(home, pools):
    pool = pools(home, options={"database": {}, "api_database": {"connection": "postgresql://u:geheim@/x"}}).start()
    slow = in_background(pool.get, "/sleep/1500?secret=1")
    time.sleep(0.2)
    pool.signal(signal.SIGUSR2)
    assert wait_until(lambda: "Connections" in pool.errors())
    report = pool.errors()
    assert titles(report) == TITLES
    assert re.search(r"Worker \d+ of osapi_compute: .* for 0\.\d+ s", report)
    assert "    Request - GET /sleep/1500, begun 0." in report
    assert "secret=1" not in report and "geheim" not in report
    assert f"Process {pool.pid} (under " in report
    for worker in pool.workers():
        assert f"    Process {worker} (under {pool.pid})" in report
    assert "\ndefault: \n" in report and "\n  host = testhost\n" in report
    assert slow().status == 200
    os.kill(pool.workers()[0], signal.SIGUSR2)
    assert wait_until(lambda: titles(pool.errors()) == TITLES * 2)


def test_report_names_the_distribution(home, pools):
    (home / "release").write_text("[Nova]\nvendor = Example Ltd\npackage = 7.el9\n")
    pool = pools(home).start()
    pool.signal(signal.SIGUSR2)
    assert wait_until(lambda: "Connections" in pool.errors())
    assert re.search(r"product = OpenStack Nova\nvendor = Example Ltd\nversion = \d+\.\d+\.\d+-7\.el9\n", pool.errors())


def test_report_into_a_directory(home, pools):
    reports = home / "reports"
    reports.mkdir()
    pool = pools(home, options={"oslo_reports": {"log_dir": reports}}).start()
    pool.signal(signal.SIGUSR2)
    assert wait_until(lambda: list(reports.iterdir()))
    name = next(reports.iterdir()).name
    assert re.match(r"testpool_gurumeditation_\d{14}$", name)
    assert wait_until(lambda: "Connections" in (reports / name).read_text())


def test_report_by_a_file(home, pools):
    trigger = home / "trigger"
    trigger.touch()
    pool = pools(home, options={"oslo_reports": {"file_event_handler": trigger}}).start()
    os.utime(trigger, (time.time() + 60, time.time() + 60))
    assert wait_until(lambda: "Guru Meditation" in pool.errors(), seconds=5)
    # The signal is not the trigger then, and does no harm.
    pool.signal(signal.SIGUSR2)
    assert pool.get("/").status == 200
    time.sleep(0.2)
    assert titles(pool.errors()) == TITLES


# ---- TLS ---------------------------------------------------------------------------------------------------


def test_tls_files_are_checked(home, pools):
    pool = pools(home, options={"DEFAULT": {"enabled_ssl_apis": "osapi_compute"}}).start(wait=False)
    assert pool.wait() == 1
    assert "Failed to start osapi_compute on 0.0.0.0:8774 with SSL support" in pool.log_text()
    assert ("When running server in SSL mode, you must specify both a cert_file and key_file option value in your "
            "configuration file") in pool.errors()
    pool.options["wsgi"] = {"ssl_cert_file": "/nonexistent/cert", "ssl_key_file": pool.config}
    pool.write_config()
    pool.start(wait=False)
    assert pool.wait() == 1
    assert "Unable to find cert_file : /nonexistent/cert" in pool.errors()


def test_plain_requests_of_a_tls_api_are_refused(home, pools):
    config = home / "nova.conf"
    options = {"DEFAULT": {"enabled_ssl_apis": "osapi_compute"},
               "wsgi": {"ssl_cert_file": config, "ssl_key_file": config}}
    pool = pools(home, options=options).start(wait=False)
    assert pool.logged("listening on")
    assert pool.get("/").status == 400
    assert pool.get("/", HTTPS="on").status == 200
    # A header is believed only where the options say so.
    assert pool.get("/", headers={"X-Forwarded-Proto": "https"}).status == 400
    pool.stop()
    pool.options["oslo_middleware"] = {"enable_proxy_headers_parsing": "true"}
    pool.write_config()
    pool.start(wait=False)
    assert wait_until(lambda: os.path.exists(pool.socket))
    assert pool.get("/", headers={"X-Forwarded-Proto": "https"}).status == 200
    assert pool.get("/", headers={"Forwarded": "for=192.0.2.1;proto=https"}).status == 200
    assert pool.get("/", headers={"X-Forwarded-Proto": "http"}).status == 400


# ---- --check and the command line --------------------------------------------------------------------------


def test_check(home):
    pool = Pool(home)
    good = subprocess.run([*pool.arguments, "--check"], capture_output=True, text=True)
    assert good.returncode == 0, good.stdout + good.stderr
    pool.options["fcgi"]["io_timeout"] = "soon"
    pool.write_config()
    bad = subprocess.run([*pool.arguments, "--check"], capture_output=True, text=True)
    assert bad.returncode == 1
    assert str(pool.config) in bad.stdout and "io_timeout" in bad.stdout and "soon" in bad.stdout
    line = next(number for number, text in enumerate(pool.config.read_text().splitlines(), 1) if "io_timeout" in text)
    assert re.search(rf"\b{line}\b", bad.stdout)


def test_check_tells_a_log_file_that_cannot_be_written(home):
    pool = Pool(home, options={"DEFAULT": {"log_file": "/nonexistent/log"}, "oslo_reports": {"log_dir": "/nonexistent"}})
    bad = subprocess.run([*pool.arguments, "--check"], capture_output=True, text=True)
    assert bad.returncode == 1
    assert "/nonexistent/log" in bad.stdout
    pool.options["DEFAULT"]["log_file"] = pool.log
    pool.write_config()
    bad = subprocess.run([*pool.arguments, "--check"], capture_output=True, text=True)
    line = pool.config.read_text().splitlines().index("log_dir = /nonexistent") + 1
    assert bad.returncode == 1
    assert f"{pool.config}:{line}: [oslo_reports] log_dir = /nonexistent" in bad.stdout


def test_version():
    version = subprocess.run([str(TESTPOOL), "--version"], capture_output=True, text=True)
    assert version.returncode == 0 and version.stdout == "26.2.2\n"
