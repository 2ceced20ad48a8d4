# SPDX-License-Identifier: Apache-2.0
"""The world of tests/peers' writes before the real program with several workers: for tests that break things in it.

    stage()                       the run's databases, broker with its tap, and stand-ins of the other services
    api = Api(stage(), {'neutron': {'timeout': 1}})        our pool there; api.ask('POST', '/v2.1/servers', {...})
    with Lock(stage, 'nova_api', 'LOCK TABLE ...') as lock:        lock.wait() is the port of who runs into it
    api.worker_at(port)           the worker whose end of a connection that is
    consistent(stage), left(stage)      what no moment of a create may leave behind
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import threading

import psycopg2
import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'peers')]

import fakepeers  # noqa: E402
import fastcgi  # noqa: E402
import rabbit  # noqa: E402
import stack  # noqa: E402
import write_world  # noqa: E402
import writes  # noqa: E402

NAMES = write_world.placeholders()
PROJECT, OTHER_PROJECT = NAMES['project'], NAMES['other_project']
_stage = None


def stage():
    """The run's stage, made at its first use; NOVA_WRITE_STAGE names one that is kept up (see tests/peers/README.md)."""
    global _stage
    if _stage is None:
        if not os.path.exists(stack.PROGRAM):
            pytest.skip('nova-api-fcgi is not built in ' + stack.BUILD)
        if not rabbit.available():
            pytest.skip('rabbitmq-server is not installed')
        _stage = writes.Stage(os.environ.get('NOVA_WRITE_STAGE'))
    return _stage


def forget():
    """Stops it at the end of the run."""
    global _stage
    if _stage is not None:
        _stage.stop()
        _stage = None


def restore(it):
    """The world as it was, with nothing broken in it."""
    it.peers.reset()
    it.rows.restore()
    it.tap.take()
    it.tap.replies = writes.standard_replies(it.rows)


class Answer:
    def __init__(self, answer):
        self.status, self.headers, self.body, self.raw = answer.status, answer.headers, answer.body, answer.raw

    def header(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def words(self):
        """The message of an error."""
        return next(iter(self.json.values()))['message']

    def __repr__(self):
        return '<%s %s>' % (self.status, self.body[:300])


class Api:
    """Our pool with keystone's pipeline; options: {group: {name: value}} beside the stage's. `changed`: the world is kept as the
    test has changed it."""

    def __init__(self, it, options=None, workers=3, peers=None, changed=False):
        self.stage = it
        self.folder = tempfile.mkdtemp(prefix='nova-faults.')
        os.chmod(self.folder, 0o755)
        self.conf = it.configuration(self.folder, ('keystone', ''))
        if peers:
            self._text(lambda text: text.replace(it.peers.configuration(), peers.configuration()))
        self.set({'DEFAULT': {'osapi_compute_workers': workers}})
        self.set(options or {})
        self.threads = concurrent.futures.ThreadPoolExecutor(32)
        self.count = workers
        self.pool = stack.Pool(self.folder, self.conf)
        stack.wait_until('the workers run', lambda: len(self.workers()) == workers, process=self.pool.process)
        stack.wait_until('the service row is there', lambda: it.rows.query(
            'nova_cell1', "SELECT 1 FROM services WHERE \"binary\" = 'nova-osapi_compute'"))
        if changed:
            it.rows.settle()
        else:
            restore(it)

    def _text(self, change):
        with open(self.conf, encoding='utf-8') as source:
            text = change(source.read())
        with open(self.conf, 'w', encoding='utf-8') as out:
            out.write(text)

    def set(self, options):
        """Options into nova.conf, in place of what stands there."""
        def change(text):
            for group, rows in options.items():
                if '[%s]\n' % group not in text:
                    text += '\n[%s]\n' % group
                before, head, rest = text.partition('[%s]\n' % group)
                section, joint, after = rest.partition('\n[')
                for name, value in rows.items():
                    section = re.sub(r'(?m)^%s *=.*\n?' % re.escape(name), '', section)
                    section = '%s = %s\n' % (name, value) + section
                text = before + head + section + joint + after
            return text
        self._text(change)

    def ask(self, method, path, body=None, who='member', version='2.93', headers=(), **more):
        """Straight to the pool's socket; status 0: the connection ended without an answer."""
        text = b'' if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {'OpenStack-API-Version': 'compute ' + version, 'Content-Type': 'application/json', **dict(headers)}
        if who:
            fields.setdefault('X-Auth-Token', fakepeers.TOKENS[who])
        if not text:
            fields.pop('Content-Type')
        try:
            return Answer(fastcgi.request(self.pool.socket, method, path, text, fields, timeout=100, **more))
        except ConnectionError:
            return Answer(fastcgi.Answer(b'', b'', False))

    def start(self, *arguments, **more):
        """The same in a thread: a future."""
        return self.threads.submit(self.ask, *arguments, **more)

    def workers(self):
        with open('/proc/%d/task/%d/children' % (self.pool.pid, self.pool.pid), encoding='ascii') as listed:
            return [int(pid) for pid in listed.read().split()]

    def worker_at(self, port):
        """The pid of the worker whose end of a TCP connection has this port."""
        inodes = set()
        with open('/proc/net/tcp', encoding='ascii') as lines:
            for line in list(lines)[1:]:
                fields = line.split()
                if int(fields[1].rpartition(':')[2], 16) == port:
                    inodes.add('socket:[%s]' % fields[9])
        for pid in self.workers():
            for name in os.listdir('/proc/%d/fd' % pid):
                try:
                    if os.readlink('/proc/%d/fd/%s' % (pid, name)) in inodes:
                        return pid
                except OSError:
                    pass
        raise RuntimeError('no worker has port %d' % port)

    def kill_at(self, port):
        """SIGKILL for that worker: its pid."""
        pid = self.worker_at(port)
        os.kill(pid, signal.SIGKILL)
        return pid

    def whole(self):
        """Until all workers run again."""
        stack.wait_until('the workers are replaced', lambda: len(self.workers()) == self.count, process=self.pool.process)

    def written(self):
        """{file: text} of what the program wrote: logs, its terminal, reports; not what it read."""
        out = {}
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if os.path.isfile(path) and name not in ('nova.conf', 'api-paste.ini'):
                with open(path, encoding='utf-8', errors='replace') as source:
                    out[name] = source.read()
        return out

    def stop(self):
        self.pool.stop()
        self.threads.shutdown(wait=False, cancel_futures=True)
        if os.environ.get('KEEP'):
            print('logs in', self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


class Lock:
    """A transaction of the test's own in the way of others."""

    def __init__(self, it, database, sql, values=None):
        self.stage, self.database = it, database
        self.link = psycopg2.connect(it.prefix.format(db=database))
        with self.link.cursor() as cur:
            cur.execute(sql, values)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.close()

    def waiting(self):
        """[(pid of the backend, port of its client)] of those who wait for a lock in this database."""
        return self.stage.rows.query(self.database, "SELECT pid, client_port FROM pg_stat_activity WHERE "
                                     "datname = %s AND wait_event_type = 'Lock'", [self.database])

    def wait(self, count=1):
        """Until so many wait: the port of the first, as Hold.wait()."""
        stack.wait_until('%d wait for the lock' % count, lambda: len(self.waiting()) >= count)
        return self.waiting()[0][1]

    def terminate(self):
        """Ends the sessions of all who wait, as an administrator's order or a crash would."""
        for pid, _ in self.waiting():
            self.stage.rows.query(self.database, 'SELECT pg_terminate_backend(%s)', [pid])

    def release(self):
        """Lets go; returns once nobody waits and those who waited have ended their transactions: what a worker that was killed
        meanwhile had sent is still done by its backend, which learns of the death only afterwards."""
        waited = [pid for pid, _ in self.waiting()]
        self.link.rollback()
        busy = "SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s) AND state IS DISTINCT FROM 'idle'"
        stack.wait_until('nobody waits', lambda: not self.waiting() and not self.stage.rows.query(self.database, busy, [waited]))


class DeafBroker:
    """Takes connections and says nothing: who sends a message stands there."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(20)
        self.port, self.taken = self.listener.getsockname()[1], []

    def wait(self):
        """The port of who came."""
        link, address = self.listener.accept()
        self.taken.append(link)
        return address[1]

    def release(self):
        for link in self.taken:
            link.close()

    def stop(self):
        self.release()
        self.listener.close()


class Writer(threading.Thread):
    """Creates servers again and again; keeps what was acknowledged."""

    def __init__(self, api, body):
        super().__init__(daemon=True)
        self.api, self.body, self.answers, self.leave = api, body, [], threading.Event()

    def run(self):
        while not self.leave.is_set():
            try:
                self.answers.append(self.api.ask('POST', '/v2.1/servers', self.body))
            except OSError as error:  # there is no pool any more
                self.answers.append(error)
                return

    def acknowledged(self):
        return [answer.json['server']['id'] for answer in list(self.answers) if getattr(answer, 'status', 0) == 202]

    def wait_for_more(self, count=2, seconds=60):
        wanted = len(self.acknowledged()) + count
        stack.wait_until('%d more creates are acknowledged' % count, lambda: len(self.acknowledged()) >= wanted, seconds)

    def finish(self):
        self.leave.set()
        self.join(60)
        return self.acknowledged()


def left(it):
    """What requests changed, net, as Rows.changes(); the record that a worker in the place of a killed one makes is not theirs."""
    return [row for row in it.rows.changes() if row[1] != 'services']


def created(it):
    """{uuid: the tables of nova_api that know it} of what requests left."""
    out = {}
    for database, table, old, new in left(it):
        if database == 'nova_api' and old is None and table in ('request_specs', 'build_requests', 'instance_mappings'):
            out.setdefault(new['instance_uuid'], set()).add(table)
    return out


def consistent(it):
    """Every server that was begun is there as a whole: a wish, a request and a mapping."""
    for uuid, tables in created(it).items():
        assert tables == {'request_specs', 'build_requests', 'instance_mappings'}, (uuid, tables)
