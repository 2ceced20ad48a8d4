# SPDX-License-Identifier: Apache-2.0
"""Servers of a test program that was killed are ended too (tests/lib/guardian.py)."""
import os
import pathlib
import signal
import subprocess
import sys

import pytest
from pool import wait_until

LIB = pathlib.Path(__file__).resolve().parents[1] / "lib"
PROGRAM = """
import subprocess, sys, time
sys.path.insert(0, {lib!r})
import guardian
alone = subprocess.Popen(["sleep", "600"])
leader = subprocess.Popen(["sh", "-c", "sleep 600; :"], start_new_session=True)
kept = subprocess.Popen(["sleep", "600"], start_new_session=True)
guardian.command(["rm", "-rf", {folder!r}])
guardian.process(alone)
guardian.process(leader)
guardian.forget(guardian.process(kept))
print(alone.pid, leader.pid, kept.pid, flush=True)
time.sleep(600)
"""


def runs(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_killed_program_started_is_ended(home, number):
    folder = home / "left"
    folder.mkdir()
    program = subprocess.Popen([sys.executable, "-c", PROGRAM.format(lib=str(LIB), folder=str(folder))],
                               stdout=subprocess.PIPE, text=True)
    alone, leader, kept = map(int, program.stdout.readline().split())
    try:
        assert all(map(runs, (alone, leader, kept)))
        program.send_signal(number)
        program.wait(10)
        assert wait_until(lambda: not runs(alone) and not runs(leader) and not folder.exists(), 10)
        assert runs(kept)
    finally:
        os.kill(kept, signal.SIGKILL)
