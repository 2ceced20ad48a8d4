# SPDX-License-Identifier: Apache-2.0
"""What breaks around and within the pool while servers are made, changed and deleted: nothing is half done, nothing that was
acknowledged is lost, nobody waits longer than configured, and the pool serves on."""
import concurrent.futures
import json
import os
import sys
import threading
import time

import amqp
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import rabbit  # noqa: E402
import rig  # noqa: E402
import stack  # noqa: E402
from fakepeers import Hold  # noqa: E402
from rig import NAMES  # noqa: E402

SERVERS = '/v2.1/servers'
WEB_1, WEB_2 = SERVERS + '/' + NAMES['web_1'], SERVERS + '/' + NAMES['web_2']
PLAIN = {'server': {'name': 'plain', 'flavorRef': '1', 'imageRef': NAMES['image1'], 'networks': 'none'}}
RICH = {'server': {
    'name': 'rich', 'flavorRef': '1', 'imageRef': NAMES['image'], 'security_groups': [{'name': 'web'}],
    'networks': [{'port': NAMES['port2']}, {'uuid': NAMES['net_second']}],
    'block_device_mapping_v2': [
        {'boot_index': 0, 'uuid': NAMES['image'], 'source_type': 'image', 'destination_type': 'local'},
        {'boot_index': -1, 'uuid': NAMES['vol3'], 'source_type': 'volume', 'destination_type': 'volume'}]}}
# Every call that creating RICH makes, in the reference's order.
STEPS = (('glance', 'GET', '/images/' + NAMES['image']), ('neutron', 'GET', '/security-groups'),
         ('neutron', 'GET', '/ports/[^?]*$'), ('neutron', 'GET', r'/networks\?id'), ('neutron', 'GET', '/quotas/'),
         ('neutron', 'GET', r'/ports\?tenant_id'), ('neutron', 'GET', 'fields=binding'),
         ('neutron', 'GET', 'fields=segments'), ('neutron', 'GET', 'fields=provider'), ('cinder', 'GET', '/volumes/'),
         ('cinder', 'POST', '/attachments'))
CREATED = ('request_specs', 'build_requests', 'instance_mappings')


@pytest.fixture(scope='module')
def served(stage):
    """The pool that most tests ask; it outlives what they do to it."""
    it = rig.Api(stage, {'DEFAULT': {'rpc_response_timeout': 2}}, workers=4)
    yield it
    it.stop()


@pytest.fixture
def api(served, stage):
    rig.restore(stage)
    yield served
    rig.restore(stage)
    served.whole()


def sent(stage, method=None):
    return [m for m in stage.tap.take() if method is None or m.method == method]


# -- a worker killed

@pytest.mark.parametrize('step', STEPS, ids=lambda step: '%s %s %s' % step)
def test_a_worker_killed_while_a_create_asks_others(api, stage, step):
    writer = rig.Writer(api, PLAIN)
    writer.start()
    writer.wait_for_more(1)
    hold = Hold()
    stage.peers.fail(*step, hold=hold)
    asked = api.start('POST', SERVERS, RICH)
    api.kill_at(hold.wait())
    hold.release()
    assert asked.result(20).status == 0, 'it was not acknowledged'
    writer.wait_for_more()
    good = writer.finish()
    rig.consistent(stage)
    assert set(good) <= set(rig.created(stage))
    assert {answer.status for answer in writer.answers} == {202}
    names = {new['instance_uuid'] for _, table, _, new in rig.left(stage) if table == 'build_requests'}
    assert names == set(good), 'nothing is left of the one that was killed'
    told = [m.inner['args']['build_requests'][0]['nova_object.data']['instance_uuid'] for m in sent(stage)]
    assert sorted(told) == sorted(good)


@pytest.mark.parametrize('table', CREATED)
def test_a_worker_killed_while_a_create_writes(api, stage, table):
    with rig.Lock(stage, 'nova_api', 'LOCK TABLE %s IN EXCLUSIVE MODE' % table) as lock:
        asked = api.start('POST', SERVERS, PLAIN)
        api.kill_at(lock.wait())
        assert asked.result(20).status == 0
        lock.release()
    rig.consistent(stage)
    assert not sent(stage)
    for uuid in rig.created(stage):  # all was sent before it died: a server that is only never built
        assert api.ask('DELETE', SERVERS + '/' + uuid).status == 204
        assert 'build_requests' not in rig.created(stage)[uuid]
    rig.restore(stage)
    made = api.ask('POST', SERVERS, PLAIN)
    assert made.status == 202 and list(rig.created(stage)) == [made.json['server']['id']]


def test_a_worker_killed_between_a_create_and_its_message(apis, stage):
    broker = rig.DeafBroker()
    try:
        api = apis({'DEFAULT': {'transport_url': 'rabbit://u:p@127.0.0.1:%d/top' % broker.port}}, workers=2)
        asked = api.start('POST', SERVERS, PLAIN)
        api.kill_at(broker.wait())
        assert asked.result(20).status == 0
        rig.consistent(stage)
        (uuid,) = rig.created(stage)
        assert api.ask('GET', SERVERS + '/' + uuid).json['server']['status'] == 'BUILD'
        assert api.ask('DELETE', SERVERS + '/' + uuid).status == 204
        assert 'build_requests' not in rig.created(stage)[uuid]
    finally:
        broker.stop()


def deleting(stage, path=None):
    """What deleting left, without clocks: {(database, table): how many rows were touched}."""
    out = {}
    for database, table, _, _ in rig.left(stage):
        if table not in ('instance_actions', 'instance_actions_events'):
            out[database, table] = out.get((database, table), 0) + 1
    return out


def on_a_dead_host(stage):
    """DB_1, with its volumes and port, on a host that is down: the API deletes it by itself."""
    stage.rows.run('nova_cell1', "UPDATE instances SET host = 'host-down', task_state = NULL WHERE uuid = %s",
                   [NAMES['db_1']])
    stage.rows.settle()


LOCAL_DELETE = (('neutron', 'GET', '/ports'), ('neutron', '(PUT|DELETE)', '/ports/'), ('cinder', 'DELETE', '/attachments/'),
                ('placement', '(DELETE|PUT|GET)', '/allocations/'))


@pytest.fixture(scope='module')
def undisturbed(served, stage):
    """What a delete leaves that nobody disturbs."""
    rig.restore(stage)
    on_a_dead_host(stage)
    assert served.ask('DELETE', SERVERS + '/' + NAMES['db_1']).status == 204
    out = deleting(stage), {(c.service, c.method) for c in stage.peers.take()}
    rig.restore(stage)
    return out


def test_a_worker_killed_once_a_volume_is_reserved_leaves_the_attachment(api, stage):
    """Neither program looks later for what it had asked cinder for: the reference's API gives an attachment back only where it
    goes on to the failure itself. Who runs the cloud deletes it at cinder, and the volume is free again."""
    path, volume = WEB_1 + '/os-volume_attachments', NAMES['vol3']
    wanted = {'volumeAttachment': {'volumeId': volume}}
    hold = Hold()
    stage.peers.fail('cinder', 'POST', '/attachments', hold=hold)
    asked = api.start('POST', path, wanted)
    api.kill_at(hold.wait())
    hold.release()
    assert asked.result(20).status == 0
    attachments = stage.peers.cloud.attachments
    stack.wait_until('cinder has reserved it', lambda: [a for a in attachments.values() if a['volume_id'] == volume])
    rows = stage.rows.query('nova_cell1', "SELECT attachment_id FROM block_device_mapping WHERE volume_id = '%s'" % volume)
    assert rows == [(None,)], 'the device that its host had named, without the attachment'
    assert 'attach_volume' not in [m.method for m in sent(stage)]
    assert api.ask('POST', path, wanted).status == 400, 'it is reserved'
    stage.peers.reset()
    stage.rows.restore()
    assert api.ask('POST', path, wanted).status == 200


@pytest.mark.parametrize('step', LOCAL_DELETE, ids=lambda step: '%s %s %s' % step)
def test_a_worker_killed_while_it_deletes_is_finished_by_the_next(api, stage, undisturbed, step):
    on_a_dead_host(stage)
    hold = Hold()
    stage.peers.fail(*step, times=1, hold=hold)
    asked = api.start('DELETE', SERVERS + '/' + NAMES['db_1'])
    api.kill_at(hold.wait())
    assert asked.result(20).status == 0
    hold.release()
    assert api.ask('DELETE', SERVERS + '/' + NAMES['db_1']).status == 204
    assert api.ask('GET', SERVERS + '/' + NAMES['db_1']).status == 404
    assert deleting(stage) == undisturbed[0]


@pytest.mark.parametrize('table', ('instances', 'block_device_mapping'))
def test_a_worker_killed_while_a_delete_writes_is_finished_by_the_next(api, stage, undisturbed, table):
    on_a_dead_host(stage)
    with rig.Lock(stage, 'nova_cell1', 'LOCK TABLE %s IN EXCLUSIVE MODE' % table) as lock:
        asked = api.start('DELETE', SERVERS + '/' + NAMES['db_1'])
        api.kill_at(lock.wait())
        assert asked.result(20).status == 0
        lock.release()
    assert api.ask('DELETE', SERVERS + '/' + NAMES['db_1']).status in (204, 404)
    assert api.ask('GET', SERVERS + '/' + NAMES['db_1']).status == 404
    assert deleting(stage) == undisturbed[0]


def test_a_worker_killed_while_it_sends_a_delete_to_its_host(api, stage):
    with rig.Lock(stage, 'nova_cell1', 'SELECT 1 FROM instances WHERE uuid = %s FOR UPDATE', [NAMES['web_1']]) as lock:
        asked = api.start('DELETE', WEB_1)
        api.kill_at(lock.wait())
        assert asked.result(20).status == 0
        lock.release()
    assert not sent(stage)
    state, = stage.rows.query('nova_cell1', 'SELECT task_state FROM instances WHERE uuid = %s', [NAMES['web_1']])
    assert state in ((None,), ('deleting',))
    # One that is being deleted is left to its host, by the reference too; its host never heard of it: an admin's order frees it.
    if state[0]:
        assert api.ask('POST', WEB_1 + '/action', {'os-resetState': {'state': 'error'}}, who='admin').status == 202
    assert api.ask('DELETE', WEB_1).status == 204
    assert [m.method for m in sent(stage)] == ['terminate_instance']


def test_a_worker_killed_while_it_deletes_what_is_not_built_yet(api, stage):
    uuid = api.ask('POST', SERVERS, PLAIN).json['server']['id']
    with rig.Lock(stage, 'nova_api', 'SELECT 1 FROM build_requests WHERE instance_uuid = %s FOR UPDATE', [uuid]) as lock:
        asked = api.start('DELETE', SERVERS + '/' + uuid)
        api.kill_at(lock.wait())
        assert asked.result(20).status == 0
        lock.release()
    assert api.ask('DELETE', SERVERS + '/' + uuid).status in (204, 404)
    assert api.ask('GET', SERVERS + '/' + uuid).status == 404
    assert not stage.rows.query('nova_api', 'SELECT 1 FROM build_requests WHERE instance_uuid = %s', [uuid])


# -- PostgreSQL lost

@pytest.mark.parametrize('table', CREATED)
def test_the_database_is_lost_in_the_middle_of_a_create(api, stage, table):
    with rig.Lock(stage, 'nova_api', 'LOCK TABLE %s IN EXCLUSIVE MODE' % table) as lock:
        asked = api.start('POST', SERVERS, RICH)
        lock.wait()
        lock.terminate()
        answer = asked.result(20)
    assert answer.status == 500 and 'Unexpected API Error' in answer.words, answer
    assert not rig.left(stage) and not sent(stage)
    for _ in range(8):  # each worker, the one that lost its connection too
        assert api.ask('POST', SERVERS, PLAIN).status == 202
    assert len(rig.created(stage)) == 8
    rig.consistent(stage)


def test_the_database_is_lost_in_the_middle_of_an_action(api, stage):
    with rig.Lock(stage, 'nova_cell1', 'SELECT 1 FROM instances WHERE uuid = %s FOR UPDATE', [NAMES['web_1']]) as lock:
        asked = api.start('POST', WEB_1 + '/action', {'os-stop': None})
        lock.wait()
        lock.terminate()
        answer = asked.result(20)
    assert answer.status == 500 and 'Unexpected API Error' in answer.words, answer
    assert not sent(stage)
    assert not [table for _, table, _, _ in rig.left(stage) if table == 'instances']
    assert api.ask('POST', WEB_1 + '/action', {'os-stop': None}).status == 202
    assert [m.method for m in sent(stage)] == ['stop_instance']


@pytest.mark.parametrize('table', ('instances', 'block_device_mapping'))
def test_the_database_is_lost_in_the_middle_of_a_delete(api, stage, undisturbed, table):
    on_a_dead_host(stage)
    with rig.Lock(stage, 'nova_cell1', 'LOCK TABLE %s IN EXCLUSIVE MODE' % table) as lock:
        asked = api.start('DELETE', SERVERS + '/' + NAMES['db_1'])
        lock.wait()
        lock.terminate()
        lock.release()
        answer = asked.result(20)
    assert answer.status == 204 or answer.status == 500 and 'Unexpected API Error' in answer.words, answer
    assert api.ask('DELETE', SERVERS + '/' + NAMES['db_1']).status == (404 if answer.status == 204 else 204)
    assert api.ask('GET', SERVERS + '/' + NAMES['db_1']).status == 404
    assert deleting(stage) == undisturbed[0]


# -- many at once

def at_once(api, count, method, path, body, **more):
    """The answers to the same request from so many clients at the same moment; a list has each one's own body."""
    barrier = threading.Barrier(count)

    def one(body):
        barrier.wait(20)
        return api.ask(method, path, body, **more)
    bodies = body if isinstance(body, list) else [body] * count
    return [future.result(60) for future in [api.threads.submit(one, each) for each in bodies]]


def test_sixteen_race_for_the_last_server_group(api, stage):
    (used,), = stage.rows.query('nova_api', 'SELECT count(*) FROM instance_groups WHERE project_id = %s', [rig.PROJECT])
    stage.rows.run('nova_api', "INSERT INTO quotas (created_at, project_id, resource, hard_limit) VALUES ('2024-01-01', %s, "
                   "'server_groups', %s)", [rig.PROJECT, used + 1])
    answers = at_once(api, 16, 'POST', '/v2.1/os-server-groups', {'server_group': {'name': 'g', 'policy': 'affinity'}})
    good = [answer for answer in answers if answer.status == 200]
    assert len(good) <= 1, answers
    assert {answer.words for answer in answers if answer.status != 200} == {'Quota exceeded, too many server groups.'}
    assert {answer.status for answer in answers} <= {200, 403}
    (left,), = stage.rows.query('nova_api', 'SELECT count(*) FROM instance_groups WHERE project_id = %s', [rig.PROJECT])
    assert left == used + len(good)
    # those who saw each other have all stepped back: one alone gets it
    if not good:
        assert api.ask('POST', '/v2.1/os-server-groups', {'server_group': {'name': 'g', 'policy': 'affinity'}}).status == 200


def test_sixteen_race_for_the_last_place_in_a_server_group(api, stage):
    members = 'SELECT count(*) FROM instance_group_member m JOIN instance_groups g ON m.group_id = g.id WHERE g.uuid = %s'
    (used,), = stage.rows.query('nova_api', members, [NAMES['group2']])
    stage.rows.run('nova_api', "INSERT INTO quotas (created_at, project_id, resource, hard_limit) VALUES ('2024-01-01', %s, "
                   "'server_group_members', %s)", [rig.PROJECT, used + 1])
    body = dict(PLAIN, **{'os:scheduler_hints': {'group': NAMES['group2']}})
    answers = at_once(api, 16, 'POST', SERVERS, body)
    good = [answer.json['server']['id'] for answer in answers if answer.status == 202]
    assert len(good) <= 1 and {answer.status for answer in answers} <= {202, 403}, answers
    assert {answer.words for answer in answers if answer.status != 202} == {
        'Quota exceeded, too many servers in group'}
    (left,), = stage.rows.query('nova_api', members, [NAMES['group2']])
    assert left == used + len(good)
    rig.consistent(stage)
    assert sorted(rig.created(stage)) == sorted(good)
    assert len(sent(stage)) == len(good)


def test_sixteen_race_for_the_last_key_pair(api, stage):
    count = "SELECT count(*) FROM key_pairs WHERE user_id = 'member'"
    (used,), = stage.rows.query('nova_api', count)
    stage.rows.run('nova_api', "INSERT INTO quotas (created_at, project_id, resource, hard_limit) VALUES ('2024-01-01', %s, "
                   "'key_pairs', %s)", [rig.PROJECT, used + 1])
    bodies = [{'keypair': {'name': 'pair-%d' % n}} for n in range(16)]
    answers = at_once(api, 16, 'POST', '/v2.1/os-keypairs', bodies, version='2.2')
    good = [answer.json['keypair']['name'] for answer in answers if answer.status == 201]
    assert len(good) <= 1 and {answer.status for answer in answers} <= {201, 403}, answers
    assert {answer.words for answer in answers if answer.status != 201} == {'Quota exceeded, too many key pairs.'}
    (left,), = stage.rows.query('nova_api', count)
    assert left == used + len(good)
    # those who saw each other have all stepped back: one alone gets it
    if not good:
        assert api.ask('POST', '/v2.1/os-keypairs', bodies[0], version='2.2').status == 201


def test_sixteen_race_for_the_last_instance(api, stage):
    """As the reference: an instance is counted once the conductor has put it into a cell, and it is the conductor that counts
    again there and buries those that are too many. Here all sixteen are accepted, whole, each with its message."""
    used = sum(stage.rows.query(cell, 'SELECT count(*) FROM instances WHERE project_id = %s AND deleted = 0 AND NOT '
                                'coalesce(hidden, false)', [rig.PROJECT])[0][0] for cell in ('nova_cell1', 'nova_cell2'))
    stage.rows.run('nova_api', "UPDATE quotas SET hard_limit = %s WHERE project_id = %s AND resource = 'instances'",
                   [used + 1, rig.PROJECT])
    answers = at_once(api, 16, 'POST', SERVERS, PLAIN)
    assert {answer.status for answer in answers} == {202}, answers
    made = sorted(answer.json['server']['id'] for answer in answers)
    assert sorted(rig.created(stage)) == made
    casts = [m for m in sent(stage) if m.method == 'schedule_and_build_instances']
    assert sorted(m.inner['args']['build_requests'][0]['nova_object.data']['instance_uuid'] for m in casts) == made
    rig.consistent(stage)


def test_sixteen_at_once_where_no_instance_is_left(api, stage):
    """Counted are servers that are in a cell: of those that come at once the conductor, which puts them there, counts again."""
    (used,), = stage.rows.query('nova_cell1', "SELECT count(*) FROM instances WHERE project_id = %s AND deleted = 0 AND NOT "
                                "coalesce(hidden, false)", [rig.PROJECT])
    (more,), = stage.rows.query('nova_cell2', "SELECT count(*) FROM instances WHERE project_id = %s AND deleted = 0 AND NOT "
                                "coalesce(hidden, false)", [rig.PROJECT])
    stage.rows.run('nova_api', "UPDATE quotas SET hard_limit = %s WHERE project_id = %s AND resource = 'instances'",
                   [used + more, rig.PROJECT])
    answers = at_once(api, 16, 'POST', SERVERS, PLAIN)
    assert {answer.status for answer in answers} == {403}, answers
    assert not rig.created(stage) and not sent(stage)


def test_of_two_conflicting_actions_exactly_one_wins(api, stage):
    for turn in range(8):
        rig.restore(stage)
        with rig.Lock(stage, 'nova_cell1', 'SELECT 1 FROM instances WHERE uuid = %s FOR UPDATE', [NAMES['web_1']]) as lock:
            both = [api.start('POST', WEB_1 + '/action', body) for body in (
                {'os-stop': None}, {'reboot': {'type': 'HARD'}})[::-1 if turn % 2 else 1]]
            lock.wait(2)  # both have seen an idle server
            lock.release()
        answers = [one.result(20) for one in both]
        assert sorted(answer.status for answer in answers) == [202, 409], answers
        messages = sent(stage)
        assert [m.method for m in messages] in (['stop_instance'], ['reboot_instance'])
        state, = stage.rows.query('nova_cell1', 'SELECT task_state FROM instances WHERE uuid = %s', [NAMES['web_1']])
        assert state == ({'stop_instance': 'powering-off', 'reboot_instance': 'rebooting_hard'}[messages[0].method],)


# -- others slow or silent

def test_slow_services_are_waited_for_as_configured(apis, stage):
    quick = {'timeout': 1, 'http_retries': 0}
    api = apis({'glance': {'timeout': 1, 'num_retries': 0}, 'neutron': quick, 'cinder': quick, 'placement': quick},
               workers=5)
    holds = [Hold() for _ in range(5)]
    net = NAMES['net_private']
    for hold, (service, method, path) in zip(holds, (
            ('glance', 'GET', '/images/' + NAMES['image7']), ('neutron', 'GET', r'/networks\?id=' + net),
            ('cinder', 'GET', '/volumes/' + NAMES['vol5']), ('cinder', 'POST', '/attachments'),
            ('placement', '.*', '/allocations/'))):
        stage.peers.fail(service, method, path, hold=hold)
    stage.rows.run('nova_cell1', "UPDATE instances SET host = 'host-down' WHERE uuid = %s", [NAMES['web_2']])
    stage.rows.settle()

    def body(**more):
        return {'server': {'name': 'slow', 'flavorRef': '1', 'imageRef': NAMES['image'], 'networks': 'none', **more}}

    def volume(name, index):
        return [{'boot_index': index, 'uuid': NAMES[name], 'source_type': 'volume', 'destination_type': 'volume'}]
    image = [{'boot_index': 0, 'uuid': NAMES['image'], 'source_type': 'image', 'destination_type': 'local'}]
    begun = time.monotonic()
    asked = [api.start('POST', SERVERS, one) for one in (
        body(imageRef=NAMES['image7']), body(networks=[{'uuid': net}]),
        body(block_device_mapping_v2=image + volume('vol5', -1)),
        body(block_device_mapping_v2=image + volume('vol3', -1)))]
    deleted = api.start('DELETE', WEB_2)
    answers = [one.result(40) for one in asked]
    late = deleted.result(40)
    assert late.status == 500 and 'ConnectTimeout' in late.words, late
    assert time.monotonic() - begun < 20
    assert [answer.status for answer in answers] == [500, 500, 500, 500], answers
    assert not rig.created(stage) and not sent(stage)
    stage.peers.reset()
    assert api.ask('DELETE', WEB_2).status == 204
    assert api.ask('GET', WEB_2).status == 404


def test_nobody_answers_a_call(api, stage):
    stage.tap.replies['get_console_output'] = rabbit.SILENCE
    begun = time.monotonic()
    answer = api.ask('POST', WEB_1 + '/action', {'os-getConsoleOutput': {}})
    assert answer.status == 500 and 'MessagingTimeout' in answer.words
    assert 1.8 < time.monotonic() - begun < 20  # rpc_response_timeout is 2
    stage.tap.replies['get_console_output'] = 'there'
    assert api.ask('POST', WEB_1 + '/action', {'os-getConsoleOutput': {}}).json == {'output': 'there'}


def test_nobody_listens(apis, stage):
    """No service at all on the bus: a cast is sent and forgotten, a call waits for its time."""
    api = apis({'DEFAULT': {'rpc_response_timeout': 1, 'control_exchange': 'nobody'}}, workers=1)
    stage.tap.replies['get_console_output'] = rabbit.SILENCE
    assert api.ask('POST', SERVERS, PLAIN).status == 202
    assert api.ask('POST', WEB_1 + '/action', {'os-stop': None}).status == 202
    answer = api.ask('POST', WEB_1 + '/action', {'os-getConsoleOutput': {}})
    assert answer.status == 500 and 'MessagingTimeout' in answer.words, answer
    assert [m.exchange for m in sent(stage)] == ['nobody'] * 3
    rig.consistent(stage)


# -- RabbitMQ

class DurableBroker(rabbit.Broker):
    """One whose exchange and queues outlive it."""

    def __init__(self):
        super().__init__(vhosts=('bus',))
        self.bind('conductor')
        self.bind('compute.host-a')

    def bind(self, topic):
        link = self.connect('bus')
        channel = link.channel()
        channel.exchange_declare('nova', 'topic', durable=True, auto_delete=False)
        channel.queue_declare(topic, durable=True, auto_delete=False)
        channel.queue_bind(topic, 'nova', topic)
        link.close()

    def take(self, topic):
        """All that waits in a queue: [inner object]."""
        link = self.connect('bus')
        channel, out = link.channel(), []
        while True:
            message = channel.basic_get(topic, no_ack=True)
            if message is None:
                link.close()
                return out
            out.append(rabbit.Message('bus', 'nova', topic, {}, rabbit.text(message.body)).inner)

    def wait(self, topic):
        """Until a message is there, which stays: its inner object."""
        link = self.connect('bus')
        channel, found = link.channel(), []

        def look():
            message = channel.basic_get(topic)
            if message:
                found.append(message)
                channel.basic_reject(message.delivery_tag, requeue=True)
            return found
        stack.wait_until('a message for ' + topic, look)
        link.close()
        return rabbit.Message('bus', 'nova', topic, {}, rabbit.text(found[0].body)).inner

    def reply(self, call, result):
        """To a call, as soon as who made it listens again."""
        link = self.connect('bus')

        def listens():
            try:
                link.channel().queue_declare(call['_reply_q'], passive=True)
                return True
            except amqp.exceptions.NotFound:
                return False
        stack.wait_until('the caller listens again', listens)
        inner = {'result': result, 'failure': None, 'ending': True, '_msg_id': call['_msg_id'], '_unique_id': 'a' * 32}
        link.channel().basic_publish(amqp.Message(json.dumps({'oslo.version': '2.0', 'oslo.message': json.dumps(inner)})),
                                     exchange='', routing_key=call['_reply_q'])
        link.close()

    def kill(self):
        for process in self.processes:
            os.killpg(process.pid, 9)
            process.wait(20)
        self.processes = []


@pytest.fixture(scope='module', autouse=True)
def starting(stage):
    """Begun with the first test, since it takes its time: a future."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        it = thread.submit(DurableBroker)
        yield it
        it.result().stop()


@pytest.fixture
def broker(starting):
    return starting.result()


@pytest.fixture
def bus(apis, stage, broker):
    """Makes pools whose messages, those to cell1 too, go to that broker."""
    def make(seconds):
        stage.rows.run('nova_api', "UPDATE cell_mappings SET transport_url = %s WHERE name = 'cell1'", [broker.url('bus')])
        return apis({'DEFAULT': {'transport_url': broker.url('bus'), 'rpc_response_timeout': seconds},
                     'oslo_messaging_rabbit': {'amqp_durable_queues': 'true', 'rabbit_interval_max': 2}}, workers=5, changed=True)
    return make


def test_a_broker_killed_and_started_again_loses_nothing_acknowledged(bus, stage, broker):
    api = bus(60)
    writers = [rig.Writer(api, PLAIN) for _ in range(3)]
    for writer in writers:
        writer.start()
    writers[0].wait_for_more(3)
    asked = api.start('POST', SERVERS + '/' + NAMES['unicode'] + '/action', {'os-getConsoleOutput': {}})
    call = broker.wait('compute.host-a')  # nobody has read it when the broker dies: it is read after that
    broker.kill()
    stopped = api.start('POST', WEB_1 + '/action', {'os-stop': None})
    broker.start()
    assert stopped.result(60).status == 202
    for writer in writers:
        writer.wait_for_more(2)
    messages = broker.take('compute.host-a')
    assert [m['method'] for m in messages if m['method'] != 'get_console_output'] == ['stop_instance']
    broker.reply(call, 'at last')
    assert asked.result(60).json == {'output': 'at last'}
    good = [uuid for writer in writers for uuid in writer.finish()]
    assert {answer.status for writer in writers for answer in writer.answers} == {202}, 'they waited for it'
    told = {m['args']['build_requests'][0]['nova_object.data']['instance_uuid'] for m in broker.take('conductor')}
    assert set(good) <= told
    rig.consistent(stage)
    assert set(good) <= set(rig.created(stage))


def test_a_broker_that_is_gone_is_told_in_time_and_found_again(bus, stage, broker):
    api = bus(2)
    assert api.ask('POST', SERVERS, PLAIN).status == 202
    broker.kill()
    try:
        begun = time.monotonic()
        asked = [api.start('POST', SERVERS, PLAIN), api.start('POST', WEB_1 + '/action', {'os-stop': None}),
                 api.start('POST', WEB_1 + '/action', {'os-getConsoleOutput': {}})]
        answers = [one.result(30) for one in asked]
        assert time.monotonic() - begun < 20
        assert [answer.status for answer in answers] == [500, 500, 500], answers
        for answer in answers:
            assert 'oslo_messaging.exceptions.Messag' in answer.words and rabbit.PASSWORD not in answer.words
        rig.consistent(stage)
    finally:
        broker.start()
    broker.take('compute.host-a')
    made = api.ask('POST', SERVERS, PLAIN)
    assert made.status == 202
    assert made.json['server']['id'] in {
        m['args']['build_requests'][0]['nova_object.data']['instance_uuid'] for m in broker.take('conductor')}
