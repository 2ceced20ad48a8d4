#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small cloud of fixed rows, for answers that can be recorded and compared.

Every id, name and time is fixed, so Python's nova-api and nova-api-fcgi must
give the same bytes whenever they are asked.  The rows cover what a view or a
filter can tell apart: each state, faults, volumes, tags, metadata, embedded
flavors, addresses, zones, groups, a build request, deleted servers, servers
of another project, three cells.

usage: world.py URL_PREFIX     e.g. postgresql://nova@/{db}?host=/tmp/socket
The databases nova_api, nova_cell0, nova_cell1, nova_cell2 must have the
schema already (nova-api-fcgi-manage db sync); their rows are replaced.
"""
import json
import sys

import psycopg2

PROJECT = '0123456789abcdef0123456789abcdef'
OTHER_PROJECT = 'fedcba98-7654-3210-fedc-ba9876543210'
USER = 'admin'
OTHER_USER = 'member'
CELL0 = '00000000-0000-0000-0000-000000000000'
CELL1 = 'c1c1c1c1-0000-4000-8000-000000000001'
CELL2 = 'c2c2c2c2-0000-4000-8000-000000000002'
DOWN_CELL = 'dddddddd-0000-4000-8000-000000000003'
IMAGE = '70a599e0-31e7-49b7-b260-868f441e862b'
FAR = '2099-01-01 00:00:00'  # services that report until then are up


def obj(name, version, data, changes=None):
    """A versioned object as nova serialises it."""
    out = {'nova_object.name': name, 'nova_object.namespace': 'nova',
           'nova_object.version': version, 'nova_object.data': data}
    if changes:
        out['nova_object.changes'] = changes
    return out


def uid(kind, n):
    return '%s0000-0000-4000-8000-%012x' % (kind, n)


def server_id(n):
    return uid('5e4e', n)


FLAVORS = [
    # id, name, ram, vcpus, disk, ephemeral, flavorid, swap, rxtx, disabled, public, description, specs
    (1, 'm1.tiny', 512, 1, 1, 0, '1', 0, 1.0, False, True, None, {}),
    (2, 'm1.small', 2048, 1, 20, 0, '2', 512, 1.0, False, True, 'small one', {'hw:cpu_policy': 'shared'}),
    (3, 'c2.large "quoted"', 8192, 4, 80, 10, 'c2-large', 0, 1.5, False, True, 'caf\u00e9 \U0001f600',
     {'aggregate_instance_extra_specs:ssd': 'true', 'hw:numa_nodes': '2', 'quota:cpu_shares': '1024'}),
    (4, 'p.secret', 1024, 2, 10, 0, 'private-1', 0, 2.25, False, False, None, {'secret:key': 'v'}),
    (5, 'old.disabled', 256, 1, 0, 0, '50', 1024, 0.5, True, True, '', {}),
    (6, 'p.shared', 4096, 2, 40, 0, 'private-2', 0, 1.0, False, False, 'for one project', {}),
]


def flavor_object(row, extra=True):
    (fid, name, ram, vcpus, disk, ephemeral, flavorid, swap, rxtx, disabled, public, description, specs) = row
    data = {'id': fid, 'name': name, 'memory_mb': ram, 'vcpus': vcpus, 'root_gb': disk, 'ephemeral_gb': ephemeral,
            'flavorid': flavorid, 'swap': swap, 'rxtx_factor': rxtx, 'vcpu_weight': 0, 'disabled': disabled,
            'is_public': public, 'extra_specs': specs, 'description': description,
            'created_at': '2024-01-01T00:00:00Z', 'updated_at': None, 'deleted_at': None, 'deleted': False}
    return obj('Flavor', '1.2', data, ['extra_specs'])


def vif(n, label, addresses, floating=()):
    """One element of network_info; addresses: (version, address)."""
    subnets = []
    for version, address in addresses:
        floats = [{'address': f, 'type': 'floating', 'version': 4, 'meta': {}} for f in floating] if version == 4 else []
        subnets.append({
            'cidr': '10.0.0.0/16' if version == 4 else 'fd00::/64', 'dns': [],
            'gateway': {'address': '10.0.0.1' if version == 4 else 'fd00::1', 'type': 'gateway', 'version': version,
                        'meta': {}},
            'ips': [{'address': address, 'type': 'fixed', 'version': version, 'meta': {}, 'floating_ips': floats}],
            'routes': [], 'version': version, 'meta': {}})
    return {'id': uid('f0f0', n), 'address': 'fa:16:3e:00:%02x:%02x' % (n >> 8, n & 255),
            'network': {'id': uid('4e40', hash_of(label)), 'bridge': 'br-int', 'label': label, 'subnets': subnets,
                        'meta': {'injected': False, 'tenant_id': PROJECT, 'mtu': 1450}},
            'type': 'ovs', 'details': {}, 'devname': 'tap%08x' % n, 'ovs_interfaceid': uid('f0f0', n),
            'qbh_params': None, 'qbg_params': None, 'active': True, 'vnic_type': 'normal', 'profile': {},
            'preserve_on_delete': False, 'delegate_create': True, 'meta': {}}


def hash_of(label):
    return sum(label.encode()) & 0xffff


# What each server differs in from the default; key "cell" says where it lives.
SERVERS = [
    dict(name='web-1', tags=['blue', 'web'], metadata={'role': 'web', 'tier': '1'}),
    dict(name='web-2', vm_state='stopped', power_state=4, tags=['web'], metadata={'role': 'web'}, host='host-b'),
    dict(name='db-1', flavor=2, vm_state='active', task_state='rebooting', image='', volumes=[(1, True), (2, False)],
         root_device_name='/dev/vda'),
    dict(name='db-2', flavor=2, vm_state='error', fault=(500, 'Build of instance aborted', 'Traceback\n  line 1')),
    dict(name='db-3', flavor=2, vm_state='error', fault=(404, 'No valid host was found.', None), cell=0, host=None,
         node=None, launched=False, nets=[], power_state=0),
    dict(name='caf\u00e9-\U0001f600 "q"', description='d\u00e9j\u00e0 \\ vu', metadata={'k\u00e9y': 'v\u00e4lue'}),
    dict(name='locked-1', locked='admin', locked_reason='maintenance tonight', vm_state='active'),
    dict(name='locked-2', locked='owner'),
    dict(name='shelved-1', vm_state='shelved', power_state=4),
    dict(name='offloaded-1', vm_state='shelved_offloaded', power_state=4, host=None, node=None),
    dict(name='soft-1', vm_state='soft-delete', power_state=4),
    dict(name='gone-1', vm_state='deleted', deleted=True, terminated='2024-02-03 04:05:06'),
    dict(name='gone-2', vm_state='deleted', deleted=True, terminated='2024-02-04 04:05:06.123456', cell=2,
         host='host-c', fault=(500, 'gone wrong', 'details')),
    dict(name='resizing', vm_state='active', task_state='resize_migrating', progress=42, flavor=3),
    dict(name='resized', vm_state='resized', flavor=3, old_flavor=2),
    dict(name='building-cell', vm_state='building', task_state='spawning', power_state=0, launched=False,
         host='host-b', nets=[]),
    dict(name='keyed', key_name='my key', key_data='ssh-rsa AAAA', user_data='I2Nsb3VkLWNvbmZpZw==',
         config_drive='True', trusted=['cert-1', 'cert-2'], access_ip_v4='192.0.2.7', access_ip_v6='2001:db8::7'),
    dict(name='two-nets', nets=[('private', [(4, '10.0.0.77'), (6, 'fd00::77')], ['172.24.4.9']),
                                ('public', [(4, '172.24.4.77')], [])], az='az-explicit'),
    dict(name='no-nets', nets=[], image=IMAGE),
    dict(name='c2-1', cell=2, host='host-c', node='node-c', metadata={'role': 'db'}, tags=['blue']),
    dict(name='c2-2', cell=2, host='host-c', node='node-c', vm_state='paused', power_state=3),
    dict(name='c2-3', cell=2, host='host-d', node='host-d', vm_state='suspended', power_state=7, tags=['red', 'web']),
    dict(name='rescued', vm_state='rescued', kernel_id='kern-1', ramdisk_id='ram-1'),
    dict(name='multi-1', reservation='r-multi001', launch_index=0),
    dict(name='multi-2', reservation='r-multi001', launch_index=1),
    dict(name='other-1', project=OTHER_PROJECT, user=OTHER_USER, host='host-b'),
    dict(name='other-2', project=OTHER_PROJECT, user=OTHER_USER, cell=2, host='host-c', tags=['blue']),
    dict(name='hidden-1', hidden=True),
    dict(name='no-desc', description=None, disk_config=True),
    dict(name='migrating', task_state='migrating', progress=7),
    dict(name='down-host', host='host-down', node='host-down'),
    dict(name='maint-host', host='host-maint', node='host-maint'),
    dict(name='unknown-state', vm_state='active', task_state='image_snapshot'),
    dict(name='rebuilding', vm_state='active', task_state='rebuild_spawning'),
    dict(name='member-own', user=OTHER_USER, host='host-b'),
]

BUILDING = [
    dict(name='queued-1', project=PROJECT, user=USER, tags=['blue', 'new'], metadata={'k': 'v'}),
    dict(name='queued-other', project=OTHER_PROJECT, user=OTHER_USER, tags=[], metadata={}),
]


def insert(cur, table, **values):
    columns = list(values)
    cur.execute('INSERT INTO %s (%s) VALUES (%s)' % (
        table, ', '.join('"%s"' % c for c in columns), ', '.join(['%s'] * len(columns))),
        [values[c] for c in columns])


def created_of(n):
    # Two servers share each second and the cells interleave, so merging and tie-breaks are exercised.
    return '2024-01-%02d %02d:00:%02d' % (1 + n // 24, n % 24, (n // 2) % 60)


def put_server(cur, n, spec):
    uuid = server_id(n)
    flavor = FLAVORS[spec.get('flavor', 1) - 1]
    created = created_of(n)
    deleted_at = '2024-02-03 04:05:06' if spec.get('deleted') else None
    mark = n if spec.get('deleted') else 0
    host = spec.get('host', 'host-a')
    common = dict(created_at=created, updated_at=None, deleted_at=deleted_at, deleted=mark)
    insert(cur, 'instances', **dict(
        common, id=n, updated_at='2024-01-20 10:%02d:30' % n, uuid=uuid, user_id=spec.get('user', USER),
        project_id=spec.get('project', PROJECT), image_ref=spec.get('image', IMAGE),
        kernel_id=spec.get('kernel_id', ''), ramdisk_id=spec.get('ramdisk_id', ''),
        launch_index=spec.get('launch_index', 0), key_name=spec.get('key_name'), key_data=spec.get('key_data'),
        power_state=spec.get('power_state', 1), vm_state=spec.get('vm_state', 'active'),
        task_state=spec.get('task_state'), memory_mb=flavor[2], vcpus=flavor[3], root_gb=flavor[4],
        ephemeral_gb=flavor[5], hostname='h-%d' % n, host=host, node=spec.get('node', host),
        user_data=spec.get('user_data'), reservation_id=spec.get('reservation', 'r-%08d' % n),
        launched_at=created if spec.get('launched', True) else None, terminated_at=spec.get('terminated'),
        display_name=spec['name'], display_description=spec.get('description', spec['name']),
        availability_zone=spec.get('az', 'nova'), locked=bool(spec.get('locked')), locked_by=spec.get('locked'),
        launched_on=host, instance_type_id=flavor[0], root_device_name=spec.get('root_device_name', '/dev/sda'),
        access_ip_v4=spec.get('access_ip_v4'), access_ip_v6=spec.get('access_ip_v6'),
        config_drive=spec.get('config_drive', ''), progress=spec.get('progress', 0),
        auto_disk_config=spec.get('disk_config', False), shutdown_terminate=False, disable_terminate=False, cleaned=0,
        hidden=spec.get('hidden', False)))
    old = spec.get('old_flavor')
    trusted = spec.get('trusted')
    insert(cur, 'instance_extra', **dict(
        common, instance_uuid=uuid, pci_requests='[]',
        flavor=json.dumps({'cur': flavor_object(flavor), 'old': flavor_object(FLAVORS[old - 1]) if old else None,
                           'new': None}),
        keypairs=json.dumps(obj('KeyPairList', '1.3', {'objects': []})),
        trusted_certs=json.dumps(obj('TrustedCerts', '1.0', {'ids': trusted}, ['ids'])) if trusted else None))
    nets = spec.get('nets', [('private', [(4, '10.0.0.%d' % (10 + n))], [])])
    insert(cur, 'instance_info_caches', **dict(
        common, instance_uuid=uuid, network_info=json.dumps(
            [vif(n * 16 + i, label, addresses, floating) for i, (label, addresses, floating) in enumerate(nets)])))
    for key, value in spec.get('metadata', {}).items():
        insert(cur, 'instance_metadata', **dict(common, instance_uuid=uuid, key=key, value=value))
    system = {'image_base_image_ref': IMAGE, 'image_min_disk': '1', 'image_min_ram': '0'}
    if spec.get('locked_reason'):
        system['locked_reason'] = spec['locked_reason']
    for key, value in system.items():
        insert(cur, 'instance_system_metadata', **dict(common, instance_uuid=uuid, key=key, value=value))
    if not spec.get('deleted'):
        for tag in spec.get('tags', ()):
            insert(cur, 'tags', resource_id=uuid, tag=tag)
    for volume, delete in spec.get('volumes', ()):
        insert(cur, 'block_device_mapping', **dict(
            common, instance_uuid=uuid, uuid=uid('bd00', n * 16 + volume), device_name='/dev/vd%s' % 'abcdef'[volume],
            delete_on_termination=delete, volume_id=uid('0010', volume), volume_size=1, source_type='volume',
            destination_type='volume', boot_index=volume - 1, connection_info='{}', device_type='disk', no_device=False))
    insert(cur, 'block_device_mapping', **dict(
        common, instance_uuid=uuid, uuid=uid('bd10', n), source_type='image', destination_type='local', boot_index=0,
        image_id=IMAGE, device_name='/dev/sda', delete_on_termination=True, no_device=False))
    if 'fault' in spec:
        code, message, details = spec['fault']
        insert(cur, 'instance_faults', **dict(common, created_at='2024-01-21 00:00:01', instance_uuid=uuid, code=500,
                                              message='an older fault', details='x', host=host))
        insert(cur, 'instance_faults', **dict(common, created_at='2024-01-22 00:00:01', instance_uuid=uuid, code=code,
                                              message=message, details=details, host=host))


def put_mapping(cur, n, spec, cell_id, uuid=None):
    insert(cur, 'instance_mappings', created_at=created_of(n), updated_at=None, id=n,
           instance_uuid=uuid or server_id(n), cell_id=cell_id, project_id=spec.get('project', PROJECT),
           queued_for_delete=bool(spec.get('deleted')), user_id=spec.get('user', USER))
    insert(cur, 'request_specs', created_at=created_of(n), id=n, instance_uuid=uuid or server_id(n),
           spec=json.dumps(request_spec(n, spec, uuid or server_id(n))))


def request_spec(n, spec, uuid):
    flavor = FLAVORS[spec.get('flavor', 1) - 1]
    image = obj('ImageMeta', '1.8', {'id': IMAGE, 'name': 'img', 'status': 'active', 'min_ram': 0, 'min_disk': 0,
                                     'properties': obj('ImageMetaProps', '1.34', {})}, ['id', 'name'])
    return obj('RequestSpec', '1.14', {
        'image': image if spec.get('image', IMAGE) else None, 'numa_topology': None,
        'pci_requests': obj('InstancePCIRequests', '1.1', {'requests': []}, ['requests']),
        'project_id': spec.get('project', PROJECT), 'user_id': spec.get('user', USER),
        'availability_zone': spec.get('az'), 'flavor': flavor_object(flavor), 'num_instances': 1,
        'ignore_hosts': None, 'force_hosts': None, 'force_nodes': None, 'requested_destination': None, 'retry': None,
        'limits': obj('SchedulerLimits', '1.0', {'numa_topology': None, 'vcpu': None, 'disk_gb': None,
                                                 'memory_mb': None}),
        'instance_group': None, 'scheduler_hints': {}, 'instance_uuid': uuid,
        'security_groups': obj('SecurityGroupList', '1.1', {'objects': []}), 'is_bfv': False,
        'requested_resources': []}, ['instance_uuid'])


def put_build_request(cur, n, spec):
    """A server that no cell knows yet."""
    uuid = server_id(n)
    flavor = FLAVORS[0]
    data = {
        'user_id': spec['user'], 'project_id': spec['project'], 'image_ref': IMAGE, 'kernel_id': '', 'ramdisk_id': '',
        'hostname': spec['name'], 'launch_index': 0, 'key_name': None, 'key_data': None, 'power_state': 0,
        'vm_state': 'building', 'task_state': 'scheduling', 'memory_mb': flavor[2], 'vcpus': flavor[3],
        'root_gb': flavor[4], 'ephemeral_gb': flavor[5], 'ephemeral_key_uuid': None, 'instance_type_id': flavor[0],
        'user_data': None, 'reservation_id': 'r-build%03d' % n, 'availability_zone': None,
        'display_name': spec['name'], 'display_description': spec['name'], 'locked': False, 'os_type': None,
        'architecture': None, 'vm_mode': None, 'uuid': uuid, 'root_device_name': None, 'config_drive': '',
        'access_ip_v4': None, 'access_ip_v6': None, 'auto_disk_config': False, 'progress': 0,
        'shutdown_terminate': False, 'metadata': spec['metadata'],
        'system_metadata': {'image_base_image_ref': IMAGE, 'image_min_disk': '1', 'image_min_ram': '0'},
        'info_cache': obj('InstanceInfoCache', '1.5', {'instance_uuid': uuid, 'network_info': '[]'},
                          ['instance_uuid', 'network_info']),
        'security_groups': obj('SecurityGroupList', '1.1', {'objects': []}), 'numa_topology': None,
        'pci_requests': obj('InstancePCIRequests', '1.1', {'requests': []}, ['requests']),
        'flavor': flavor_object(flavor), 'old_flavor': None, 'new_flavor': None,
        'keypairs': obj('KeyPairList', '1.3', {'objects': []}, ['objects']), 'trusted_certs': None}
    bdm = obj('BlockDeviceMapping', '1.21', {
        'instance_uuid': uuid, 'source_type': 'image', 'destination_type': 'local', 'guest_format': None,
        'device_type': 'disk', 'disk_bus': None, 'boot_index': 0, 'device_name': None, 'delete_on_termination': True,
        'snapshot_id': None, 'volume_id': None, 'volume_size': None, 'image_id': IMAGE, 'no_device': False,
        'connection_info': None, 'tag': None, 'volume_type': None, 'encrypted': False,
        'encryption_secret_uuid': None, 'encryption_format': None, 'encryption_options': None})
    tags = [obj('Tag', '1.1', {'resource_id': uuid, 'tag': t}, ['tag', 'resource_id']) for t in spec['tags']]
    insert(cur, 'build_requests', created_at='2024-03-01 00:00:%02d' % (n % 60), updated_at='2024-03-02 00:00:00', id=n,
           project_id=spec['project'], instance_uuid=uuid,
           instance=json.dumps(obj('Instance', '2.7', data, sorted(data))),
           block_device_mappings=json.dumps(obj('BlockDeviceMappingList', '1.18', {'objects': [bdm]}, ['objects'])),
           tags=json.dumps(obj('TagList', '1.1', {'objects': tags}, ['objects'])))


def put_services(cur, hosts):
    for i, (host, state) in enumerate(hosts):
        insert(cur, 'services', created_at='2024-01-01 00:00:00', deleted=0, host=host, binary='nova-compute',
               topic='compute', report_count=1, disabled=state == 'maint',
               disabled_reason='disk swap' if state == 'maint' else None,
               last_seen_up='2024-01-01 00:00:00' if state == 'down' else FAR, forced_down=False, version=64,
               uuid=uid('5e4f', i + 16 * len(host)))


def tables_of(cur):
    cur.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
                "AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version'")
    return [r[0] for r in cur.fetchall()]


def fill(prefix, down_cell=False):
    """Replaces every row of the four databases; prefix holds {db}."""
    links = {name: psycopg2.connect(prefix.format(db=name))
             for name in ('nova_api', 'nova_cell0', 'nova_cell1', 'nova_cell2')}
    cursors = {name: link.cursor() for name, link in links.items()}
    for cur in cursors.values():
        cur.execute('TRUNCATE ' + ', '.join('"%s"' % t for t in tables_of(cur)) + ' RESTART IDENTITY CASCADE')
    api = cursors['nova_api']
    cells = [cursors['nova_cell0'], cursors['nova_cell1'], cursors['nova_cell2']]
    for i, (uuid, name) in enumerate(((CELL0, 'cell0'), (CELL1, 'cell1'), (CELL2, 'cell2'))):
        insert(api, 'cell_mappings', created_at='2024-01-01 00:00:00', id=i + 1, uuid=uuid, name=name,
               transport_url='none:///', database_connection=prefix.format(db='nova_' + name), disabled=False)
    for row in FLAVORS:
        (fid, name, ram, vcpus, disk, ephemeral, flavorid, swap, rxtx, disabled, public, description, specs) = row
        insert(api, 'flavors', created_at='2024-01-01 00:00:00', id=fid, name=name, memory_mb=ram, vcpus=vcpus,
               root_gb=disk, ephemeral_gb=ephemeral, flavorid=flavorid, swap=swap, rxtx_factor=rxtx, vcpu_weight=0,
               disabled=disabled, is_public=public, description=description)
        for key, value in specs.items():
            insert(api, 'flavor_extra_specs', created_at='2024-01-01 00:00:00', flavor_id=fid, key=key, value=value)
    insert(api, 'flavor_projects', created_at='2024-01-01 00:00:00', flavor_id=6, project_id=PROJECT)
    insert(api, 'flavor_projects', created_at='2024-01-01 00:00:00', flavor_id=6, project_id=OTHER_PROJECT)
    insert(api, 'aggregates', created_at='2024-01-01 00:00:00', id=1, uuid=uid('a990', 1), name='zone-b')
    insert(api, 'aggregate_hosts', created_at='2024-01-01 00:00:00', host='host-b', aggregate_id=1)
    insert(api, 'aggregate_metadata', created_at='2024-01-01 00:00:00', aggregate_id=1, key='availability_zone',
           value='zone-b')
    insert(api, 'instance_groups', created_at='2024-01-01 00:00:00', id=1, user_id=USER, project_id=PROJECT,
           uuid=uid('6400', 1), name='group-1')
    insert(api, 'instance_group_policy', created_at='2024-01-01 00:00:00', group_id=1, policy='anti-affinity')
    for n in (1, 3):
        insert(api, 'instance_group_member', created_at='2024-01-01 00:00:00', instance_uuid=server_id(n), group_id=1)
    put_services(cells[1], [('host-a', 'up'), ('host-b', 'up'), ('host-down', 'down'), ('host-maint', 'maint')])
    put_services(cells[2], [('host-c', 'up'), ('host-d', 'up')])
    for host, cell in (('host-a', 2), ('host-b', 2), ('host-down', 2), ('host-maint', 2), ('host-c', 3), ('host-d', 3)):
        insert(api, 'host_mappings', created_at='2024-01-01 00:00:00', cell_id=cell, host=host)
    for n, spec in enumerate(SERVERS, 1):
        cell = spec.get('cell', 1)
        put_server(cells[cell], n, spec)
        put_mapping(api, n, spec, cell + 1)
    for n, spec in enumerate(BUILDING, len(SERVERS) + 1):
        put_mapping(api, n, spec, None)
        put_build_request(api, n, spec)
    if down_cell:
        insert(api, 'cell_mappings', created_at='2024-01-01 00:00:00', id=4, uuid=DOWN_CELL, name='cell3',
               transport_url='none:///', database_connection='postgresql://nobody:x@127.0.0.1:9/nova_cell3',
               disabled=False)
        for n in (201, 202, 203):
            put_mapping(api, n, dict(deleted=n == 203), 4)
    for link in links.values():
        link.commit()
        with link.cursor() as cur:
            link.autocommit = True
            cur.execute('ANALYZE')
        link.close()


def placeholders():
    """What {names} in the corpus stand for here."""
    names = {'project': PROJECT, 'other_project': OTHER_PROJECT, 'image': IMAGE,
             'missing': '99999999-9999-4999-8999-999999999999', 'group': uid('6400', 1),
             'down': server_id(201), 'down_deleted': server_id(203)}
    for n, spec in enumerate(SERVERS + BUILDING, 1):
        key = ''.join(c for c in spec['name'].replace('-', '_') if c.isascii() and (c.isalnum() or c == '_'))
        names[key] = server_id(n)
    names['unicode'] = server_id(6)
    return names


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    fill(sys.argv[1], down_cell=sys.argv[2:] == ['--down-cell'])
