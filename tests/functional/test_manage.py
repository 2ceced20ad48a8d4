# SPDX-License-Identifier: Apache-2.0
"""nova-api-fcgi-manage on a real PostgreSQL: schemas made and told apart, cells mapped, a demonstration seeded."""
import re
import subprocess

import psycopg2
import pytest

import stack

DATABASES = ('new_api', 'new_cell0', 'new_cell1')


class Cloud:
    """Empty databases on a private server, and our command with them in its nova.conf."""

    def __init__(self, cluster, folder):
        self.cluster = cluster
        for name in DATABASES:
            self.sql('postgres', 'DROP DATABASE IF EXISTS ' + name)
            self.sql('postgres', 'CREATE DATABASE ' + name)
        self.conf = stack.write_configuration(str(folder), cluster.url('new_api'), cluster.url('new_cell1'))

    def sql(self, database, text):
        link = psycopg2.connect(self.cluster.url(database))
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(text)
            rows = cursor.fetchall() if cursor.description else None
        link.close()
        return rows

    def manage(self, *words):
        done = subprocess.run([stack.MANAGE, '--config-file', self.conf, *words], capture_output=True, text=True,
                              env=stack.environment(), check=False)
        return done.returncode, done.stdout, done.stderr

    def good(self, *words):
        status, out, err = self.manage(*words)
        assert status == 0, err
        return out

    def ready(self):
        self.good('api_db', 'sync')
        self.good('cell_v2', 'map_cell0', '--database_connection', self.cluster.url('new_cell0'))
        self.good('cell_v2', 'create_cell', '--name', 'cell1')
        self.good('db', 'sync')
        return self


@pytest.fixture(scope='module')
def cluster():
    cluster = stack.Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def cloud(cluster, tmp_path):
    return Cloud(cluster, tmp_path)


def test_empty_databases_become_nova(cloud):
    assert cloud.manage('db', 'check')[0] == 3
    assert cloud.good('api_db', 'version') == 'None\n'
    cloud.ready()
    assert cloud.good('api_db', 'version') == 'b30f573d3377\n'
    assert cloud.good('db', 'version') == 'ccb0fa1a2252\n'
    for name in DATABASES[1:]:
        assert cloud.sql(name, 'SELECT count(*) FROM instances') == [(0,)]
    assert cloud.good('db', 'check').count('works with') == 3
    cloud.good('db', 'sync')
    cloud.good('api_db', 'sync')


def test_sync_without_a_mapping_of_cell0(cloud):
    cloud.good('api_db', 'sync')
    assert 'cell0 mapping not found' in cloud.good('db', 'sync')
    assert cloud.sql('new_cell1', 'SELECT version_num FROM alembic_version') == [('ccb0fa1a2252',)]


@pytest.mark.parametrize('head,status,words', [('8f2f1571d55b', 4, 'older nova'), ('960aac0e09ea', 5, 'newer nova'),
                                               ('0123456789ab', 6, 'no nova known here')])
def test_other_heads_are_named_and_left_alone(cloud, head, status, words):
    cloud.ready()
    cloud.sql('new_cell1', "UPDATE alembic_version SET version_num = '%s'" % head)
    code, out, _ = cloud.manage('db', 'check')
    assert (code, words in out) == (status, True)
    code, _, err = cloud.manage('db', 'sync')
    assert (code, words in err) == (1, True)
    assert cloud.sql('new_cell1', 'SELECT version_num FROM alembic_version') == [(head,)]


def test_a_database_before_alembic_is_older(cloud):
    cloud.sql('new_cell1', 'CREATE TABLE migrate_version (version int); CREATE TABLE instances (id int)')
    assert cloud.manage('db', 'check')[0] == 4


def test_a_foreign_database_is_left_alone(cloud):
    cloud.sql('new_api', 'CREATE TABLE invoices (id int)')
    assert cloud.manage('db', 'check')[0] == 6
    assert cloud.manage('api_db', 'sync')[0] == 1
    assert cloud.sql('new_api', "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]


def test_two_at_once_make_one_schema(cloud):
    children = [subprocess.Popen([stack.MANAGE, '--config-file', cloud.conf, 'api_db', 'sync'], env=stack.environment())
                for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert cloud.sql('new_api', 'SELECT version_num FROM alembic_version') == [('b30f573d3377',)]


def test_cells(cloud):
    cloud.good('api_db', 'sync')
    cloud.good('cell_v2', 'map_cell0')
    assert cloud.good('cell_v2', 'map_cell0') == 'Cell0 is already setup\n'
    assert cloud.sql('new_api', 'SELECT uuid, name, transport_url, database_connection, disabled FROM cell_mappings') == [
        ('00000000-0000-0000-0000-000000000000', 'cell0', 'none:///', cloud.cluster.url('new_cell1_cell0'), False)]
    out = cloud.good('cell_v2', 'create_cell', '--name', 'c1', '--verbose', '--transport-url', 'rabbit://u:secret@bus:5672/')
    assert re.fullmatch(r'[0-9a-f-]{36}\n', out)
    assert cloud.manage('cell_v2', 'create_cell', '--name', 'c2')[0] == 2
    cloud.good('cell_v2', 'create_cell', '--disabled', '--transport-url=rabbit://other/',
               '--database_connection=postgresql://a:secret@b/c')
    out = cloud.good('cell_v2', 'list_cells')
    assert 'secret' not in out
    assert 'rabbit://u:****@bus:5672/' in out and 'postgresql://a:****@b/c' in out
    assert [line.split('|')[1].strip() for line in out.splitlines()[3:-1]] == ['', 'c1', 'cell0']
    assert cloud.good('cell_v2', 'list_cells', '--verbose').count('secret') == 2
    assert len({len(line) for line in out.splitlines()}) == 1


def test_seed(cloud):
    assert cloud.manage('db', 'seed', '--servers', '5')[0] == 1
    cloud.ready()
    cloud.good('db', 'seed', '--servers', '300', '--project', 'p"1', '--user', "o'neil")
    cloud.good('db', 'seed', '--servers', '100')
    states = dict(cloud.sql('new_cell1', 'SELECT vm_state, count(*) FROM instances GROUP BY 1'))
    assert states == {'active': 384, 'stopped': 8, 'error': 8}
    assert cloud.sql('new_cell1', 'SELECT count(*), count(DISTINCT uuid), max(display_name) FROM instances') == [
        (400, 400, 'demo-000400')]
    assert cloud.sql('new_api', "SELECT count(*) FROM instance_mappings WHERE project_id = 'p\"1' AND user_id = 'o''neil'") == [(300,)]
    mapped = cloud.sql('new_api', 'SELECT instance_uuid FROM instance_mappings ORDER BY 1')
    assert mapped == cloud.sql('new_cell1', 'SELECT uuid FROM instances ORDER BY 1')
    assert mapped == cloud.sql('new_api', "SELECT spec::json -> 'nova_object.data' ->> 'instance_uuid' FROM request_specs ORDER BY 1")
    for table, rows in (('instance_extra', 400), ('instance_info_caches', 400), ('instance_faults', 8), ('instance_actions', 400),
                        ('instance_actions_events', 400), ('instance_metadata', 800), ('virtual_interfaces', 392)):
        assert cloud.sql('new_cell1', 'SELECT count(*) FROM ' + table) == [(rows,)], table
    # what is JSON is JSON, and points at rows that are there
    assert cloud.sql('new_cell1', "SELECT count(DISTINCT flavor::json -> 'cur' -> 'nova_object.data' ->> 'id') FROM instance_extra") == [(4,)]
    assert cloud.sql('new_cell1', "SELECT count(*) FROM instance_info_caches WHERE json_array_length(network_info::json) = 1") == [(392,)]
    hosts = cloud.sql('new_cell1', 'SELECT DISTINCT host FROM instances ORDER BY 1')
    assert set(hosts) <= set(cloud.sql('new_api', 'SELECT host FROM host_mappings'))
    assert set(hosts) <= set(cloud.sql('new_cell1', "SELECT host FROM services WHERE \"binary\" = 'nova-compute'"))
    assert cloud.sql('new_cell1', 'SELECT sum(running_vms) FROM compute_nodes') == [(400,)]


@pytest.mark.parametrize('words', [[], ['nonsense'], ['db'], ['db', 'seed'], ['db', 'seed', '--servers', 'x'],
                                   ['db', 'seed', '--servers', '-1'], ['db', 'sync', '--what'], ['db', 'version', 'extra'],
                                   ['cell_v2', 'create_cell', '--name']])
def test_wrong_words_end_with_usage(cloud, words):
    status, _, err = cloud.manage(*words)
    assert status == 64
    assert 'usage: nova-api-fcgi-manage' in err


def test_listings(cloud):
    assert len(cloud.good('routes').splitlines()) > 300
    assert '[api_database]' in cloud.good('options')
    assert '"context_is_admin": "(role:admin or is_admin:True)"' in cloud.good('policy', 'list')
    # Idle connections are kept as long as upstream's own server keeps them.
    for server, word in (('lighttpd', 'server.max-keep-alive-idle = 900'), ('apache', 'KeepAliveTimeout 900'),
                         ('nginx', 'keepalive_timeout 900')):
        printed = cloud.good('frontend', server)
        assert 'fastcgi' in printed.lower().replace('proxyfcgi', 'fastcgi') and word in printed


def test_no_password_in_what_fails(cloud, tmp_path):
    conf = stack.write_configuration(str(tmp_path), 'mysql://nova:secret@h/d', 'postgresql://nova:secret@127.0.0.1:1/d')
    for words in (['db', 'version'], ['api_db', 'version'], ['db', 'check']):
        done = subprocess.run([stack.MANAGE, '--config-file', conf, *words], capture_output=True, text=True,
                              env=stack.environment(), check=False)
        assert done.returncode == 1
        assert 'secret' not in done.stdout + done.stderr


def test_help_and_manual_pages_name_the_same():
    man = {name: open(f'{stack.TOP}/deploy/man/{name}.8').read().replace('\\-', '-') for name in ('nova-api-fcgi', 'nova-api-fcgi-manage')}
    told = {path: subprocess.run([path, '--help'], capture_output=True, text=True, check=True).stdout
            for path in (stack.PROGRAM, stack.MANAGE)}
    commands = re.findall(r'^  ([a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)?)', told[stack.MANAGE].split('\ncommands:\n')[1], re.M)
    assert len(commands) > 12 and 'db check' in commands and 'routes' in commands
    for command in commands:
        assert re.search(rf'\b{command}\b', man['nova-api-fcgi-manage']), command
    for flag in set(re.findall(r'--[a-z-]+', man['nova-api-fcgi'])) - {'--kill-whom', '--signal'}:
        assert re.search(rf'^  {flag}\b', told[stack.PROGRAM], re.M), flag
    for text in told.values():
        flags = re.findall(r'^  (-\S+)', text, re.M)
        assert len(flags) == len(set(flags))
