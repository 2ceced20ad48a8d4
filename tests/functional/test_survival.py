# SPDX-License-Identifier: Apache-2.0
"""What goes wrong around the pool, and what its clients see of it."""
import json
import os
import signal
import socket
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import cloud  # noqa: E402
import stack  # noqa: E402

LIST = '/v2.1/servers/detail'


@pytest.fixture
def served(folder):
    """(pool, lighttpd) with two workers."""
    conf = folder.configuration()
    text = open(conf, encoding='utf-8').read()
    with open(conf, 'w', encoding='utf-8') as out:
        out.write(text.replace('[DEFAULT]\n', '[DEFAULT]\nosapi_compute_workers = 2\n'))
    pool = stack.Pool(folder.path, conf)
    front = stack.Lighttpd(folder.path, pool.socket)
    stack.wait_until('both workers run', lambda: len(workers(pool)) == 2)
    yield pool, front
    front.stop()
    pool.stop()


def workers(pool):
    with open('/proc/%d/task/%d/children' % (pool.pid, pool.pid), encoding='ascii') as f:
        return [int(pid) for pid in f.read().split()]


def private_kib(pid):
    with open('/proc/%d/smaps_rollup' % pid, encoding='ascii') as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith('Private_'))


class Load(threading.Thread):
    """Asks the same thing again and again until told to stop, and keeps the statuses."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.statuses, self.leave = url, [], threading.Event()

    def run(self):
        while not self.leave.is_set() and len(self.statuses) < 20000:
            try:
                self.statuses.append(stack.get(self.url, timeout=30)[0])
            except OSError:
                self.statuses.append(0)
            time.sleep(0.002)

    def wait_for_good(self, count):
        """Until so many more answers were 200."""
        wanted = self.statuses.count(200) + count
        stack.wait_until('%d more good answers' % count, lambda: self.statuses.count(200) >= wanted, seconds=60)

    def finish(self):
        self.leave.set()
        self.join(60)
        return self.statuses


def test_a_killed_worker_is_replaced_and_others_go_on(served):
    pool, front = served
    before = workers(pool)
    load = Load(front.url + LIST)
    load.start()
    load.wait_for_good(20)
    os.kill(before[0], signal.SIGKILL)
    stack.wait_until('the worker is replaced', lambda: len(workers(pool)) == 2 and before[0] not in workers(pool))
    load.wait_for_good(20)
    statuses = load.finish()
    # The request inside the killed worker may be lost; lighttpd says 500 or 503 for it. Nothing else is.
    assert len([s for s in statuses if s != 200]) <= 2, statuses


def test_postgresql_restarted_under_load(served):
    pool, front = served
    load = Load(front.url + LIST)
    load.start()
    load.wait_for_good(20)
    cloud.cluster().restart()
    after = len(load.statuses)
    load.wait_for_good(20)
    statuses = load.finish()
    assert statuses[:5] == [200] * 5
    # The server is there again when restart returns: at most the answers that were under way then are not good.
    assert set(statuses[after + 2:]) == {200}, 'it answers again by itself'
    assert set(statuses) <= {200, 500}, set(statuses)
    assert len(workers(pool)) == 2, 'no worker died of it'


def test_postgresql_stopped_gives_the_fault_in_bounded_time(folder):
    conf = folder.configuration()
    text = open(conf, encoding='utf-8').read()
    dead = stack.free_port()
    with open(conf, 'w', encoding='utf-8') as out:
        out.write(text.replace(str(cloud.cluster().port), str(dead)))
    responder = folder.path + '/responder'
    os.mkdir(responder)
    pool = stack.Pool(folder.path, conf)
    front = stack.Lighttpd(folder.path, pool.socket)
    try:
        begun = time.monotonic()
        status, _, body = stack.get(front.url + '/v2.1/flavors')
        assert status == 500 and time.monotonic() - begun < 30
        assert 'Unexpected API Error' in json.loads(body)['computeFault']['message']
    finally:
        front.stop()
        pool.stop()


def test_a_client_that_leaves_in_the_middle_of_an_answer_harms_nobody(served):
    pool, front = served
    before = workers(pool)
    for _ in range(20):
        with socket.create_connection(('127.0.0.1', front.port)) as s:
            s.sendall(('GET %s HTTP/1.1\r\nHost: x\r\nX-Auth-Token: %s\r\n\r\n' % (LIST, stack.TOKEN)).encode())
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    assert stack.get(front.url + LIST)[0] == 200
    assert workers(pool) == before


def test_the_parent_killed_takes_its_workers_along(served):
    pool, _ = served
    children = workers(pool)
    os.kill(pool.pid, signal.SIGKILL)
    stack.wait_until('the workers leave', lambda: not any(alive(pid) for pid in children))


def alive(pid):
    try:
        with open('/proc/%d/stat' % pid, encoding='latin-1') as f:
            return f.read().rsplit(') ', 1)[1][0] != 'Z'
    except OSError:
        return False


def test_a_body_over_the_limit_is_a_413_before_authentication(served):
    _, front = served
    out = stack.raw(front.port, b'POST /v2.1/servers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
              b'Content-Type: application/json\r\nContent-Length: 114689\r\n\r\n' + b'x' * 114689)
    assert out.startswith(b'HTTP/1.1 413 '), out[:200]
    assert b'Request is too large. Larger than max_request_body_size (114688).' in out


def test_headers_that_collide_are_one_header_and_the_last_one_counts(served):
    # FastCGI knows X-Auth-Token and X_Auth_Token by one name; what uwsgi gives Python's nova-api is the last of them.
    _, front = served
    ours = 'X-Auth-Token: admin:%s\r\n' % stack.PROJECT
    nobodys = 'X_Auth_Token: admin:ffffffffffffffffffffffffffffffff\r\n'
    head = 'GET /v2.1/servers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
    out = stack.raw(front.port, (head + ours + nobodys + '\r\n').encode())
    assert out.startswith(b'HTTP/1.1 200 ') and out.endswith(b'{"servers": []}'), out[-200:]
    out = stack.raw(front.port, (head + nobodys + ours + '\r\n').encode())
    assert out.startswith(b'HTTP/1.1 200 ') and b'"servers": [{' in out, out[-200:]


def test_the_proxy_header_goes_nowhere(served, folder):
    pool, front = served
    out = stack.raw(front.port, ('GET /v2.1/flavors HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Auth-Token: %s\r\n'
                           'Proxy: http://evil.example:1\r\n\r\n' % stack.TOKEN).encode())
    assert out.startswith(b'HTTP/1.1 200 ')
    for pid in workers(pool):
        with open('/proc/%d/environ' % pid, 'rb') as f:
            assert b'evil.example' not in f.read()


def test_long_header_and_query_are_answered(served):
    _, front = served
    status, _, _ = stack.get(front.url + '/v2.1/servers?name=' + 'a' * 6000)
    assert status == 200


def test_ten_thousand_requests_leave_memory_flat(served):
    pool, front = served
    import http.client
    paths = ['/', '/v2.1/servers?limit=2', '/v2.1/flavors/detail', LIST + '?limit=5', '/v2.1/nothing',
             '/v2.1/servers?limit=x']
    total = 2000 if 'asan' in stack.BUILD else 10000
    marks = []
    connection = http.client.HTTPConnection('127.0.0.1', front.port, timeout=60)
    for n in range(total):
        connection.request('GET', paths[n % len(paths)], headers={'X-Auth-Token': stack.TOKEN})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in (200, 400, 404)
        if answer.will_close:
            connection.close()
        if n in (total // 5, total - 1):
            marks.append({pid: private_kib(pid) for pid in workers(pool)})
    connection.close()
    if 'asan' in stack.BUILD:
        pytest.skip('quarantined memory of the sanitizer grows; the requests themselves were clean')
    for pid, kib in marks[1].items():
        if pid in marks[0]:
            assert kib - marks[0][pid] < 512, 'worker %d grew from %d to %d KiB' % (pid, marks[0][pid], kib)
