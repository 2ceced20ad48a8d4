#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the lines of corpus_write.tsv and compares all that they cause with what Python's nova-api caused.

usage: writes.py compare [PATTERN]          our program against recorded_write.jsonl.gz
       writes.py live [PATTERN]             our program against Python's nova-api, both now
       writes.py record [PATTERN]           asks Python's nova-api alone; with a PATTERN replaces just those
       writes.py stage                      keeps a PostgreSQL and a RabbitMQ up for the others to use (--stage DIR)

Compared are the answer, the rows left in the four databases, the messages sent and the calls to other services.
"""
import argparse
import concurrent.futures
import copy
import fcntl
import gzip
import http.client
import importlib.util
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'lib')]

import psycopg2  # noqa: E402

import fakepeers  # noqa: E402
import peers  # noqa: E402
import rabbit  # noqa: E402
import stack  # noqa: E402
import world  # noqa: E402
import write_mask  # noqa: E402
import write_world  # noqa: E402

CORPUS = os.path.join(HERE, 'corpus_write.tsv')
RECORDED = os.path.join(HERE, 'recorded_write.jsonl.gz')
DIFFERENCES = os.path.join(HERE, 'differences_write.tsv')
UWSGI = '/usr/bin/uwsgi_python3'
WAITERS = 3  # processes for the lines that wait
RUNNERS = 2  # and for those that do not


# What a line's conf:NAME adds to nova.conf.
CONFIGURATIONS = {
    '': '',
    'no_catalogue': '''
[keystone_authtoken]
include_service_catalog = false

[glance]
endpoint_override = {glance}

[neutron]
endpoint_override = {neutron}

[cinder]
endpoint_template = {cinder}/v3/%(project_id)s
''',
    'no_catalogue_alone': '''
[keystone_authtoken]
include_service_catalog = false

[service_user]
send_service_user_token = false

[glance]
endpoint_override = {glance}

[neutron]
endpoint_override = {neutron}
''',
    'reclaim': '''
[DEFAULT]
reclaim_instance_interval = 3600
shelved_offload_time = -1
''',
    'legacy': '''
[oslo_messaging_notifications]
driver = messagingv2

[notifications]
notify_on_state_change = vm_state
''',
    'both': '''
[oslo_messaging_notifications]
driver = messagingv2

[notifications]
notification_format = both
notify_on_state_change = vm_and_task_state
bdms_in_notifications = true
''',
    'limits': '''
[quota]
driver = nova.quota.UnifiedLimitsDriver
''',
    'limits_told': '''
[quota]
driver = nova.quota.UnifiedLimitsDriver

[oslo_messaging_notifications]
driver = messagingv2

[notifications]
notification_format = both
''',
    'limits_bare': '''
[quota]
driver = nova.quota.UnifiedLimitsDriver

[oslo_limit]
auth_type =
''',
    'limits_denied': '''
[quota]
driver = nova.quota.UnifiedLimitsDriver

[oslo_limit]
password = wrong
''',
    'limits_pcpu': '''
[quota]
driver = nova.quota.UnifiedLimitsDriver

[workarounds]
unified_limits_count_pcpu_as_vcpu = true
''',
    'hasty': '''
[DEFAULT]
rpc_response_timeout = 1
long_rpc_timeout = 1

[oslo_messaging_notifications]
driver = messagingv2

[notifications]
notification_format = both
''',
    'versioned': '''
[oslo_messaging_notifications]
driver = messaging
topics = other

[notifications]
notification_format = versioned
versioned_notifications_topics = one,two
default_level = WARN
''',
    'told_once': '''
[oslo_messaging_notifications]
driver = messagingv2

[notifications]
notification_format = versioned
notify_on_state_change = vm_state
bdms_in_notifications = true
default_level = ERROR
''',
    'told_twice': '''
[oslo_messaging_notifications]
driver = messaging
driver = messagingv2
topics = one,one,two

[notifications]
notification_format = both
notify_on_state_change = vm_and_task_state
versioned_notifications_topics = one,notifications
default_level = CRITICAL
''',
    'counted': '''
[quota]
count_usage_from_placement = true
recheck_quota = false
key_pairs = 1
server_groups = 2
''',
    'strict': '''
[DEFAULT]
default_schedule_zone = az-explicit
max_local_block_devices = 1
password_length = 30
default_ephemeral_format = ext4

[api]
enable_instance_password = false

[cinder]
cross_az_attach = false

[glance]
verify_glance_signatures = true
enable_certificate_validation = true
default_trusted_certificate_ids = ca,cb

[pci]
alias = { "vendor_id":"8086", "product_id":"0443", "device_type":"type-PCI", "name":"a1" }
alias = { "vendor_id":"8086", "product_id":"0444", "device_type":"type-PF", "name":"a2", "numa_policy": "required" }
''',
    'proxies': '''
[DEFAULT]
flat_injected = true

[neutron]
default_floating_pool = public
ovs_bridge = a-very-long-bridge

[api]
use_neutron_default_nets = true
neutron_default_tenant_id = fedcba98-7654-3210-fedc-ba9876543210
max_limit = 2
glance_link_prefix = https://images.example/prefix
''',
}


# Files of rules that a configuration of this name has; {keystone} is the stand-in's URL.
POLICIES = {
    'remote': '''
"os_compute_api:os-pause-server:pause": "{keystone}/policy/yes"
"os_compute_api:os-pause-server:unpause": "{keystone}/policy/no"
"os_compute_api:os-suspend-server:suspend": "{keystone}/policy/%(project_id)s/%(user_id)s"
"os_compute_api:os-suspend-server:resume": "role:admin or {keystone}/policy/no"
"os_compute_api:os-lock-server:lock": "not {keystone}/policy/no"
"os_compute_api:os-lock-server:unlock": "rule:other"
"other": "role:nobody or {keystone}/policy/refused"
"os_compute_api:servers:stop": "{keystone}/policy/%(nothing)s"
"os_compute_api:servers:start": "http://127.0.0.1:1/policy or role:member"
"os_compute_api:servers:reboot": "https://127.0.0.1:1/policy"
"os_compute_api:os-flavor-manage:create": "{keystone}/policy/yes"
"os_compute_api:servers:show:host_status": "{keystone}/policy/no"
''',
}
# Rules that decide what is shown; the server that they ask is not there.
POLICIES['open'] = ''.join('"os_compute_api:%s": ""\n' % rule for rule in (
    'os-migrate-server:migrate', 'os-migrate-server:migrate_live', 'os-admin-actions:inject_network_info',
    'os-shelve:shelve_offload', 'servers:migrations:force_complete', 'os-volumes-attachments:swap'))
POLICIES['remote_dead'] = ''.join('"%s": "http://127.0.0.1:1/policy"\n' % rule for rule in (
    'os_compute_api:servers:show:host_status', 'os_compute_api:os-flavor-extra-specs:index',
    'os_compute_api:servers:allow_all_filters', 'os_compute_api:os-instance-actions:events',
    'compute:servers:resize:cross_cell', 'compute:server:topology:host:index'))
POLICIES['remote_json'] = POLICIES['remote']
POLICIES['remote_files'] = POLICIES['remote']
for _name, _more in (('open', '\n[DEFAULT]\nmax_local_block_devices = 1\n\n[cinder]\ncross_az_attach = false\n'),
                     ('remote', ''), ('remote_dead', ''), ('remote_json', 'remote_content_type = application/json\n'),
                     ('remote_files', 'remote_ssl_client_crt_file = /nonexistent/crt\n')):
    CONFIGURATIONS[_name] = '\n[oslo_policy]\npolicy_file = {folder}/rules.yaml\n' + _more


class Line:
    """One request with its state. method, path, version, headers as peers.Request has them."""

    def __init__(self, number, who, method, path, version, state, body, headers):
        self.line, self.who, self.method, self.path, self.version, self.state, self.body, self.headers = (
            number, who, method, path, version, state, body, headers)
        self.given = path + (body or '') + ' '.join(v for _, v in headers) + state

    @property
    def noauth(self):
        return self.who.startswith('noauth')

    @property
    def program(self):
        """(auth_strategy, configuration): which program the line is asked of."""
        named = re.search(r'(?:^| ; )conf:(\w+)', self.state)
        return 'noauth2' if self.noauth else 'keystone', named.group(1) if named else ''

    def __str__(self):
        return '%s %s @%s as %s%s%s%s' % (
            self.method, self.path, self.version, self.who, ' [%s]' % self.state if self.state != '-' else '',
            ' ' + self.body if self.body else '', ' '.join(' %s: %s' % pair for pair in self.headers))


def read_corpus(path=CORPUS):
    """Rows: versions TAB who[,who…] TAB METHOD path TAB state TAB [body] [TAB Header: value | …]."""
    names = write_world.placeholders()

    def fill(text, number):
        def one(match):
            if match.group(1) not in names:
                raise KeyError('line %d: {%s}' % (number, match.group(1)))
            return names[match.group(1)]
        return re.sub(r'\{([a-z]\w*)\}', one, text)
    out, seen = [], set()
    with open(path, encoding='utf-8') as lines:
        for number, text in enumerate(lines, 1):
            text = text.rstrip('\n')
            if not text or text.startswith('#'):
                continue
            fields = text.split('\t') + ['', '', '']
            versions, whos, target, state, body = (fill(f, number) for f in fields[:5])
            method, path_ = target.split(' ', 1)
            if body.startswith('*'):  # *N{…}: the text N times
                body = re.sub(r'\*(\d+)<([^>]*)>', lambda m: m.group(2) * int(m.group(1)), body[1:])
            headers = [tuple(h.strip().split(': ', 1)) for h in fill(fields[5], number).split('|')] if fields[5] else []
            for who in whos.split(','):
                for version in peers.expand(versions):
                    line = Line(number, who, method, path_, version, state or '-', body or None, headers)
                    if str(line) not in seen:
                        seen.add(str(line))
                        out.append(line)
    return out


class Asker(peers.Peer):
    def ask_line(self, line):
        who = line.who
        if line.noauth:
            token = {'noauth': 'admin:' + world.PROJECT, 'noauth_member': 'member:' + world.PROJECT,
                     'noauth_other': 'admin:' + world.OTHER_PROJECT}[who]
        else:
            token = fakepeers.TOKENS.get(who, '-') if who != '-' else '-'
        headers = list(line.headers)
        if line.body is None and line.method in ('POST', 'PUT'):
            headers.append(('Body', ''))
        if line.body is not None:
            if not any(name.lower() == 'content-type' for name, _ in headers):
                headers.append(('Content-Type', 'application/json'))
            headers.append(('Body', line.body))
        return self.ask(peers.Request(line.line, token, line.method, line.path, headers, line.version))


# -- the servers of the calls

def remote_failure(words):
    """!Class {"kwarg": …} message"""
    match = re.match(r'!([\w.]+) *(\{.*?\})? *(.*)$', words)
    module, _, name = match.group(1).rpartition('.')
    return rabbit.Failure(name, module or 'nova.exception', match.group(3), json.loads(match.group(2) or '{}'))


def standard_replies(rows):
    def reserve(message):
        args = message.inner['args']
        server = args['instance']['nova_object.data']
        cell = 'nova_cell%d' % (2 if message.vhost == 'cell2' else 1)
        values = {'created_at': '2024-01-01', 'deleted': 0, 'instance_uuid': server['uuid'],
                  'device_name': args.get('device') or '/dev/vdz', 'delete_on_termination': False,
                  'volume_id': args['volume_id'], 'source_type': 'volume', 'destination_type': 'volume',
                  'no_device': False, 'connection_info': None, 'tag': args.get('tag'), 'encrypted': False,
                  'uuid': world.uid('bd77', 1)}
        columns = ', '.join(values)
        id_ = rows.query(cell, 'INSERT INTO block_device_mapping (%s) VALUES (%s) RETURNING id' % (
            columns, ', '.join(['%s'] * len(values))), list(values.values()))[0][0]
        data = {'id': id_, 'uuid': values['uuid'], 'instance_uuid': server['uuid'], 'device_name': values['device_name'],
                'delete_on_termination': False, 'volume_id': args['volume_id'], 'source_type': 'volume',
                'destination_type': 'volume', 'guest_format': None, 'device_type': None, 'disk_bus': None,
                'boot_index': None, 'snapshot_id': None, 'volume_size': None, 'image_id': None, 'no_device': False,
                'connection_info': None, 'tag': args.get('tag'), 'attachment_id': None, 'volume_type': None,
                'encrypted': False, 'encryption_secret_uuid': None, 'encryption_format': None,
                'encryption_options': None, 'created_at': '2024-01-01T00:00:00Z', 'updated_at': None,
                'deleted_at': None, 'deleted': False}
        return world.obj('BlockDeviceMapping', '1.21', data)

    def console(kind):
        return lambda message: {'token': world.uid('7070', 1), 'host': '192.0.2.1', 'port': 5900,
                                'internal_access_path': None,
                                'access_url': 'http://127.0.0.1:6080/%s?token=%s' % (kind, world.uid('7070', 1))}
    diagnostics = world.obj('Diagnostics', '1.0', {
        'state': 'running', 'driver': 'libvirt', 'hypervisor': 'kvm', 'hypervisor_os': 'linux', 'uptime': 46664,
        'config_drive': True, 'num_cpus': 1, 'num_nics': 1, 'num_disks': 1,
        'cpu_details': [world.obj('CpuDiagnostics', '1.0', {'id': 0, 'time': 17300000000, 'utilisation': 15})],
        'nic_details': [world.obj('NicDiagnostics', '1.0', {
            'mac_address': '01:23:45:67:89:ab', 'rx_octets': 2070139, 'rx_errors': 100, 'rx_drop': 200,
            'rx_packets': 26701, 'rx_rate': 300, 'tx_octets': 140208, 'tx_errors': 400, 'tx_drop': 500,
            'tx_packets': 662, 'tx_rate': 600})],
        'disk_details': [world.obj('DiskDiagnostics', '1.0', {'read_bytes': 262144, 'read_requests': 112,
                                                              'write_bytes': 5778432, 'write_requests': 488,
                                                              'errors_count': 1})],
        'memory_details': world.obj('MemoryDiagnostics', '1.0', {'maximum': 524288, 'used': 0})})
    return {
        'reserve_block_device_name': reserve,
        'attach_interface': lambda m: {'id': m.inner['args'].get('port_id') or world.uid('f0f0', 0xa001)},
        'get_console_output': 'some text\nof a console\n',
        'get_vnc_console': console('vnc_auto.html'), 'get_spice_console': console('spice_auto.html'),
        'get_rdp_console': console('rdp'), 'get_serial_console': console('serial'), 'get_mks_console': console('mks'),
        'get_diagnostics': {'cpu0_time': 17300000000, 'memory': 524288, 'vda_errors': -1},
        'get_instance_diagnostics': diagnostics,
        'get_host_uptime': ' 08:32:11 up 93 days, 18:25, 12 users,  load average: 0.20, 0.12, 0.14',
        'host_power_action': lambda m: m.inner['args']['action'],
        'host_maintenance_mode': lambda m: 'on_maintenance' if m.inner['args']['mode'] else 'off_maintenance',
        'set_host_enabled': lambda m: 'enabled' if m.inner['args']['enabled'] else 'disabled',
    }


# -- the stage

class Stage:
    """PostgreSQL with the world, RabbitMQ with its tap, the stand-ins."""

    def __init__(self, folder=None):
        self.shared = folder
        self.folder = tempfile.mkdtemp(prefix='nova-stage.')
        os.chmod(self.folder, 0o755)
        self.cluster = self.broker = self.tap = self.rows = self.lock = None
        if folder:
            with open(os.path.join(folder, 'stage.json'), encoding='utf-8') as f:
                known = json.load(f)
            self.lock = open(os.path.join(folder, 'lock'), 'w', encoding='utf-8')  # noqa: SIM115
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            self.prefix, self.broker = known['prefix'], SharedBroker(known['amqp_port'])
        else:
            self.start_servers()
        self.programs = []
        self.peers = fakepeers.FakePeers(servers=write_world.peer_servers()).start()
        try:
            self.fill()
        except BaseException:
            self.stop()
            raise

    def fill(self):
        self.tap = rabbit.Tap(self.broker)
        if self.shared and write_world.is_made(self.prefix, self.broker.url):
            self.rows = write_world.Rows(self.prefix)
            self.rows.restore()
            return
        world.fill(self.prefix)
        write_world.extend(self.prefix, self.broker.url)
        self.rows = write_world.Rows(self.prefix)
        self.rows.watch()

    def start_servers(self):
        os.environ.setdefault('NOVA_TEST_PG_CONNECTIONS', '200')  # the reference keeps many
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            broker = thread.submit(rabbit.Broker)
            self.cluster = stack.Cluster()
            self.prefix = self.cluster.url('{db}')
            link = psycopg2.connect(self.cluster.url('postgres'))
            link.autocommit = True
            with link.cursor() as cur:
                cur.execute('CREATE DATABASE nova_cell2 TEMPLATE nova_cell1')
            link.close()
            self.broker = broker.result()

    def configuration(self, folder, program, driver='postgresql'):
        strategy, name = program
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        shutil.copy(os.path.join(stack.TOP, 'deploy/etc/api-paste.ini'), folder)
        path = os.path.join(folder, 'nova.conf')
        with open(path, 'w', encoding='utf-8') as out:
            out.write('''[DEFAULT]
log_file = {folder}/nova-api.log
state_path = {folder}
host = test-host
my_ip = 127.0.0.1
service_down_time = 86400
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
osapi_compute_workers = 1
debug = true
transport_url = {amqp}

[api]
auth_strategy = {strategy}

[wsgi]
api_paste_config = {folder}/api-paste.ini

[api_database]
connection = {api}

[database]
connection = {main}

[oslo_messaging_notifications]
driver = noop

[oslo_concurrency]
lock_path = {folder}

[spice]
enabled = true

[serial_console]
enabled = true

[rdp]
enabled = true

'''.format(folder=folder, strategy=strategy, amqp=self.broker.url('top'),
           api=self.prefix.format(db='nova_api').replace('postgresql', driver, 1),
           main=self.prefix.format(db='nova_cell1').replace('postgresql', driver, 1)))
            if driver == 'postgresql':
                out.write('[fcgi]\nosapi_compute_address = {folder}/api.sock\n\n'.format(folder=folder))
            text = CONFIGURATIONS[name].replace('{folder}', folder)
            for service in fakepeers.SERVICES:
                text = text.replace('{%s}' % service, self.peers.url(service))
            out.write(self.peers.configuration() + text)
        if name in POLICIES:
            with open(os.path.join(folder, 'rules.yaml'), 'w', encoding='utf-8') as out:
                out.write(POLICIES[name].replace('{keystone}', self.peers.url('keystone')))
        return path

    def settled(self):
        """The programs have started: the rows that they made for themselves go."""
        stack.wait_until('the programs make their service row', lambda: self.rows.query(
            'nova_cell1', "SELECT 1 FROM services WHERE \"binary\" = 'nova-osapi_compute'"), seconds=60)
        time.sleep(1)  # and the second of them, which finds it there or makes its own
        self.rows.restore()
        self.tap.take()
        self.peers.take()

    def run(self, asker, line, reset=None):
        """What a line causes, masked."""
        self.tap.replies = standard_replies(self.rows)
        try:
            write_world.apply_state(self.rows, self.peers, self.tap, line.state, remote_failure)
            answer = asker.ask_line(line)
            messages = self.tap.take()
            out = write_mask.masked(line, answer, self.rows.changes(), messages, self.peers.take())
        finally:
            self.rows.restore()
            self.peers.reset()
            self.tap.take()
            if reset:
                reset()
        return out

    def stop(self):
        for program in reversed(self.programs):
            program.stop()
        for part in (self.rows, self.tap):
            if part:
                part.close()
        self.peers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if not self.shared:
            self.broker.stop()
            self.cluster.stop()


class SharedBroker(rabbit.Broker):
    def __init__(self, port):  # pylint: disable=super-init-not-called
        self.vhosts, self.port = rabbit.VHOSTS, port


class Ours:
    """Our pools, one a pipeline and configuration, each behind a front server."""

    def __init__(self, stage, lines):
        self.folder = tempfile.mkdtemp(prefix='nova-writes.')
        os.chmod(self.folder, 0o755)
        self.parts, self.askers = [], {}
        try:
            for program in sorted({line.program for line in lines}):
                self.start(stage, program)
        except BaseException:
            self.stop()
            raise

    def start(self, stage, program):
        folder = os.path.join(self.folder, '-'.join(program))
        conf = stage.configuration(folder, program)
        try:
            self.parts.append(stack.Pool(folder, conf))
        except RuntimeError as error:
            with open(os.path.join(folder, 'pool.out'), encoding='utf-8', errors='replace') as out:
                raise RuntimeError('%s\n%s' % (error, out.read()[-2000:])) from error
        self.parts.append(stack.Lighttpd(folder, self.parts[-1].socket))
        self.askers[program] = Asker(self.parts[-1].url)

    def ask_line(self, line):
        return self.askers[line.program].ask_line(line)

    def stop(self):
        for part in reversed(self.parts):
            part.stop()
        if os.environ.get('KEEP'):
            print('logs in', self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def reference_installed():
    return os.path.exists(UWSGI) and importlib.util.find_spec('nova') is not None


def reference_command(port):
    return [UWSGI, '--http-socket', '127.0.0.1:%d' % port, '--wsgi-file', os.path.join(HERE, 'reference_full.py'),
            '--master', '--processes', '1', '--threads', '1', '--enable-threads', '--lazy-apps', '--thunder-lock',
            '--die-on-term', '--no-orphans', '--need-app', '--buffer-size', '65535', '--disable-logging']


def reference_environment(folder):
    env = {k: v for k, v in os.environ.items() if not k.startswith(('OS_', 'PYTHON'))}
    return dict(env, OS_NOVA_CONFIG_DIR=folder)


class Theirs:
    """Python's nova-api, one process a pipeline and configuration."""

    def __init__(self, stage, lines):
        self.folder = tempfile.mkdtemp(prefix='nova-reference.')
        self.parts, self.askers = [], {}
        for program in sorted({line.program for line in lines}):
            folder = os.path.join(self.folder, '-'.join(program))
            stage.configuration(folder, program, 'postgresql+psycopg2')
            port = stack.free_port()
            self.parts.append(stack.Process(reference_command(port), os.path.join(folder, 'out'),
                                            env=reference_environment(folder)))
            self.askers[program] = Asker('http://127.0.0.1:%d' % port)
        try:
            for asker in self.askers.values():
                stack.wait_until("Python's nova-api answers", lambda a=asker: self.forget(a), seconds=180,
                                 process=self.parts[0].process)
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def forget(asker):
        try:
            link = http.client.HTTPConnection(asker.url.hostname, asker.url.port, timeout=60)
            link.request('POST', '/rig/forget')
            status = link.getresponse().status
            link.close()
            if status != 200:
                raise RuntimeError("Python's nova-api forgets nothing: %d" % status)
            return True
        except OSError:
            return False

    def forget_all(self):
        for asker in self.askers.values():
            self.forget(asker)

    def ask_line(self, line):
        return self.askers[line.program].ask_line(line)

    def stop(self):
        for part in self.parts:
            part.stop()
        if os.environ.get('KEEP'):
            print('logs in', self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


# -- routes that are not built

def unbuilt_routes():
    """[(method, regular expression of the path, action)] of the rows that answer 501."""
    out = subprocess.run([stack.MANAGE, 'routes'], capture_output=True, text=True, check=False,
                         env=stack.environment()).stdout
    rows = []
    for text in out.splitlines():
        fields = text.split('\t')
        if len(fields) > 3 and fields[-1].strip() != 'built':
            pattern = re.sub(r'\\\{[^}]*\\\}', r'[^/?]+', re.escape(fields[1]))
            rows.append((fields[0], re.compile(r'/v2(?:\.1)?(?:/[0-9a-f-]{32,36})?' + pattern + r'(?:\?.*)?$'), fields[2]))
    return rows


def is_unbuilt(rows, line):
    for method, path, action in rows:
        if method in (line.method, 'ANY', '*') and path.match(line.path):
            if not action or action in ('', '-') or line.body and '"%s"' % action in line.body:
                return True
    return False


# -- what the command does

def read_recorded(path=RECORDED):
    if not os.path.exists(path):
        return {}
    with gzip.open(path, 'rt', encoding='utf-8') as lines:
        return {row.pop('line'): row for row in map(json.loads, lines)}


def write_recorded(rows, path=RECORDED):
    with open(path + '.new', 'wb') as raw, gzip.GzipFile('', 'wb', mtime=0, fileobj=raw) as out:
        for line, row in rows.items():
            out.write(json.dumps({'line': line, **row}).encode() + b'\n')
    os.replace(path + '.new', path)


def listed_differences():
    return peers.listed_differences(DIFFERENCES)


class Verdict:
    """Counts over the lines of a run."""

    def __init__(self):
        self.equal, self.listed, self.unbuilt, self.failures = 0, 0, [], []
        self.listing, self.routes = listed_differences(), unbuilt_routes()

    def judge(self, line, ours, theirs):
        """None, or the words of the failure."""
        if ours['status'] == 501 and theirs['status'] != 501 and is_unbuilt(self.routes, line):
            self.unbuilt.append(str(line))
            return None
        words = write_mask.differences(line, ours, theirs)
        left = [w for w in words if not any(
            p.search(str(line)) and re.search(what, w) for p, what, _ in self.listing)]
        if not words:
            self.equal += 1
            return None
        if not left:
            self.listed += 1
            return None
        failure = 'DIFFERENT line %d: %s\n  %s' % (line.line, line, '\n  '.join(left[:12]))
        self.failures.append(failure)
        return failure

    def add(self, counts):
        """counts(): those of another run."""
        equal, listed, unbuilt, failures = counts
        self.equal += equal
        self.listed += listed
        self.unbuilt += unbuilt
        self.failures += failures

    def counts(self):
        return self.equal, self.listed, self.unbuilt, self.failures

    def summary(self):
        return '%d equal, %d differ as listed, %d not built, %d differ' % (
            self.equal, self.listed, len(self.unbuilt), len(self.failures))


def show(line, ours, theirs):
    print(line)
    for name, side in (('ours', ours), ('theirs', theirs)):
        print(name, json.dumps(side, indent=1, ensure_ascii=False))


def compare(stage, lines, recorded, theirs=None, out=None, full=False):
    """Runs the lines against our program; returns the Verdict."""
    verdict = Verdict()
    ours = Ours(stage, lines)
    try:
        stage.settled()
        for line in lines:
            reference = recorded.get(str(line))
            if theirs:
                reference = stage.run(theirs, line, theirs.forget_all)
            if reference is None:
                verdict.failures.append('line %d: not recorded: %s' % (line.line, line))
                continue
            try:
                mine = stage.run(ours, line)
                if write_mask.is_whole_second(write_mask.differences(line, mine, reference)):
                    mine = stage.run(ours, line)
            except (OSError, http.client.HTTPException) as error:
                verdict.failures.append('DIFFERENT line %d: %s\n  %r' % (line.line, line, error))
                failure = verdict.failures[-1]
            else:
                failure = verdict.judge(line, mine, reference)
                if full:
                    show(line, mine, reference)
            if failure and out:
                print(failure, file=out, flush=True)
    finally:
        ours.stop()
    return verdict


def waits(line):
    """Whether a peer is slow or dead in it: three seconds and more of retries, by the contract. (Without keystone a line needs the
    token that lines before it have made the pool keep.)"""
    return re.search(r'gone:(?!keystone)|"drop"|"slow"|=silence', line.state) is not None


def dealt(lines, waiting, part, parts):
    """A part of the lines: of those that wait every so manieth, of the others a stretch, for they lean on those before them."""
    lines = [x for x in lines if waits(x) == waiting]
    return lines[part::parts] if waiting else lines[part * len(lines) // parts:(part + 1) * len(lines) // parts]


def compare_beside(waiting, part, parts):
    """compare() of such a part of the corpus, on a stage of its own: its counts."""
    stage = Stage()
    try:
        return compare(stage, dealt(read_corpus(), waiting, part, parts), read_recorded()).counts()
    finally:
        stage.stop()


def compare_all(stage, lines, recorded):
    """compare() of the whole corpus, in a fraction of its time: the lines that wait do so beside the others, and these beside each other."""
    with concurrent.futures.ProcessPoolExecutor(WAITERS + RUNNERS - 1, multiprocessing.get_context('spawn')) as pool:
        parts = [pool.submit(compare_beside, False, part, RUNNERS) for part in range(1, RUNNERS)]
        parts += [pool.submit(compare_beside, True, part, WAITERS) for part in range(WAITERS)]
        verdict = compare(stage, dealt(lines, False, 0, RUNNERS), recorded)
        for part in parts:
            verdict.add(part.result())
    return verdict


def record(stage, lines, recorded, keep=None):
    theirs = Theirs(stage, lines)
    try:
        stage.settled()
        started = time.monotonic()
        for i, line in enumerate(lines, 1):
            recorded[str(line)] = stage.run(theirs, line, theirs.forget_all)
            if i % 100 == 0:
                if keep:
                    keep()
                print('  %d of %d recorded, %.2f s a line' % (i, len(lines), (time.monotonic() - started) / i), flush=True)
    finally:
        theirs.stop()


def keep_stage(folder):
    """Servers for others until it is told to end."""
    def leave(*_):
        raise SystemExit
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    os.makedirs(folder, exist_ok=True)
    named = os.path.join(folder, 'stage.json')
    stage = Stage.__new__(Stage)
    try:
        stage.start_servers()
        with open(named, 'w', encoding='utf-8') as out:
            json.dump({'prefix': stage.prefix, 'amqp_port': stage.broker.port, 'pid': os.getpid()}, out)
        print('stage in', folder, flush=True)
        while True:
            signal.pause()
    finally:
        if os.path.exists(named):
            os.unlink(named)
        for server in ('broker', 'cluster'):
            if hasattr(stage, server):
                getattr(stage, server).stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('what', choices=('compare', 'live', 'record', 'stage', 'list'))
    parser.add_argument('pattern', nargs='?')
    parser.add_argument('--stage', default=os.environ.get('NOVA_WRITE_STAGE'))
    parser.add_argument('--corpus', default=CORPUS)
    parser.add_argument('--recorded', default=RECORDED)
    parser.add_argument('--missing', action='store_true', help='record only what is not recorded yet')
    parser.add_argument('--part', default='1/1', help='N/M: every Mth line, from the Nth')
    parser.add_argument('--show', action='store_true', help='print all that the lines caused, as JSON')
    args = parser.parse_intermixed_args()
    if args.what == 'stage':
        keep_stage(args.stage or '/tmp/nova-write-stage')
        return 0
    everything = read_corpus(args.corpus)
    lines = [x for x in everything if not args.pattern or re.search(args.pattern, str(x))]
    part, parts = map(int, args.part.split('/'))
    lines = lines[part - 1::parts]
    if args.what == 'list':
        print('\n'.join(map(str, lines)))
        return 0
    shared = args.stage if args.stage and os.path.exists(os.path.join(args.stage, 'stage.json')) else None
    stage = Stage(shared)
    try:
        recorded = read_recorded(args.recorded)
        if args.what == 'record':
            if args.missing:
                lines = [x for x in lines if str(x) not in recorded]
                random.Random(1).shuffle(lines)  # so that what is there when it is interrupted is of every kind
            record(stage, lines, recorded, lambda: write_recorded(recorded, args.recorded))
            if args.show:
                for line in lines:
                    print(line, json.dumps(recorded[str(line)], indent=1, ensure_ascii=False))
            write_recorded({str(x): recorded[str(x)] for x in everything if str(x) in recorded}, args.recorded)
            print('%d lines recorded' % len(lines))
            return 0
        theirs = Theirs(stage, lines) if args.what == 'live' else None
        try:
            verdict = compare(stage, lines, copy.copy(recorded), theirs, sys.stdout, args.show)
        finally:
            if theirs:
                theirs.stop()
        for text in verdict.unbuilt[:20]:
            print('not built:', text[:160])
        print('%d lines: %s' % (len(lines), verdict.summary()))
        return 1 if verdict.failures else 0
    finally:
        stage.stop()


if __name__ == '__main__':
    sys.exit(main())
