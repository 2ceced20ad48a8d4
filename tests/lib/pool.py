# SPDX-License-Identifier: Apache-2.0
"""Starts and stops the program under test, with a directory of its own."""
import os
import pathlib
import signal
import subprocess
import time

import guardian
from fastcgi import request

TOP = pathlib.Path(os.environ.get("NOVA_BUILD") or os.environ.get("abs_top_builddir") or pathlib.Path(__file__).resolve().parents[2])
TESTPOOL = TOP / "tests/functional/testpool"


def wait_until(what, seconds=10, every=0.02):
    """Calls `what` until it is true; its last value."""
    until = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > until:
            return value
        time.sleep(every)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listed:
            return [int(child) for child in listed.read().split()]
    except OSError:
        return []


class Pool:
    """The program as a pool on a unix socket in `home`."""

    def __init__(self, home, workers=2, options=None, program=TESTPOOL, environment=None, arguments=(), **spawn):
        self.home = pathlib.Path(home)
        self.program = str(program)
        self.socket = str(self.home / "osapi_compute.sock")
        self.log = self.home / "log"
        self.stderr = self.home / "stderr"
        self.config = self.home / "nova.conf"
        self.options = {
            "DEFAULT": {"enabled_apis": "osapi_compute", "osapi_compute_workers": workers, "log_file": self.log,
                        "debug": "true", "log_options": "false", "host": "testhost"},
            "fcgi": {"socket_dir": self.home, "io_timeout": 2},
        }
        for group, rows in (options or {}).items():
            self.options.setdefault(group, {}).update(rows)
        self.write_config()
        self.environment = dict(os.environ, **(environment or {}))
        self.environment.pop("NOTIFY_SOCKET", None)
        self.environment.update(environment or {})
        self.arguments = [self.program, "--config-file", str(self.config), *arguments]
        self.spawn = spawn
        self.wanted = workers
        self.process = None

    def write_config(self):
        with open(self.config, "w") as out:
            for group, rows in self.options.items():
                out.write(f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in rows.items()))

    def start(self, wait=True):
        with open(self.stderr, "ab") as errors:
            self.process = subprocess.Popen(self.arguments, env=self.environment, stderr=errors, cwd=self.home,
                                            **{"stdin": subprocess.DEVNULL, "stdout": errors, **self.spawn})
        self.ward = guardian.process(self.process)
        if wait:
            assert wait_until(lambda: self.answers() and len(self.workers()) >= self.wanted or self.process.poll() is not None), self.log_text()
            assert self.process.poll() is None, self.errors() + self.log_text()
        return self

    @property
    def pid(self):
        return self.process.pid

    def workers(self):
        return children(self.pid)

    def answers(self):
        try:
            return self.get("/", timeout=2).status == 200
        except OSError:
            return False

    def get(self, path="/", **more):
        return request(self.socket, "GET", path, **more)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=20):
        return self.process.wait(seconds)

    def log_text(self):
        return self.log.read_text() if self.log.exists() else ""

    def errors(self):
        return self.stderr.read_text(errors="replace") if self.stderr.exists() else ""

    def logged(self, text, seconds=10, count=1):
        """Has the log this text so many times (soon)?"""
        return bool(wait_until(lambda: self.log_text().count(text) >= count, seconds))

    def stop(self):
        if self.process and self.process.poll() is None:
            workers = self.workers()
            self.signal(signal.SIGTERM)
            try:
                self.wait(10)
            except subprocess.TimeoutExpired:
                for pid in [self.pid, *workers]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                self.wait(5)
        if self.process:
            guardian.forget(self.ward)
