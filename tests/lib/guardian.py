# SPDX-License-Identifier: Apache-2.0
"""Ends the servers of a test program that is gone without having stopped them: killed, or ended by a signal.

    ward = guardian.process(popen)               ends it, and what else is in its process group if it leads one
    ward = guardian.command(['rm', '-rf', base]) runs the command
    guardian.forget(ward)                        it was stopped in the usual way

What is named last is ended first.  A process of our own waits for the end of a pipe that only the test program holds, so that neither
the thread that started a server nor a change of user (both undo a parent-death signal) matters.
"""
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading

_lock = threading.Lock()
_numbers = itertools.count(1)
_watch = None


def _forked():
    """A copy of the test program must not hold the pipe open."""
    global _watch
    if _watch:
        _watch.stdin.close()
    _watch = None


os.register_at_fork(after_in_child=_forked)


def _say(**what):
    global _watch
    with _lock:
        if not _watch:
            _watch = subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, cwd='/', start_new_session=True)
        _watch.stdin.write(json.dumps(what).encode() + b'\n')
        _watch.stdin.flush()
    return what.get('ward')


def _since(pid):
    """When the process began, so that another one of the same number is not taken for it."""
    with contextlib.suppress(OSError), open('/proc/%d/stat' % pid, encoding='utf-8', errors='replace') as f:
        return f.read().rpartition(')')[2].split()[19]
    return None


def process(popen):
    return _say(ward=next(_numbers), pid=popen.pid, since=_since(popen.pid))


def command(argv):
    return _say(ward=next(_numbers), argv=argv)


def forget(ward):
    if ward:
        _say(forget=ward)


def _end(ward):
    if 'argv' in ward:
        subprocess.run(ward['argv'], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        return
    pid = ward['pid']
    if ward['since'] is None or _since(pid) != ward['since']:
        return
    if os.getpgid(pid) == pid:
        os.killpg(pid, signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGTERM)


def main():
    wards = {}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        what = json.loads(line)
        if 'forget' in what:
            wards.pop(what['forget'], None)
        else:
            wards[what['ward']] = what
    for ward in reversed(wards.values()):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            _end(ward)


if __name__ == '__main__':
    main()
