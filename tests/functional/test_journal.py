# SPDX-License-Identifier: Apache-2.0
"""use_journal: what journald hears, over its own protocol, in a mount namespace where its socket is ours."""
import socket
import struct
import subprocess

import pytest

SCRIPT = ('mount -t tmpfs none /run && mkdir -p /run/systemd/journal && touch /run/systemd/journal/socket && '
          'mount --bind "$0" /run/systemd/journal/socket && exec "$@"')


def fields(datagram):
    """One record: NAME=value lines, or NAME, a length of 8 bytes and the bytes where a value has lines."""
    out = {}
    while datagram:
        head, datagram = datagram.split(b"\n", 1)
        if b"=" in head:
            name, value = head.split(b"=", 1)
        else:
            name, (length,) = head, struct.unpack("<Q", datagram[:8])
            value, datagram = datagram[8:8 + length], datagram[9 + length:]
        out[name.decode()] = value.decode()
    return out


def maps(pool):
    with open(f"/proc/{pool.pid}/maps", encoding="utf-8") as mapped:
        return mapped.read()


@pytest.fixture
def journal(home):
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("mount namespaces cannot be made here")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(home / "journal.sock"))
    listener.settimeout(10)
    yield listener
    listener.close()


def test_records_carry_the_fields_of_upstream(home, pools, journal):
    pool = pools(home, options={"DEFAULT": {"use_journal": "true"}})
    pool.arguments = ["unshare", "-m", "sh", "-c", SCRIPT, str(home / "journal.sock"), *pool.arguments]
    pool.start()
    record = {}
    while "listening on" not in record.get("MESSAGE", ""):
        record = fields(journal.recv(1 << 16))
    assert record["MESSAGE"].endswith(f" INFO nova.wsgi [-] osapi_compute listening on unix:{pool.socket}")
    assert {name: record[name] for name in ("LOGGER_NAME", "LOGGER_LEVEL", "PRIORITY", "THREAD_NAME", "PROCESS_NAME")} == {
        "LOGGER_NAME": "nova.wsgi", "LOGGER_LEVEL": "INFO", "PRIORITY": "6", "THREAD_NAME": "MainThread",
        "PROCESS_NAME": "MainProcess"}
    assert record["SYSLOG_IDENTIFIER"] == "testpool" and int(record["CODE_LINE"]) > 0 and record["CODE_FILE"].endswith(".c")
    # The file has it too: the journal is one more place.
    assert pool.logged(record["MESSAGE"])
    assert "libsystemd" in maps(pool)


def test_who_does_not_ask_for_the_journal_does_not_load_its_library(home, pools):
    assert "libsystemd" not in maps(pools(home).start())
