# SPDX-License-Identifier: Apache-2.0
"""The small cloud that the stand-ins of fakepeers.py tell of: images, networks, ports, groups, volumes, providers.

Every id and time is fixed; servers and their ports agree with tests/peers/world.py.
"""
import json

PROJECT = '0123456789abcdef0123456789abcdef'
OTHER_PROJECT = 'fedcba98-7654-3210-fedc-ba9876543210'
SERVICE_PROJECT = '5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e'
WHEN = '2024-01-01T00:00:00Z'


def uid(kind, n):
    return '%s0000-0000-4000-8000-%012x' % (kind, n)


def hash_of(label):
    return sum(label.encode()) & 0xffff


IMAGE = '70a599e0-31e7-49b7-b260-868f441e862b'
NETWORKS = {name: uid('4e40', hash_of(name)) for name in ('private', 'public', 'second', 'bare', 'foreign')}
GROUPS = {'default': uid('5600', 1), 'web': uid('5600', 2), 'twin': uid('5600', 3)}

TRAITS = ('COMPUTE_NODE', 'COMPUTE_DEVICE_TAGGING', 'COMPUTE_NET_ATTACH_INTERFACE', 'COMPUTE_VOLUME_ATTACH_WITH_TAG',
          'COMPUTE_VOLUME_MULTI_ATTACH', 'COMPUTE_SAME_HOST_COLD_MIGRATE')


def image(id_, name, owner=PROJECT, **more):
    out = {'id': id_, 'name': name, 'status': 'active', 'visibility': 'public', 'size': 1048576,
           'virtual_size': 1048576, 'checksum': 'b6d81b360a5672d80c27430f39153e2c', 'protected': False, 'min_ram': 0,
           'min_disk': 0, 'owner': owner, 'os_hidden': False, 'os_hash_algo': 'sha512', 'os_hash_value': 'd6' * 64,
           'disk_format': 'raw', 'container_format': 'bare', 'created_at': WHEN, 'updated_at': WHEN, 'tags': [],
           'self': '/v2/images/' + id_, 'file': '/v2/images/%s/file' % id_, 'schema': '/v2/schemas/image'}
    out.update(more)
    return out


def images():
    rows = [
        image(IMAGE, 'plain'),
        image(uid('1a00', 1), 'other plain', hw_disk_bus='virtio', os_distro='debian', architecture='x86_64'),
        image(uid('1a00', 2), 'queued', status='queued', size=None, virtual_size=None, checksum=None),
        image(uid('1a00', 3), 'big ram', min_ram=4096),
        image(uid('1a00', 4), 'big disk', min_disk=50),
        image(uid('1a00', 5), 'big size', size=30 << 30, virtual_size=30 << 30),
        image(uid('1a00', 6), 'deactivated', status='deactivated'),
        image(uid('1a00', 7), 'with kernel', kernel_id=uid('1a00', 8), ramdisk_id=uid('1a00', 9)),
        image(uid('1a00', 8), 'kernel', disk_format='aki', container_format='aki'),
        image(uid('1a00', 9), 'ramdisk', disk_format='ari', container_format='ari'),
        image(uid('1a00', 10), 'no disk config', auto_disk_config='disabled'),
        image(uid('1a00', 11), 'mine', visibility='private'),
        image(uid('1a00', 12), 'theirs', owner=OTHER_PROJECT, visibility='private'),
        image(uid('1a00', 13), 'pinned', hw_cpu_policy='dedicated'),
        image(uid('1a00', 14), 'bad numa', hw_numa_nodes='3', hw_numa_cpus_0='0', **{'hw_numa_mem.0': '1'}),
        image(uid('1a00', 15), 'config drive', img_config_drive='mandatory'),
        image(uid('1a00', 16), 'key', cinder_encryption_key_id=uid('1a0e', 1)),
        image(uid('1a00', 17), 'volume snapshot', size=0, disk_format=None, container_format=None, bdm_v2='True',
              root_device_name='/dev/vda', block_device_mapping=json.dumps([{
                  'boot_index': 0, 'snapshot_id': uid('5a00', 1), 'source_type': 'snapshot',
                  'destination_type': 'volume', 'volume_size': 1, 'device_name': '/dev/vda', 'disk_bus': 'virtio',
                  'delete_on_termination': False}])),
        image(uid('1a00', 18), 'protected', visibility='private', protected=True),
        image(uid('1a00', 19), 'bad property', hw_disk_bus='nosuchbus'),
        image(uid('1a00', 20), 'multiqueue uefi', hw_vif_multiqueue_enabled='true', hw_firmware_type='uefi'),
        image(uid('1a00', 21), 'sev', hw_mem_encryption='true'),
        image(uid('1a00', 22), 'snapshot of web-1', visibility='private', image_type='snapshot',
              instance_uuid=uid('5e4e', 1), base_image_ref=IMAGE, user_id='member'),
    ]
    return {row['id']: row for row in rows}


def network(name, owner=PROJECT, subnets=True, **more):
    n = hash_of(name)
    out = {'id': NETWORKS[name], 'name': name, 'tenant_id': owner, 'admin_state_up': True, 'mtu': 1450,
           'status': 'ACTIVE', 'subnets': [uid('5ab0', n)] if subnets else [], 'shared': False,
           'availability_zone_hints': [], 'availability_zones': [], 'router:external': False, 'description': '',
           'port_security_enabled': True, 'tags': [], 'created_at': WHEN, 'updated_at': WHEN, 'revision_number': 2,
           'project_id': owner, 'provider:network_type': 'vxlan', 'provider:physical_network': None,
           'provider:segmentation_id': 66}
    out.update(more)
    return out


def networks():
    rows = [network('private'), network('second'), network('bare', subnets=False),
            network('public', SERVICE_PROJECT, **{
                'router:external': True, 'provider:network_type': 'flat', 'provider:physical_network': 'physnet',
                'provider:segmentation_id': None}),
            network('foreign', OTHER_PROJECT)]
    return {row['id']: row for row in rows}


def subnets(of):
    out = {}
    for net in of.values():
        for id_ in net['subnets']:
            third = hash_of(net['name']) & 255
            cidr = '10.0.0.0/16' if net['name'] == 'private' else '10.%d.0.0/16' % third
            out[id_] = {'id': id_, 'name': net['name'] + '-subnet', 'tenant_id': net['tenant_id'],
                        'network_id': net['id'], 'ip_version': 4, 'subnetpool_id': None, 'enable_dhcp': False,
                        'ipv6_ra_mode': None, 'ipv6_address_mode': None, 'gateway_ip': cidr.replace('.0/16', '.1'),
                        'cidr': cidr, 'allocation_pools': [], 'host_routes': [], 'dns_nameservers': [],
                        'description': '', 'service_types': [], 'tags': [], 'created_at': WHEN, 'updated_at': WHEN,
                        'revision_number': 0, 'project_id': net['tenant_id']}
            if net['name'] == 'public':
                out[id_].update(enable_dhcp=True, dns_nameservers=['9.9.9.9', '2620:fe::fe', '9.9.9.9'], host_routes=[
                    {'destination': '10.9.0.0/16', 'nexthop': '10.77.0.9'},
                    {'destination': '10.8.0.0/16', 'nexthop': '10.77.0.8'}])
    return out


def port(n, net, address, owner=PROJECT, device='', device_owner='', **more):
    id_ = uid('f0f0', n)
    out = {'id': id_, 'name': '', 'network_id': NETWORKS[net], 'tenant_id': owner,
           'mac_address': 'fa:16:3e:00:%02x:%02x' % (n >> 8 & 255, n & 255), 'admin_state_up': True,
           'status': 'ACTIVE' if device else 'DOWN', 'device_id': device, 'device_owner': device_owner,
           'fixed_ips': [{'subnet_id': uid('5ab0', hash_of(net)), 'ip_address': address}] if address else [],
           'allowed_address_pairs': [], 'extra_dhcp_opts': [],
           'security_groups': [GROUPS['default']] if owner == PROJECT else [uid('5600', 9)], 'description': '',
           'binding:vnic_type': 'normal', 'binding:profile': {}, 'binding:host_id': '',
           'binding:vif_type': 'ovs' if device else 'unbound',
           'binding:vif_details': {'port_filter': True} if device else {}, 'port_security_enabled': True, 'tags': [],
           'created_at': WHEN, 'updated_at': WHEN, 'revision_number': 4, 'project_id': owner,
           'resource_request': None, 'numa_affinity_policy': None, 'device_profile': None, 'dns_name': '',
           'ip_allocation': 'immediate'}
    out.update(more)
    return out


# How ports of some servers, by number, hang on their hosts.
VIF_KINDS = {2: ('bridge', {'port_filter': True}), 9: ('bridge', {'bridge_name': 'a-very-long-bridge'}),
             23: ('vhostuser', {'vhostuser_fp_plug': True}), 24: ('vhostuser', {'vhostuser_ovs_plug': True}),
             25: ('dvs', {}), 32: ('unbound', {})}


def ports():
    rows = [port(0xa00c, 'private', '10.0.0.2', SERVICE_PROJECT, 'dhcp-agent', 'network:dhcp'),
            port(0xa001, 'private', '10.0.9.1'), port(0xa002, 'private', '10.0.9.2'),
            port(0xa003, 'private', '10.0.9.3', device=uid('5e4e', 99), device_owner='compute:nova'),
            port(0xa004, 'private', None), port(0xa005, 'foreign', '10.1.9.5', OTHER_PROJECT),
            port(0xa006, 'private', None, ip_allocation='none'),
            port(0xa007, 'private', '10.0.9.7', **{'binding:vnic_type': 'direct'}),
            port(0xa008, 'private', '10.0.9.8', resource_request={'resources': {'NET_BW_EGR_KILOBIT_PER_SEC': 1000},
                                                                   'required': ['CUSTOM_PHYSNET', 'CUSTOM_VNIC']}),
            port(0xa009, 'second', '10.77.9.9', port_security_enabled=False, security_groups=[]),
            port(0xa00a, 'private', '10.0.9.10', **{'binding:vnic_type': 'remote-managed'}),
            port(0xa00b, 'private', '10.0.9.11', **{'binding:vnic_type': 'accelerator-direct'})]
    return {row['id']: row for row in rows}


def group(n, name, owner=PROJECT, rules=()):
    id_ = uid('5600', n)
    return {'id': id_, 'name': name, 'stateful': True, 'tenant_id': owner, 'description': name + ' group',
            'shared': False, 'security_group_rules': [dict(rule(n * 16 + i, id_, owner, **r))
                                                      for i, r in enumerate(rules)],
            'tags': [], 'created_at': WHEN, 'updated_at': WHEN, 'revision_number': 1, 'project_id': owner}


def rule(n, parent, owner=PROJECT, **more):
    out = {'id': uid('5601', n), 'tenant_id': owner, 'security_group_id': parent, 'ethertype': 'IPv4',
           'direction': 'ingress', 'protocol': None, 'port_range_min': None, 'port_range_max': None,
           'remote_ip_prefix': None, 'remote_group_id': None, 'description': None, 'project_id': owner}
    out.update(more)
    return out


def security_groups():
    rows = [group(1, 'default', rules=({'direction': 'egress'}, {'remote_group_id': uid('5600', 1)},
                                       {'ethertype': 'IPv6', 'remote_group_id': uid('5600', 1)})),
            group(2, 'web', rules=({'protocol': 'tcp', 'port_range_min': 80, 'port_range_max': 80,
                                    'remote_ip_prefix': '0.0.0.0/0'}, {'protocol': 'icmp'}, {'direction': 'egress'})),
            group(3, 'twin'), group(4, 'twin'), group(5, ''), group(9, 'default', OTHER_PROJECT)]
    return {row['id']: row for row in rows}


def floating(n, address, owner=PROJECT, **more):
    out = {'id': uid('f100', n), 'tenant_id': owner, 'floating_ip_address': address,
           'floating_network_id': NETWORKS['public'], 'router_id': None, 'port_id': None, 'fixed_ip_address': None,
           'status': 'DOWN', 'description': '', 'port_details': None, 'tags': [], 'created_at': WHEN,
           'updated_at': WHEN, 'revision_number': 0, 'project_id': owner}
    out.update(more)
    return out


def floating_ips():
    rows = [floating(1, '172.24.4.5'),
            floating(2, '172.24.4.9', port_id=uid('f0f0', 18 * 16), fixed_ip_address='10.0.0.77', status='ACTIVE',
                     port_details={'device_id': uid('5e4e', 18), 'device_owner': 'compute:az-explicit'}),
            floating(3, '172.24.4.30', OTHER_PROJECT)]
    return {row['id']: row for row in rows}


def volume(n, status='available', owner=PROJECT, **more):
    id_ = uid('0010', n)
    out = {'id': id_, 'status': status, 'size': 1, 'availability_zone': 'nova',
           'created_at': '2024-01-01T00:00:00.000001', 'updated_at': None, 'name': 'volume-%d' % n,
           'description': 'volume %d' % n, 'volume_type': 'fake', 'snapshot_id': None, 'source_volid': None,
           'metadata': {}, 'links': [], 'user_id': 'member', 'bootable': 'false', 'encrypted': False,
           'replication_status': None, 'consistencygroup_id': None, 'multiattach': False, 'attachments': [],
           'migration_status': None, 'os-vol-tenant-attr:tenant_id': owner}
    out.update(more)
    return out


def attached(n, server):
    return {'id': uid('0010', n), 'attachment_id': uid('a77a', n), 'volume_id': uid('0010', n),
            'server_id': uid('5e4e', server), 'host_name': 'host-a', 'device': '/dev/vd%s' % 'abcdefghijklm'[n % 12],
            'attached_at': '2024-01-01T00:00:00.000000'}


BOOT = {'image_id': IMAGE, 'image_name': 'plain', 'min_ram': '0', 'min_disk': '0', 'size': '1048576',
        'disk_format': 'raw', 'container_format': 'bare', 'checksum': 'b6d81b360a5672d80c27430f39153e2c'}


def volumes():
    rows = [
        volume(1, 'in-use', bootable='true', attachments=[attached(1, 3)], volume_image_metadata=BOOT),
        volume(2, 'in-use', attachments=[attached(2, 3)]),
        volume(3), volume(4, multiattach=True), volume(5, bootable='true', volume_image_metadata=BOOT, size=2),
        volume(6, 'error'), volume(7, 'in-use', OTHER_PROJECT, attachments=[attached(7, 26)]),
        volume(8, 'creating'), volume(9, availability_zone='far'),
        volume(10, 'in-use', multiattach=True, attachments=[attached(10, 3)]),
        volume(11, bootable='true', volume_image_metadata=dict(BOOT, min_ram='4096')),
        volume(12, encrypted=True), volume(13, size=20, metadata={'k': 'v'}),
        volume(14, owner=OTHER_PROJECT), volume(15, 'reserved'), volume(16, 'detaching', attachments=[attached(16, 1)]),
    ]
    return {row['id']: row for row in rows}


def snapshots():
    rows = [{'id': uid('5a00', n), 'created_at': '2024-01-01T00:00:00.000001', 'updated_at': None, 'name': 'snap-%d' % n,
             'description': 'snapshot %d' % n, 'volume_id': uid('0010', 5), 'status': status, 'size': 1, 'metadata': {},
             'os-extended-snapshot-attributes:project_id': PROJECT, 'os-extended-snapshot-attributes:progress': '100%'}
            for n, status in ((1, 'available'), (2, 'creating'))]
    return {row['id']: row for row in rows}


def providers():
    out = {}
    for n, host in enumerate(('host-a', 'host-b', 'host-down', 'host-maint', 'host-c', 'host-d', 'node-c')):
        out[uid('c0de', n + 1)] = {'uuid': uid('c0de', n + 1), 'name': host, 'generation': 3, 'aggregates': [],
                                   'traits': list(TRAITS)}
    return out


class Cloud:
    """What the services know."""

    def __init__(self, servers=()):
        self.images, self.networks, self.ports, self.groups = images(), networks(), ports(), security_groups()
        self.subnets, self.floating, self.volumes, self.snapshots = (
            subnets(self.networks), floating_ips(), volumes(), snapshots())
        self.attachments = {uid('a77a', n): {'id': uid('a77a', n), 'status': 'attached', 'instance': uid('5e4e', s),
                                             'volume_id': uid('0010', n), 'attached_at': '', 'detached_at': '',
                                             'attach_mode': 'rw', 'connection_info': {}}
                            for n, s in ((1, 3), (2, 3), (7, 26), (10, 3), (16, 1))}
        self.device_profiles = {'gpu': [{'resources:CUSTOM_ACCELERATOR_GPU': '1', 'trait:CUSTOM_GPU_X': 'required'}],
                                'pair': [{'resources:FPGA': '2'}, {'resources:FPGA': '1', 'accel:bitstream_id': 'b'}]}
        self.accelerators = [{'uuid': uid('acce', n), 'instance_uuid': uid('5e4e', 1), 'state': 'Bound',
                              'device_profile_name': 'gpu', 'device_profile_group_id': n - 1, 'hostname': 'host-a',
                              'device_rp_uuid': uid('9999', 1), 'attach_handle_type': 'PCI', 'attach_handle_info': {}}
                             for n in (1, 2)]
        self.providers = providers()
        self.allocations = {}
        self.quota = {'network': 100, 'subnet': 100, 'subnetpool': -1, 'port': 500, 'router': 10, 'floatingip': 50,
                      'rbac_policy': 10, 'security_group': 10, 'security_group_rule': 100}
        self.volume_limits = {'maxTotalVolumes': 10, 'maxTotalSnapshots': 10, 'maxTotalVolumeGigabytes': 1000,
                              'maxTotalBackups': 10, 'maxTotalBackupGigabytes': 1000, 'totalVolumesUsed': 2,
                              'totalGigabytesUsed': 2, 'totalSnapshotsUsed': 1, 'totalBackupsUsed': 0,
                              'totalBackupGigabytesUsed': 0}
        self.usages = {'VCPU': 3, 'MEMORY_MB': 1536, 'DISK_GB': 3}
        # limits that keystone keeps: by resource; by project and resource
        self.limit_model = 'flat'
        self.registered_limits = {
            'servers': 100, 'class:VCPU': 200, 'class:MEMORY_MB': 200000, 'class:DISK_GB': 5000,
            'server_metadata_items': 128, 'server_injected_files': 5, 'server_injected_file_content_bytes': 10240,
            'server_injected_file_path_bytes': 255, 'server_key_pairs': 100, 'server_groups': 10,
            'server_group_members': 10}
        self.limits = {}
        self.projects = {PROJECT: 'demo', OTHER_PROJECT: 'other', SERVICE_PROJECT: 'service'}
        self.serial = 0
        for server in servers:
            self.add_server(**server)

    def new_id(self, kind):
        self.serial += 1
        return uid(kind, 0xf0000 + self.serial)

    def add_server(self, uuid, n, project, host, az, nets):
        """Ports of a server: nets as (label, first IPv4 address), with ids as world.vif() gives them."""
        for i, (label, address) in enumerate(nets):
            row = port(n * 16 + i, label, address, project, uuid, 'compute:' + az, **{'binding:host_id': host or ''})
            if n == 2:
                row['security_groups'] = [GROUPS['web'], GROUPS['default']]
            if n in VIF_KINDS:
                row['binding:vif_type'], row['binding:vif_details'] = VIF_KINDS[n]
            self.ports[row['id']] = row
        if host:
            self.allocations[uuid] = {uid('c0de', 1): {'resources': {'VCPU': 1, 'MEMORY_MB': 512, 'DISK_GB': 1}}}
