# SPDX-License-Identifier: Apache-2.0
"""What the world of writes has beyond world.py: compute nodes, key pairs, migrations, actions, quotas, attachments;
the states that a corpus line can ask for; and the rows that a request leaves behind.
"""
import datetime
import hashlib
import json

import psycopg2

import fakecloud
import rabbit
import world
from world import PROJECT, insert, server_id, uid

DATABASES = ('nova_api', 'nova_cell0', 'nova_cell1', 'nova_cell2')
T0 = '2024-01-01 00:00:00'
PUBLIC_KEY = ('ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7kQ5Yf1jg6GyzW3mGxFbGQ8Jx6hB8yLwXl0kC0yT0p5vQ7Jz1K2gq5rQ9n7yT'
              '5bQ8wz0mHqGm9oU4Zl4Q3s8f0q1n2m3o4p5q6r7s8t9u0v1w2x3y4z5A6B7C8D9E0F1G2H3I4J5K6L7M8N9O0P== key@rig')
CONSOLE_TOKEN = 'c0c0c0c0-0000-4000-8000-000000000001'
NODES = (('host-a', 1), ('host-b', 1), ('host-down', 1), ('host-maint', 1), ('host-c', 2), ('host-d', 2))


def extend(prefix, transport):
    """Fills the databases of world.fill() further; transport: a function from a virtual host's name to its URL."""
    links = {name: psycopg2.connect(prefix.format(db=name)) for name in DATABASES}
    api, cells = links['nova_api'].cursor(), [links['nova_cell%d' % n].cursor() for n in range(3)]
    for n in (1, 2):
        api.execute('UPDATE cell_mappings SET transport_url = %s WHERE name = %s', [transport('cell%d' % n), 'cell%d' % n])
    for n, (host, cell) in enumerate(NODES, 1):
        put_node(cells[cell], n, host, host)
    put_node(cells[2], 7, 'host-c', 'node-c')
    for cur in cells[1:]:
        cur.execute("UPDATE services SET last_seen_up = timezone('UTC', now()) WHERE last_seen_up > '2090-01-01'")
    for n, (host, binary) in enumerate((('ctl', 'nova-conductor'), ('ctl', 'nova-scheduler'))):
        insert(cells[1], 'services', created_at=T0, deleted=0, host=host, binary=binary, topic=binary[5:],
               report_count=1, disabled=False, last_seen_up=datetime.datetime.utcnow(), forced_down=False, version=64,
               uuid=uid('5e50', n + 1))
    for n, (user, name) in enumerate((('admin', 'my key'), ('member', 'k1'), ('member', 'k2')), 1):
        insert(api, 'key_pairs', created_at=T0, id=n, name=name, user_id=user, public_key=PUBLIC_KEY, type='ssh',
               fingerprint='11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:0%d' % n)
    for resource, limit in (('instances', 60), ('cores', 100), ('ram', 100000)):
        insert(api, 'quotas', created_at=T0, project_id=PROJECT, resource=resource, hard_limit=limit)
    insert(api, 'aggregates', created_at=T0, id=2, uuid=uid('a990', 2), name='plain')
    insert(api, 'aggregate_hosts', created_at=T0, host='host-a', aggregate_id=2)
    insert(api, 'aggregate_metadata', created_at=T0, aggregate_id=2, key='ssd', value='true')
    insert(api, 'aggregates', created_at=T0, id=3, uuid=uid('a990', 3), name='empty')
    insert(api, 'instance_groups', created_at=T0, id=2, user_id='member', project_id=PROJECT, uuid=uid('6400', 2),
           name='group-2')
    insert(api, 'instance_group_policy', created_at=T0, group_id=2, policy='anti-affinity',
           rules=json.dumps({'max_server_per_host': 2}))
    put_cell1(cells[1])
    put_migration(cells[2], 7, 20, 'done', 'migration', 'host-d', 'host-c', 2)
    for cur in (api, *cells):
        for table in world.tables_of(cur):
            cur.execute("SELECT pg_get_serial_sequence(%s, 'id') WHERE EXISTS (SELECT FROM information_schema.columns "
                        "WHERE table_name = %s AND column_name = 'id' AND data_type IN ('integer', 'bigint'))",
                        ['public."%s"' % table, table])
            row = cur.fetchone()
            if row and row[0]:  # rows came with their ids: what comes next begins at 1001
                cur.execute('SELECT setval(%s, 1000)', [row[0]])
    for link in links.values():
        link.commit()
        link.close()


def put_cell1(cur):
    cur.execute("UPDATE block_device_mapping SET attachment_id = 'a77a0000-0000-4000-8000-' || right(volume_id, 12) "
                "WHERE volume_id IS NOT NULL")
    # The server that boots from a volume has no root device of an image.
    cur.execute("DELETE FROM block_device_mapping WHERE instance_uuid = %s AND source_type = 'image'", [server_id(3)])
    for n, (server, status, kind, source, dest, flavors) in enumerate((
            (15, 'finished', 'resize', 'host-b', 'host-a', (2, 3)),
            (30, 'running', 'live-migration', 'host-a', 'host-b', (1, 1)),
            (14, 'migrating', 'resize', 'host-a', 'host-b', (1, 3)),
            (1, 'completed', 'live-migration', 'host-b', 'host-a', (1, 1)),
            (2, 'error', 'evacuation', 'host-a', 'host-b', (1, 1)),
            (26, 'queued', 'live-migration', 'host-b', 'host-a', (1, 1))), 1):
        put_migration(cur, n, server, status, kind, source, dest, flavors[0], flavors[1])
    for n, (action, request, message, finish) in enumerate((
            ('create', 'req-aaaaaaaa-0000-4000-8000-000000000001', None, '2024-01-01 00:05:00'),
            ('stop', 'req-aaaaaaaa-0000-4000-8000-000000000002', 'Error', None),
            ('reboot', 'req-aaaaaaaa-0000-4000-8000-000000000003', None, None)), 1):
        when = '2024-01-0%d 00:00:00' % n
        insert(cur, 'instance_actions', created_at=when, updated_at=when, deleted=0, id=n, action=action,
               instance_uuid=server_id(1), request_id=request, user_id='admin', project_id=PROJECT, start_time=when,
               finish_time=finish, message=message)
        insert(cur, 'instance_actions_events', created_at=when, deleted=0, id=n, event='compute__do_%s' % action,
               action_id=n, start_time=when, finish_time=finish, result='Error' if message else 'Success',
               traceback='Traceback: somewhere\n' if message else None, host='host-a', details='what' if message else None)
    insert(cur, 'console_auth_tokens', created_at=T0, id=1, token_hash=hashlib.sha256(CONSOLE_TOKEN.encode()).hexdigest(),
           console_type='novnc', host='10.9.8.7', port=5900, internal_access_path=None, instance_uuid=server_id(1),
           expires=2100000000, access_url_base='http://127.0.0.1:6080/vnc_auto.html')
    insert(cur, 'task_log', created_at=T0, deleted=0, id=1, task_name='instance_usage_audit', state='DONE', host='host-a',
           period_beginning='2024-01-01 00:00:00', period_ending='2024-02-01 00:00:00', message='Instance usage audit ran',
           task_items=5, errors=0)
    insert(cur, 'instance_system_metadata', created_at=T0, deleted=0, instance_uuid=server_id(9), key='shelved_image_id',
           value=uid('1a00', 22))
    insert(cur, 'instance_system_metadata', created_at=T0, deleted=0, instance_uuid=server_id(10), key='shelved_image_id',
           value=uid('1a00', 22))
    for n in (18, 1):
        insert(cur, 'virtual_interfaces', created_at=T0, deleted=0, id=n, address='fa:16:3e:00:%02x:%02x/%s' % (
            n * 16 >> 8, n * 16 & 255, uid('f0f0', n * 16)), instance_uuid=server_id(n), uuid=uid('f0f0', n * 16), tag='nic')


def put_node(cur, n, host, node):
    insert(cur, 'compute_nodes', created_at=T0, deleted=0, id=n, vcpus=64, memory_mb=262144, local_gb=2000,
           vcpus_used=n, memory_mb_used=512 * n, local_gb_used=n, hypervisor_type='QEMU', hypervisor_version=7002000,
           cpu_info='{"arch": "x86_64", "model": "rig", "topology": {"cores": 4, "threads": 2, "sockets": 1}, '
           '"features": ["vmx", "aes"]}', disk_available_least=100, free_ram_mb=262144 - 512 * n,
           free_disk_gb=2000 - n, current_workload=0, running_vms=n, hypervisor_hostname=node, host_ip='192.0.2.%d' % n,
           supported_instances='[["x86_64", "kvm", "hvm"]]', host=host, ram_allocation_ratio=1.0,
           cpu_allocation_ratio=4.0, disk_allocation_ratio=1.0, uuid=uid('c0de', n), mapped=1)


def put_migration(cur, n, server, status, kind, source, dest, old=1, new=1):
    insert(cur, 'migrations', created_at='2024-01-10 00:00:0%d' % n, updated_at='2024-01-11 00:00:0%d' % n, deleted=0, id=n,
           source_compute=source, dest_compute=dest, source_node=source, dest_node=dest, dest_host='192.0.2.9',
           old_instance_type_id=old, new_instance_type_id=new, instance_uuid=server_id(server), uuid=uid('3316', n),
           status=status, migration_type=kind, hidden=False, memory_total=1000, memory_processed=400,
           memory_remaining=600, disk_total=0, disk_processed=0, disk_remaining=0, cross_cell_move=False,
           user_id='admin', project_id=PROJECT)


def peer_servers():
    """What the stand-ins must know of the servers, as fakecloud's add_server() takes it."""
    out = []
    for n, spec in enumerate(world.SERVERS, 1):
        nets = spec.get('nets', [('private', [(4, '10.0.0.%d' % (10 + n))], [])])
        if not spec.get('deleted'):
            out.append({'uuid': server_id(n), 'n': n, 'project': spec.get('project', PROJECT),
                        'host': spec.get('host', 'host-a'), 'az': spec.get('az', 'nova'),
                        'nets': [(label, addresses[0][1]) for label, addresses, _ in nets]})
    return out


def placeholders():
    """{names} of a corpus line."""
    names = world.placeholders()
    names.update({'group2': uid('6400', 2), 'console_token': CONSOLE_TOKEN, 'public_key': PUBLIC_KEY})
    for name, id_ in fakecloud.NETWORKS.items():
        names['net_' + name] = id_
    for name, id_ in fakecloud.GROUPS.items():
        names['sg_' + name] = id_
    for n in range(1, 23):
        names['image%d' % n], names['vol%d' % n] = uid('1a00', n), uid('0010', n)
        names['att%d' % n], names['mig%d' % n], names['fip%d' % n] = uid('a77a', n), uid('3316', n), uid('f100', n)
        names['snap%d' % n] = uid('5a00', n)
        names['node%d' % n] = uid('c0de', n)
        names['sgid%d' % n] = uid('5600', n)
    for n in range(1, 12):
        names['port%d' % n] = uid('f0f0', 0xa000 + n)
    for n, spec in enumerate(world.SERVERS, 1):
        key = ''.join(c for c in spec['name'].replace('-', '_') if c.isascii() and (c.isalnum() or c == '_'))
        names['nic_' + key] = uid('f0f0', n * 16)
    for i, host in enumerate(('host-a', 'host-b', 'host-down', 'host-maint')):
        names['service_' + host.replace('-', '_')] = uid('5e4f', i + 16 * len(host))
    names['service_conductor'] = uid('5e50', 1)
    return names


# -- rows that a request leaves

AUDIT = '''
CREATE SCHEMA IF NOT EXISTS rig;
CREATE TABLE IF NOT EXISTS rig.log (id bigserial PRIMARY KEY, tab text, op text, old jsonb, new jsonb);
CREATE TABLE IF NOT EXISTS rig.seq (name text, value bigint, called boolean);
CREATE OR REPLACE FUNCTION rig.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rig.log (tab, op, old, new) VALUES (TG_TABLE_NAME, left(TG_OP, 1),
    CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION rig.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT DISTINCT tab FROM rig.log LOOP
    EXECUTE format('DELETE FROM public.%I', t);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM rig.%I', t, 'c_' || t);
  END LOOP;
  PERFORM setval(name::regclass, value, called) FROM rig.seq;
  DELETE FROM rig.log;
END $$;
'''


def mark():
    """Changes with what the world is made of."""
    made = hashlib.sha256()
    for path in (__file__, world.__file__):
        with open(path, 'rb') as source:
            made.update(source.read())
    return made.hexdigest()


def is_made(prefix, transport):
    """Is the world of a stage that is kept up still the one of this source, and its services still alive?"""
    link = psycopg2.connect(prefix.format(db='nova_api'))
    with link.cursor() as cur:
        cur.execute("SELECT 1 FROM cell_mappings WHERE name = 'cell1' AND transport_url = %s", [transport('cell1')])
        same = cur.fetchone() is not None
    link.close()
    if not same:
        return False
    link = psycopg2.connect(prefix.format(db='nova_cell2'))
    try:
        with link.cursor() as cur:
            cur.execute("SELECT mark FROM rig.made, public.services WHERE host = 'host-c' AND last_seen_up > "
                        "timezone('UTC', now()) - interval '20 hours'")
            return cur.fetchone() == (mark(),)
    except psycopg2.errors.UndefinedTable:
        return False
    finally:
        link.close()


class Rows:
    """The four databases: what changed since the last restore(), and back."""

    def __init__(self, prefix):
        self.links = {}
        for name in DATABASES:
            link = psycopg2.connect(prefix.format(db=name))
            link.autocommit = True
            self.links[name] = link
        self.restores = 0
        self.rivals = False

    def close(self):
        for link in self.links.values():
            link.close()

    def watch(self):
        """What is there now is what restore() brings back."""
        for link in self.links.values():
            with link.cursor() as cur:
                cur.execute('DROP SCHEMA IF EXISTS rig CASCADE')
                cur.execute(AUDIT)
                for table in world.tables_of(cur):
                    if table.startswith('shadow_'):
                        continue
                    cur.execute('CREATE TABLE rig."c_{0}" AS SELECT * FROM public."{0}"; CREATE TRIGGER rig_note AFTER '
                                'INSERT OR UPDATE OR DELETE ON public."{0}" FOR EACH ROW EXECUTE FUNCTION '
                                'rig.note()'.format(table))
                cur.execute("SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences "
                            "WHERE schemaname = 'public'")
                for (name,) in cur.fetchall():
                    cur.execute('INSERT INTO rig.seq SELECT %%s, last_value, is_called FROM %s' % name, [name])
                cur.execute('CREATE TABLE rig.made AS SELECT %s AS mark', [mark()])

    def restore(self):
        self.restores += 1
        if self.rivals or self.restores == 1:
            for name in DATABASES:
                self.run(name, 'DROP FUNCTION IF EXISTS rig.rival() CASCADE')
            self.rivals = False
        for link in self.links.values():
            with link.cursor() as cur:
                if self.restores % 25 == 0:
                    cur.execute('SELECT DISTINCT tab FROM rig.log')
                    tables = [row[0] for row in cur.fetchall()]
                    cur.execute('SELECT rig.restore()')
                    for table in tables:
                        cur.execute('VACUUM public."%s"' % table)
                    cur.execute('VACUUM rig.log')
                else:
                    cur.execute('SELECT rig.restore()')

    def rival(self, database, table, sql):
        """Another who comes between: once the program has put a row into the table, this happens too."""
        self.rivals = True
        self.run(database, 'CREATE FUNCTION rig.rival() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN NULL; END $$; '
                 'CREATE TRIGGER rig_rival AFTER INSERT ON public."%s" FOR EACH ROW WHEN (pg_trigger_depth() = 0) '
                 'EXECUTE FUNCTION rig.rival()' % (sql, table))

    def run(self, database, sql, values=None):
        with self.links[database].cursor() as cur:
            cur.execute(sql, values)

    def query(self, database, sql, values=None):
        with self.links[database].cursor() as cur:
            cur.execute(sql, values)
            return cur.fetchall()

    def settle(self):
        """What was changed until now belongs to the line's state, not to the request."""
        for link in self.links.values():
            with link.cursor() as cur:
                cur.execute("UPDATE rig.log SET op = 'S', old = NULL, new = NULL")

    def changes(self):
        """[(database, table, old row or None, new row or None)]: what there was before and what is left, net."""
        out = []
        for name, link in self.links.items():
            with link.cursor() as cur:
                cur.execute("SELECT tab, op, old, new FROM rig.log WHERE op <> 'S' ORDER BY id")
                logged = cur.fetchall()
            rows = {}  # (table, key): [old, new]
            for table, _, old, new in logged:
                key = (table, key_of(table, old or new))
                row = rows.setdefault(key, [old, None])
                row[1] = new
                if old is not None and new is not None and key_of(table, new) != key[1]:
                    row[1] = None
                    rows[(table, key_of(table, new))] = [None, new]
            out += [(name, table, old, new) for (table, _), (old, new) in rows.items() if old != new]
        return out


def key_of(table, row):
    if 'id' in row:
        return row['id']
    return json.dumps(row, sort_keys=True)


# -- states

def cell_of(n):
    return 'nova_cell%d' % world.SERVERS[n - 1].get('cell', 1)


def server_number(name):
    for n, spec in enumerate(world.SERVERS, 1):
        key = ''.join(c for c in spec['name'].replace('-', '_') if c.isascii() and (c.isalnum() or c == '_'))
        if key == name:
            return n
    raise KeyError(name)


def apply_state(rows, peers, tap, words, failure):
    """Brings about what the third column says; see README.md."""
    for word in [w.strip() for w in words.split(' ; ') if w.strip() not in ('', '-')]:
        kind, _, rest = word.partition(':')
        if kind.startswith('@'):
            n = server_number(kind[1:])
            for change in rest.split(','):
                column, _, value = change.partition('=')
                rows.run(cell_of(n), 'UPDATE instances SET "%s" = %%s WHERE uuid = %%s' % column,
                         [None if value == 'null' else value, server_id(n)])
        elif kind == 'sql':
            database, _, sql = rest.partition(':')
            rows.run('nova_' + database, sql.replace('%', '%%'), [])
        elif kind == 'quota':
            resource, _, limit = rest.partition('=')
            project = PROJECT
            rows.run('nova_api', 'DELETE FROM quotas WHERE project_id = %s AND resource = %s', [project, resource])
            rows.run('nova_api', "INSERT INTO quotas (created_at, project_id, resource, hard_limit) "
                     "VALUES ('2024-01-01', %s, %s, %s)", [project, resource, int(limit)])
        elif kind == 'fail':
            service, method, path, what = rest.split(' ', 3)
            peers.fail(service, method, path, **json.loads(what))
        elif kind == 'gone':
            peers.gone(rest)
        elif kind == 'rpc':
            method, _, what = rest.partition('=')
            tap.replies[method] = (failure(what) if what.startswith('!') else rabbit.SILENCE if what == 'silence' else
                                   json.loads(what))
        elif kind == 'rival':
            rows.rival('nova_' + rest.split(':')[0], *rest.split(':', 2)[1:])
        elif kind == 'limit':
            resource, _, limit = rest.rpartition('=')
            peers.cloud.limits[(PROJECT, resource)] = int(limit)
        elif kind == 'registered':
            resource, _, limit = rest.rpartition('=')
            del peers.cloud.registered_limits[resource]
            if limit != 'none':
                peers.cloud.registered_limits[resource] = int(limit)
        elif kind == 'model':
            peers.cloud.limit_model = rest
        elif kind != 'conf':
            raise ValueError('state %r' % word)
    rows.settle()
