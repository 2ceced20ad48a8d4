# SPDX-License-Identifier: Apache-2.0
"""The unit files under systemd itself: process 1 of a namespace with its own /run and control groups.

The files of deploy/systemd are taken as they are; a drop-in says only what a machine without the package cannot have: the account, the
program's place and its options.
"""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import fastcgi  # noqa: E402
from load import Load  # noqa: E402
from pool import TESTPOOL, TOP, alive, children, wait_until  # noqa: E402

UNITS = pathlib.Path(__file__).resolve().parents[2] / "deploy/systemd"
SYSTEMD = "/usr/lib/systemd/systemd"
NAMESPACE = ["unshare", "--mount", "--pid", "--fork", "--cgroup", "--ipc", "--uts", "--mount-proc", "--kill-child"]
MOUNTS = ("for at in /run /var/log /var/lib/systemd; do mount -t tmpfs tmpfs $at || exit; done; "
          "mount -t cgroup2 none /sys/fs/cgroup && mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys")
BOOT = MOUNTS + ' && exec env -i PATH="$PATH" container=other SYSTEMD_UNIT_PATH="$0" SYSTEMD_GENERATOR_PATH=/nonexistent "$@"'
# What every unit leans on; the machine's own units stay out.
TARGETS = {
    "basic.target": "Requires=sysinit.target\nAfter=sysinit.target sockets.target",
    "sockets.target": "",
    "sysinit.target": "",
    "shutdown.target": "DefaultDependencies=no",
}
WATCHDOG = 4


class Machine:
    """systemd as process 1 of a namespace."""

    def __init__(self, home):
        self.units, self.home = home / "units", home
        self.units.mkdir()
        for name, lines in TARGETS.items():
            (self.units / name).write_text(f"[Unit]\nDescription={name}\n{lines}\n")

    def add(self, name, dropin):
        shutil.copy(UNITS / name, self.units)
        (self.units / f"{name}.d").mkdir()
        (self.units / f"{name}.d/test.conf").write_text(dropin)

    def boot(self):
        with open(self.home / "systemd.log", "wb") as out:
            self.process = subprocess.Popen(
                [*NAMESPACE, "sh", "-c", BOOT, str(self.units), SYSTEMD, "--system", "--unit=basic.target", "--log-target=console",
                 "--show-status=no"], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        return bool(wait_until(lambda: self.process.poll() is not None or self.systemctl("is-active", "basic.target", check=False) == "active"))

    @property
    def first(self):
        """Process 1, by its number outside."""
        return (children(self.process.pid) or [0])[0]

    def systemctl(self, *words, check=True):
        done = subprocess.run(["nsenter", "--target", str(self.first), "--mount", "--pid", "systemctl", "--no-pager", *words],
                              capture_output=True, text=True, timeout=60, check=False)
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done.stdout.strip()

    def property(self, unit, name):
        return self.systemctl("show", "--property", name, "--value", unit)

    def path(self, inside):
        return f"/proc/{self.first}/root{inside}"

    def outside(self, inside):
        """The number outside of a process that has this number in the namespace."""
        for entry in pathlib.Path("/proc").iterdir():
            try:
                numbers = re.search(r"^NSpid:\t(.*)$", (entry / "status").read_text(), re.M)[1].split()
                if numbers[1:] == [str(inside)] and os.stat(entry / "ns/pid").st_ino == os.stat(f"/proc/{self.first}/ns/pid").st_ino:
                    return int(numbers[0])
            except (OSError, TypeError):
                continue
        return 0

    def stop(self):
        try:
            # The private /tmp of a unit lies in the machine's, and goes with the unit.
            self.systemctl("stop", "nova-api-fcgi.socket", "nova-api-fcgi.service", check=False)
        finally:
            self.process.kill()
            self.process.wait(10)


class Service:
    """nova-api-fcgi.service on a machine; the program is the tests' own, with the real launcher."""
    NAME = "nova-api-fcgi.service"

    def __init__(self, machine):
        self.machine = machine
        self.socket = machine.path("/run/nova-api-fcgi/osapi_compute.sock")

    def show(self, name):
        return self.machine.property(self.NAME, name)

    @property
    def main(self):
        return int(self.show("MainPID"))

    def log(self):
        path = pathlib.Path(self.machine.path("/var/log/nova/nova-api-fcgi.log"))
        return path.read_text() if path.exists() else ""

    def workers(self):
        return children(self.machine.outside(self.main))

    def answers(self):
        try:
            return fastcgi.request(self.socket, "GET", "/", timeout=2).status == 200
        except OSError:
            return False

    def started(self):
        return bool(wait_until(lambda: self.answers() and len(self.workers()) == 2))


@pytest.fixture
def machine(home):
    if os.geteuid() or not os.path.exists(SYSTEMD):
        pytest.skip("systemd is not installed, or this is not root")
    if subprocess.run([*NAMESPACE, "sh", "-c", MOUNTS], capture_output=True, check=False).returncode:
        pytest.skip("namespaces with control groups of their own cannot be made here")
    home.chmod(0o755)
    account = "nova" if any(one.pw_name == "nova" for one in pwd.getpwall()) else "nobody"
    group = {"nova": "nova"}.get(account, "nogroup")
    config = home / "nova.conf"
    config.write_text("[DEFAULT]\nenabled_apis = osapi_compute\nosapi_compute_workers = 2\nhost = testhost\ndebug = true\nlog_options = false\n"
                      "[fcgi]\nsocket_dir = /run/nova-api-fcgi\n")
    one = Machine(home)
    one.add("nova-api-fcgi.service", f"[Service]\nUser={account}\nGroup={group}\nWatchdogSec={WATCHDOG}\nLimitCORE=0\nExecStart=\n"
            f"ExecStart={TESTPOOL} --config-file {config} --log-file /var/log/nova/nova-api-fcgi.log\nBindReadOnlyPaths={TOP} {config}\n"
            f"Environment=ASAN_OPTIONS={os.environ.get('ASAN_OPTIONS', 'detect_leaks=0')}\n")
    one.add("nova-api-fcgi.socket", f"[Socket]\nSocketUser={account}\nSocketGroup={group}\n")
    try:
        if not one.boot() or one.process.poll() is not None:
            pytest.skip("systemd does not come up in a namespace here: " + (home / "systemd.log").read_text(errors="replace")[-300:])
        yield one
    finally:
        one.stop()


@pytest.fixture
def service(machine):
    one = Service(machine)
    machine.systemctl("start", one.NAME)
    one.socket = machine.path("/run/nova-api-fcgi/osapi_compute.sock")
    assert one.started(), one.log() + machine.systemctl("status", one.NAME, check=False)
    return one


def test_started_once_it_serves_and_stopped_by_its_main_process(service):
    assert (service.show("ActiveState"), service.show("SubState"), service.show("Type")) == ("active", "running", "notify")
    main = service.machine.outside(service.main)
    workers = service.workers()
    assert os.stat(f"/proc/{main}").st_uid != 0
    service.machine.systemctl("stop", service.NAME)
    assert not any(alive(pid) for pid in [main, *workers])
    assert (service.show("ActiveState"), service.show("Result"), service.show("ExecMainStatus")) == ("inactive", "success", "0")
    assert "Caught SIGTERM, stopping children" in service.log()
    assert not os.path.exists(service.socket)


def test_reload_is_told_and_nobody_is_refused(service):
    main, workers = service.main, service.workers()
    with Load(service.socket) as load:
        wait_until(lambda: load.good > 20)
        service.machine.systemctl("reload", service.NAME)
        assert wait_until(lambda: service.log().count("Child caught SIGHUP, handling") == 2)
        seen = load.good
        wait_until(lambda: load.good > seen + 20)
    assert not load.bad
    assert (service.main, service.workers(), service.show("NRestarts")) == (main, workers, "0")
    assert wait_until(lambda: service.show("SubState") == "running")


def test_hand_over_moves_the_main_process_and_nobody_is_refused(service):
    """Twice, since the second is asked of a process that systemd did not start; then the watchdog's time goes by."""
    with Load(service.socket) as load:
        for _ in range(2):
            old, workers = service.main, service.workers()
            before = service.machine.outside(old)
            seen = load.good
            wait_until(lambda: load.good > seen + 20)
            service.machine.systemctl("kill", "--kill-whom=main", "--signal=SIGUSR1", service.NAME)
            assert wait_until(lambda: service.main != old), service.log()
            assert wait_until(lambda: not any(alive(pid) for pid in [before, *workers]))
            took = int(re.findall(r"process (\d+) is to take over", service.log())[-1])
            assert service.main == took
            assert (service.show("ActiveState"), service.show("SubState"), service.show("NRestarts")) == ("active", "running", "0")
            assert wait_until(lambda: len(service.workers()) == 2)
        time.sleep(1.5 * WATCHDOG)
    assert not load.bad
    assert (service.main, service.show("NRestarts"), service.show("Result")) == (took, "0", "success")
    assert "did not come up" not in service.log()
    service.machine.systemctl("reload", service.NAME)
    assert wait_until(lambda: service.log().count("Child caught SIGHUP, handling") == 2)
    last = [service.machine.outside(took), *service.workers()]
    service.machine.systemctl("stop", service.NAME)
    assert not any(alive(pid) for pid in last)
    assert (service.show("ActiveState"), service.show("Result")) == ("inactive", "success")
    assert not os.path.exists(service.socket)


def test_the_end_of_whoever_took_over_is_seen(service):
    """A main process that systemd did not start dies: the service has failed, and starts anew."""
    old = service.main
    service.machine.systemctl("kill", "--kill-whom=main", "--signal=SIGUSR1", service.NAME)
    assert wait_until(lambda: service.main not in (0, old))
    took = service.main
    wait_until(lambda: not service.machine.outside(old))
    os.kill(service.machine.outside(took), signal.SIGKILL)
    assert wait_until(lambda: service.show("NRestarts") == "1")
    assert service.started() and service.main not in (old, took)


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_parent_that_hangs_is_started_anew(service, handed_over):
    main = service.main
    if handed_over:
        service.machine.systemctl("kill", "--kill-whom=main", "--signal=SIGUSR1", service.NAME)
        assert wait_until(lambda: service.main not in (0, main))
        main = service.main
    os.kill(service.machine.outside(main), signal.SIGSTOP)
    assert wait_until(lambda: service.show("NRestarts") == "1", 3 * WATCHDOG + 5)
    assert service.started() and service.main != main


def test_a_successor_that_does_not_come_up_changes_nothing(service):
    old = service.main
    (service.machine.home / "nova.conf").write_text("[DEFAULT]\nrubbish without a value\n")
    service.machine.systemctl("kill", "--kill-whom=main", "--signal=SIGUSR1", service.NAME)
    assert wait_until(lambda: "did not come up; this pool goes on" in service.log())
    assert service.answers() and service.main == old
    assert (service.show("ActiveState"), service.show("SubState")) == ("active", "running")


def test_with_the_socket_a_restart_refuses_nobody(machine):
    machine.systemctl("start", "nova-api-fcgi.socket")
    service = Service(machine)
    assert service.show("ActiveState") == "inactive"
    assert wait_until(service.answers), service.log() + machine.systemctl("status", service.NAME, check=False)
    with Load(service.socket) as load:
        for _ in range(2):
            main, seen = service.main, load.good
            wait_until(lambda: load.good > seen + 20)
            machine.systemctl("restart", service.NAME)
            assert service.main not in (0, main)
        service.machine.systemctl("kill", "--kill-whom=main", "--signal=SIGUSR1", service.NAME)
        seen = load.good
        wait_until(lambda: load.good > seen + 20)
    assert not load.bad
