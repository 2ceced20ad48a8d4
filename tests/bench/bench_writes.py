# SPDX-License-Identifier: Apache-2.0
"""What requests cost that other services take part in: POST /servers, a server and lists with security groups, stop and start.

on_stand_ins(): in the world of tests/peers/writes.py; keystone, glance, neutron, cinder and placement are stand-ins, RabbitMQ and
PostgreSQL real; Python's half too where its packages are installed. on_lab(): ours and Python's in one run over the lab's
services, each server made and deleted for real. CPU is that of the API's processes alone; what they cause elsewhere is not in it.
"""
import contextlib
import http.client
import json
import os
import re
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'peers'), os.path.join(HERE, '..', 'lib')]

import stack  # noqa: E402

# What is measured, our requests, Python's, target of our CPU as a part of theirs. The list comes last, when what a worker takes
# with its connections alone has been seen.
TARGETS = (('POST /servers', 60, 12, 30), ('servers/{id} with groups', 400, 40, 60), ('os-stop, os-start', 60, 10, 40),
           ('servers/detail with groups', 60, 12, 120))
MEMORY_TARGET_KIB = 8192
WARM = 20  # calls before those that count: each worker has then opened its connections


class Client:
    """One nova-api: its address, its processes, a token of a member."""

    def __init__(self, url, root, token, cpu, keeps=True):
        self.parts, self.root, self.token, self.cpu = urllib.parse.urlsplit(url), root, token, cpu
        self.link, self.keeps = None, keeps

    def ask(self, method, path, body=None, good=(200, 202, 204)):
        if self.link is None:
            self.link = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=120)
        headers = {'X-Auth-Token': self.token, 'OpenStack-API-Version': 'compute 2.93'}
        if body is not None:
            headers['Content-Type'] = 'application/json'
        self.link.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.link.getresponse()
        data = answer.read()
        if answer.will_close or not self.keeps:
            self.link.close()
            self.link = None
        if answer.status not in good:
            raise RuntimeError('%s %s answered %d %s' % (method, path, answer.status, data[:300]))
        return json.loads(data) if data else None

    def cost(self, count, once):
        """(CPU ms of the API a call of once(), calls a second one after another), its first ones left out."""
        for _ in range(min(WARM, count)):
            once()
        before, begun = self.cpu(self.root), time.monotonic()
        for _ in range(count):
            once()
        rate = count / (time.monotonic() - begun)
        time.sleep(0.05)
        return (self.cpu(self.root) - before) * 1000 / count, rate


class Scene:
    """What the requests are about; a subclass knows how servers come to rest and how they go."""

    def __init__(self, server, body):
        self.server, self.body, self.made = server, body, []

    def create(self, client):
        self.made.append(client.ask('POST', '/v2.1/servers', self.body)['server']['id'])

    def show(self, client):
        if 'security_groups' not in client.ask('GET', '/v2.1/servers/' + self.server)['server']:
            raise RuntimeError('the server is shown without its security groups')

    def detail(self, client):
        client.ask('GET', '/v2.1/servers/detail?limit=1000')

    def power(self, client):
        """One request, stop and start in turn."""
        stopped = self.rest()
        client.ask('POST', '/v2.1/servers/%s/action' % self.server, {'os-start' if stopped else 'os-stop': None})

    def measure(self, ours, theirs=None, before_last=lambda: None):
        """cost() by name, ours and theirs: one thing at a time of both, so that the machine does the same beside it."""
        mine, other = {}, {} if theirs else None
        for (name, n_ours, n_theirs, _), once in zip(TARGETS, (self.create, self.show, self.power, self.detail)):
            if once == self.detail:
                before_last()
            for client, count, costs in ((ours, n_ours, mine), (theirs, n_theirs, other)):
                if client:
                    costs[name] = client.cost(count, lambda once=once, client=client: once(client))
                    self.clear(client)
        return mine, other

    def rest(self):
        """Waits until the server does nothing; True: it is stopped."""
        raise NotImplementedError

    def clear(self, client):
        """The servers made go."""
        raise NotImplementedError


def report(say, verdict, mine, other, results, where):
    for name, _, _, want in TARGETS:
        cpu, rate = mine[name]
        # What stops and starts waits for nova-compute in between: its rate says nothing.
        rates = '' if name == 'os-stop, os-start' else '  %.1f a second' % rate
        if other:
            their_cpu, their_rate = other[name]
            ratio = their_cpu / cpu if cpu else float('inf')
            say('%-28s CPU ours %7.3f ms  python %8.2f ms  1/%-5.0f (target 1/%d: %s)%s' % (
                name, cpu, their_cpu, ratio, want, verdict(ratio, want, True), rates and '%s, python %.1f' % (rates, their_rate)))
        else:
            say('%-28s CPU ours %7.3f ms%s' % (name, cpu, rates))
    results['writes ' + where] = {'ours': mine, 'python': other}


def memory(bench, root, results, where, target=None):
    """Says what the largest worker holds."""
    kib = max(bench.private_kib(pid) for pid in bench.children(root) if pid != root)
    bench.say('private memory of a worker %s: %.1f MiB%s' % (where, kib / 1024, '' if not target else ' (target %.0f: %s)' % (
        target / 1024, bench.verdict(kib, target, False))))
    results['worker KiB ' + where] = kib


def measure(bench, scene, clients, results, where):
    root = clients[0].root
    costs = scene.measure(*clients, before_last=lambda: memory(
        bench, root, results, 'with all its connections open', MEMORY_TARGET_KIB))
    report(bench.say, bench.verdict, *costs, results, where)
    memory(bench, root, results, 'after the lists')


# -- stand-ins

def on_stand_ins(bench, results, with_python=False):
    import rabbit
    if not rabbit.available():
        bench.say('rabbitmq-server is not installed: requests with peers are not measured')
        return
    import fakepeers
    import world
    import write_world
    import writes
    stage = writes.Stage(os.environ.get('NOVA_WRITE_STAGE'))
    try:
        with contextlib.closing(StandIn(stage, writes, write_world, world)) as scene:
            clients = [Client(scene.front.url, scene.pool.pid, fakepeers.TOKENS['member'], bench.cpu)]
            if with_python and writes.reference_installed():
                clients.append(Client(*scene.reference(writes), fakepeers.TOKENS['member'], bench.cpu, keeps=False))
            bench.say('with stand-ins for the other services%s:' % (
                '' if len(clients) > 1 else " (Python's half is left out)"))
            measure(bench, scene, clients, results, 'on stand-ins')
    finally:
        stage.stop()


class StandIn(Scene):
    def __init__(self, stage, writes, write_world, world):
        names = write_world.placeholders()
        super().__init__(names['web_1'], {'server': {
            'name': 'bench', 'imageRef': names['image'], 'flavorRef': '1', 'networks': [{'uuid': names['net_private']}]}})
        self.stage, self.apply, self.failure = stage, write_world.apply_state, writes.remote_failure
        self.stopped = True
        folder, conf = self.configuration('bench')
        stage.tap.replies = writes.standard_replies(stage.rows)
        self.pool = stack.Pool(folder, conf)
        self.front = stack.Lighttpd(folder, self.pool.socket)
        self.python = None
        stage.settled()
        self.clear(None)

    def configuration(self, name, *driver):
        folder = os.path.join(self.stage.folder, name)
        conf = self.stage.configuration(folder, ('keystone', ''), *driver)
        with open(conf, encoding='utf-8') as f:
            text = f.read().replace('debug = true', 'debug = false')
        with open(conf, 'w', encoding='utf-8') as f:
            f.write(text)
        return folder, conf

    def reference(self, writes):
        """Starts Python's nova-api over the same services: its address and the process above its own."""
        folder, _ = self.configuration('bench-python', 'postgresql+psycopg2')
        port = stack.free_port()
        self.python = stack.Process(writes.reference_command(port), os.path.join(folder, 'out'),
                                    env=writes.reference_environment(folder))
        url = 'http://127.0.0.1:%d' % port
        stack.wait_until("Python's nova-api answers", lambda: writes.Theirs.forget(writes.Asker(url)), seconds=180,
                         process=self.python.process)
        return url, self.python.pid

    def rest(self):
        """As nova-compute would leave it."""
        self.stopped = not self.stopped
        self.stage.rows.run('nova_cell1', "UPDATE instances SET task_state = NULL, vm_state = %s, power_state = %s WHERE uuid = %s",
                            ['stopped' if self.stopped else 'active', 4 if self.stopped else 1, self.server])
        return self.stopped

    def clear(self, client):
        self.stage.rows.restore()
        self.stage.peers.reset()
        self.stage.tap.take()
        self.apply(self.stage.rows, self.stage.peers, self.stage.tap,
                   'quota:instances=-1 ; quota:cores=-1 ; quota:ram=-1', self.failure)

    def close(self):
        self.front.stop()
        self.pool.stop()
        if self.python:
            self.python.stop()


# -- the lab

def on_lab(bench, url, root, theirs, their_root, token, main_url, results):
    """Ours at url, Python's at theirs, in turn; servers of cirros-lab-1 on the private network."""
    import psycopg2
    clients = [Client(url, root, token, bench.cpu), Client(theirs, their_root, token, bench.cpu)]
    link = psycopg2.connect(re.sub(r'\+psycopg2', '', main_url))
    link.autocommit = True
    try:
        scene = Lab(link, clients[0])
        measure(bench, scene, clients, results, 'in the lab')
        scene.close(clients[0])
    finally:
        link.close()


class Lab(Scene):
    def __init__(self, link, client):
        self.link = link
        flavor = next(f['id'] for f in client.ask('GET', '/v2.1/flavors')['flavors'] if f['name'] == 'm1.nano')
        with link.cursor() as cur:
            cur.execute("SELECT image_ref FROM instances WHERE image_ref <> '' ORDER BY id DESC LIMIT 1")
            image = cur.fetchone()[0]
        super().__init__(None, {'server': {'name': 'bench', 'imageRef': image, 'flavorRef': flavor, 'networks': 'none'}})
        # The one that is shown, stopped and started has a port, and so security groups.
        body = {'server': dict(self.body['server'], networks='auto')}
        networks = [row for row in self.networks()]
        if networks:
            body['server']['networks'] = [{'uuid': networks[0]}]
        self.server = client.ask('POST', '/v2.1/servers', body)['server']['id']
        self.wait(self.server)

    def networks(self):
        """The network of a server that lives, from its info cache."""
        with self.link.cursor() as cur:
            cur.execute("SELECT network_info FROM instance_info_caches WHERE deleted = 0 AND network_info LIKE '%%\"id\"%%' "
                        "ORDER BY id DESC LIMIT 1")
            for (info,) in cur.fetchall():
                for vif in json.loads(info):
                    yield vif['network']['id']

    def wait(self, uuid, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.link.cursor() as cur:
                cur.execute('SELECT vm_state, task_state FROM instances WHERE uuid = %s', [uuid])
                row = cur.fetchone()
            if row and row[1] is None and row[0] in ('active', 'stopped'):
                return row[0]
            if row and row[0] == 'error':
                raise RuntimeError('server %s is in error' % uuid)
            time.sleep(0.05)
        raise RuntimeError('server %s does not come to rest: %s' % (uuid, row))

    def rest(self):
        return self.wait(self.server) == 'stopped'

    def clear(self, client):
        for uuid in self.made:
            self.wait(uuid)
            client.ask('DELETE', '/v2.1/servers/' + uuid)
        self.made = []

    def close(self, client):
        client.ask('DELETE', '/v2.1/servers/' + self.server)
