# SPDX-License-Identifier: Apache-2.0
"""What each stand-in of fakepeers.py answers: a function a route, over the cloud of fakecloud.py."""
import urllib.parse

from fakecloud import (NETWORKS, OTHER_PROJECT, PROJECT, SERVICE_PROJECT, WHEN, floating, group, image, port, rule, uid, volume)

# who: user id, project, roles; project None: system scope, 'unscoped': none at all.
USERS = {
    'admin': ('admin', PROJECT, ('admin', 'member', 'reader')),
    'member': ('member', PROJECT, ('member', 'reader')),
    'reader': ('reader', PROJECT, ('reader',)),
    'norole': ('guest', PROJECT, ('guest',)),
    'other': ('outsider', OTHER_PROJECT, ('member', 'reader')),
    'other_reader': ('outsider2', OTHER_PROJECT, ('reader',)),
    'other_admin': ('boss', OTHER_PROJECT, ('admin', 'member', 'reader')),
    'system_admin': ('root', None, ('admin', 'member', 'reader')),
    'system_reader': ('auditor', None, ('reader',)),
    'unscoped': ('admin', 'unscoped', ()),
    'domain': ('admin', 'domain', ('admin',)),
    'short': ('admin', PROJECT, ('admin', 'member', 'reader')),  # a token with no catalogue
    'accel': ('admin', PROJECT, ('admin', 'member', 'reader')),  # the one whose catalogue has cyborg
}
SERVICE_USERS = {name: ('svc-' + name, SERVICE_PROJECT, ('admin', 'service'))
                 for name in ('nova', 'neutron', 'placement', 'cinder')}
TOKENS = {who: 'token-of-' + who for who in USERS}
TOKENS.update(expired='token-expired', revoked='token-revoked', unknown='token-nobody-knows', giant='g' * 6000)
SERVICE_TOKENS = {'service-token-of-' + name: row for name, row in SERVICE_USERS.items()}
PASSWORD = 'secret-of-the-rig'

EXTENSIONS = ('auto-allocated-topology', 'availability_zone', 'external-net', 'extra_dhcp_opt', 'fip-port-details',
              'ip-substring-filtering', 'multi-provider', 'router', 'port-security', 'binding', 'binding-extended',
              'provider', 'quotas', 'security-group', 'standard-attr-tag', 'port-numa-affinity-policy',
              'port-device-profile', 'port-security-groups-filtering')
# The names of an image's own fields; everything else is a property.
IMAGE_FIELDS = {
    'id': 'string', 'name': ['null', 'string'], 'status': 'string', 'visibility': 'string', 'protected': 'boolean',
    'os_hidden': 'boolean', 'checksum': ['null', 'string'], 'os_hash_algo': ['null', 'string'],
    'os_hash_value': ['null', 'string'], 'owner': ['null', 'string'], 'size': ['null', 'integer'],
    'virtual_size': ['null', 'integer'], 'container_format': ['null', 'string'], 'disk_format': ['null', 'string'],
    'created_at': 'string', 'updated_at': 'string', 'tags': 'array', 'direct_url': 'string', 'min_ram': 'integer',
    'min_disk': 'integer', 'self': 'string', 'file': 'string', 'stores': 'string', 'schema': 'string',
    'locations': 'array'}


def who_is(token):
    """(user, project, roles) of a token that is good, else None."""
    for name, row in USERS.items():
        if TOKENS[name] == token:
            return row
    return SERVICE_TOKENS.get(token)


class Ask:
    """One call as its handler sees it."""

    def __init__(self, peers, method, path, query, headers, body, who):
        self.peers, self.cloud, self.method, self.path, self.query, self.headers, self.body, self.who = (
            peers, peers.cloud, method, path, query, headers, body, who)

    @property
    def project(self):
        return self.who[1]

    @property
    def admin(self):
        return 'admin' in self.who[2]

    @property
    def base(self):
        return ('https://' if self.peers.tls else 'http://') + self.headers.get('host', '127.0.0.1')


ROUTES = []


def route(service, method, pattern):
    def keep(function):
        ROUTES.append((service, method, pattern, function))
        return function
    return keep


# -- keystone

@route('keystone', 'GET', '/?')
def keystone_versions(ask):
    return 300, {'versions': {'values': [identity_version(ask)]}}, {'Location': ask.base + '/v3/'}


@route('keystone', 'GET', '/v3/?')
def keystone_v3(ask):
    return 200, {'version': identity_version(ask)}


def identity_version(ask):
    return {'id': 'v3.14', 'status': 'stable', 'updated': '2020-04-07T00:00:00Z',
            'links': [{'rel': 'self', 'href': ask.base + '/v3/'}],
            'media-types': [{'base': 'application/json', 'type': 'application/vnd.openstack.identity-v3+json'}]}


def token_document(peers, row, catalogue=True, accelerators=False):
    user, project, roles = row
    domain = {'id': 'default', 'name': 'Default'}
    out = {'methods': ['password'], 'user': {'domain': domain, 'id': user, 'name': 'name of ' + user,
                                             'password_expires_at': None},
           'audit_ids': ['audit-of-' + user], 'expires_at': '2098-01-01T00:00:00.000000Z',
           'issued_at': '2024-01-01T00:00:00.000000Z'}
    if project is None:
        out['system'] = {'all': True}
    elif project == 'domain':
        out['domain'] = domain
    elif project != 'unscoped':
        out['project'] = {'domain': domain, 'id': project, 'name': peers.cloud.projects[project]}
        out['is_domain'] = False
    if project != 'unscoped':
        out['roles'] = [{'id': 'id-of-' + role, 'name': role} for role in roles]
        out['catalog'] = peers.catalogue(project, accelerators) if catalogue else []
    return {'token': out}


@route('keystone', 'POST', '/v3/auth/tokens')
def keystone_issue(ask):
    try:
        identity = ask.body['auth']['identity']
        if identity['methods'] == ['application_credential']:  # its id: credential-of-NAME
            user = identity['application_credential']
            name, password = user['id'].removeprefix('credential-of-'), user['secret'].removeprefix('application-')
        else:
            user = identity['password']['user']
            name, password = user['name'], user['password']
    except (KeyError, TypeError):
        return 400, {'error': {'code': 400, 'message': 'bad', 'title': 'Bad Request'}}
    if password != PASSWORD or name not in SERVICE_USERS:
        return 401, {'error': {'code': 401, 'message': 'The request you have made requires authentication.',
                               'title': 'Unauthorized'}}
    return 201, token_document(ask.peers, SERVICE_USERS[name]), {'X-Subject-Token': 'service-token-of-' + name}


@route('keystone', 'GET', '/v3/auth/tokens')
def keystone_validate(ask):
    subject = ask.headers.get('x-subject-token', '')
    row = who_is(subject)
    if row is None:
        return 404, {'error': {'code': 404, 'message': 'Could not recognize Fernet token', 'title': 'Not Found'}}
    out = token_document(ask.peers, row, subject != TOKENS['short'], subject == TOKENS['accel'])
    if 'nocatalog' in ask.query:
        out['token'].pop('catalog', None)
    return 200, out, {'X-Subject-Token': subject}


@route('keystone', 'GET', '/v3/projects/([^/]+)')
def keystone_project(ask, id_):
    if not ask.admin and id_ != ask.project:
        return 403, {'error': {'code': 403, 'message': 'You are not authorized to perform the requested action: '
                               'identity:get_project.', 'title': 'Forbidden'}}
    if id_ not in ask.cloud.projects:
        return 404, {'error': {'code': 404, 'message': 'Could not find project: %s.' % id_, 'title': 'Not Found'}}
    return 200, {'project': {'id': id_, 'name': ask.cloud.projects[id_], 'domain_id': 'default', 'description': '',
                             'enabled': True, 'parent_id': 'default', 'is_domain': False, 'tags': [], 'options': {},
                             'links': {'self': ask.base + '/v3/projects/' + id_}}}


@route('keystone', 'POST', '/policy/(.*)')
def remote_policy(ask, what):
    """A server that rules ask: what it says stands in the path."""
    return {'refused': (403, 'True'), 'no': (200, 'False'), 'own': (200, 'False')}.get(what, (200, 'True'))


@route('keystone', 'GET', '/v3/limits/model')
def keystone_limits_model(ask):
    return 200, {'model': {'name': ask.cloud.limit_model, 'description': 'how limits are enforced'}}


@route('keystone', 'GET', '/v3/endpoints/([^/]+)')
def keystone_endpoint(ask, id_):
    for service in ask.peers.catalogue(None):
        for endpoint in service['endpoints']:
            if endpoint['id'] == id_:
                return 200, {'endpoint': {'id': id_, 'interface': endpoint['interface'], 'url': endpoint['url'],
                                          'region': endpoint['region'], 'region_id': endpoint['region_id'],
                                          'service_id': service['id'], 'enabled': True, 'name': service['name'],
                                          'links': {'self': ask.base + '/v3/endpoints/' + id_}}}
    return 404, {'error': {'code': 404, 'message': 'Could not find endpoint: %s.' % id_, 'title': 'Not Found'}}


def limits_of(ask, key, rows):
    """Those of nova's service in its region whose fields are as the query says."""
    wanted = {name: ask.query[name][0] for name in ('service_id', 'region_id', 'resource_name', 'project_id')
              if name in ask.query}
    rows = [dict(row, id=uid('1417', n), service_id='id-of-nova', region_id='RegionOne', description=None,
                 links={'self': ask.base + '/v3/' + key}) for n, row in enumerate(rows, 1)]
    return 200, {key: [row for row in rows if all(row.get(name) == value for name, value in wanted.items())],
                 'links': {'self': ask.base + '/v3/' + key, 'previous': None, 'next': None}}


@route('keystone', 'GET', '/v3/registered_limits')
def keystone_registered_limits(ask):
    return limits_of(ask, 'registered_limits', [
        {'resource_name': name, 'default_limit': limit} for name, limit in sorted(ask.cloud.registered_limits.items())])


@route('keystone', 'GET', '/v3/limits')
def keystone_limits(ask):
    return limits_of(ask, 'limits', [
        {'project_id': project, 'domain_id': None, 'resource_name': name, 'resource_limit': limit}
        for (project, name), limit in sorted(ask.cloud.limits.items())])


# -- glance

@route('glance', 'GET', '/?')
def glance_versions(ask):
    return 300, {'versions': [{'id': 'v2.%d' % n, 'status': 'CURRENT' if n == 15 else 'SUPPORTED',
                               'links': [{'rel': 'self', 'href': ask.base + '/v2/'}]} for n in (15, 9, 2, 0)]}


@route('glance', 'GET', '/v2/schemas/image')
def glance_schema(ask):
    properties = {name: {'type': type_, 'description': name} for name, type_ in IMAGE_FIELDS.items()}
    properties['disk_format']['enum'] = [None, 'ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso']
    for name in ('kernel_id', 'ramdisk_id', 'instance_uuid', 'architecture', 'os_distro', 'os_version'):
        properties[name] = {'type': ['null', 'string'], 'description': name, 'is_base': False}
    return 200, {'name': 'image', 'properties': properties, 'additionalProperties': {'type': 'string'},
                 'links': [{'rel': 'self', 'href': '{self}'}]}


@route('glance', 'GET', '/v2/schemas/member')
def glance_member_schema(ask):
    return 200, {'name': 'member', 'properties': {name: {'type': 'string', 'description': name} for name in (
        'created_at', 'image_id', 'member_id', 'schema', 'status', 'updated_at')}}


def glance_found(ask, id_):
    row = ask.cloud.images.get(id_)
    if row and (ask.admin or row['visibility'] == 'public' or row['owner'] == ask.project):
        return row
    return None


def no_image(id_):
    return 404, ('<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  '
                 'No image found with ID %s<br /><br />\n\n\n\n </body>\n</html>' % id_).encode(), {
                     'Content-Type': 'text/html; charset=UTF-8'}


@route('glance', 'GET', '/v2/images')
def glance_list(ask):
    rows = [row for row in ask.cloud.images.values() if glance_found(ask, row['id'])]
    for key, values in ask.query.items():
        if key in ('limit', 'marker', 'sort_key', 'sort_dir', 'sort'):
            continue
        if key == 'updated_at':
            op, _, when = values[0].partition(':')
            rows = [r for r in rows if op != 'gte' or r['updated_at'] >= when]
        elif key in ('size_min', 'size_max'):
            rows = [r for r in rows if (r['size'] or 0) >= int(values[0])] if key == 'size_min' else [
                r for r in rows if (r['size'] or 0) <= int(values[0])]
        elif key in ('min_ram', 'min_disk', 'size'):
            if not values[0].isdigit():
                return 400, b'400 Bad Request', {'Content-Type': 'text/plain'}
            rows = [r for r in rows if r[key] == int(values[0])]
        else:
            rows = [r for r in rows if str(r.get(key)) in values]
    rows.sort(key=lambda r: r['id'], reverse=True)
    marker = ask.query.get('marker')
    if marker:
        at = [i for i, r in enumerate(rows) if r['id'] == marker[0]]
        if not at:
            return 400, b'400 Bad Request', {'Content-Type': 'text/plain'}
        rows = rows[at[0] + 1:]
    out = {'first': ask.path, 'schema': '/v2/schemas/images'}
    limit = int(ask.query.get('limit', ['25'])[0])
    if limit and len(rows) >= limit:
        more = {k: v for k, v in ask.query.items() if k != 'marker'}
        more['marker'] = [rows[limit - 1]['id']]
        out['next'] = '/v2/images?' + urllib.parse.urlencode(more, doseq=True)
    return 200, {'images': rows[:limit] if limit else [], **out}


@route('glance', 'GET', '/v2/images/([^/]+)')
def glance_show(ask, id_):
    row = glance_found(ask, id_)
    return (200, row) if row else no_image(id_)


@route('glance', 'POST', '/v2/images')
def glance_create(ask):
    id_ = ask.cloud.new_id('1a01')
    row = image(id_, None, ask.project, status='queued', visibility='shared', size=None, virtual_size=None,
                checksum=None, os_hash_algo=None, os_hash_value=None, disk_format=None, container_format=None)
    row.update(ask.body)
    ask.cloud.images[id_] = row
    return 201, row, {'Location': ask.base + '/v2/images/' + id_}


@route('glance', 'PUT', '/v2/images/([^/]+)/file')
def glance_upload(ask, id_):
    row = glance_found(ask, id_)
    if not row:
        return no_image(id_)
    row.update(status='active', size=0)
    return 204, None, {'Content-Type': 'text/html; charset=UTF-8'}


@route('glance', 'PATCH', '/v2/images/([^/]+)')
def glance_patch(ask, id_):
    row = glance_found(ask, id_)
    if not row:
        return no_image(id_)
    if row['owner'] != ask.project and not ask.admin:
        return 403, b'403 Forbidden', {'Content-Type': 'text/plain'}
    for change in ask.body:
        key = change['path'][1:].replace('~1', '/').replace('~0', '~')
        if change['op'] == 'remove':
            row.pop(key, None)
        else:
            row[key] = change['value']
    return 200, row


@route('glance', 'DELETE', '/v2/images/([^/]+)')
def glance_delete(ask, id_):
    row = glance_found(ask, id_)
    if not row:
        return no_image(id_)
    if row['protected'] or row['owner'] != ask.project and not ask.admin:
        return 403, b'403 Forbidden', {'Content-Type': 'text/plain'}
    del ask.cloud.images[id_]
    return 204, None


@route('glance', 'POST', '/v2/images/([^/]+)/members')
def glance_member(ask, id_):
    return 200, {'created_at': WHEN, 'image_id': id_, 'member_id': ask.body.get('member'), 'schema': '/v2/schemas/member',
                 'status': 'pending', 'updated_at': WHEN}


# -- neutron

NEUTRON = {  # collection: (attribute of Cloud, one, its error's type, its words)
    'networks': ('networks', 'network', 'NetworkNotFound', 'Network %s could not be found.'),
    'subnets': ('subnets', 'subnet', 'SubnetNotFound', 'Subnet %s could not be found.'),
    'ports': ('ports', 'port', 'PortNotFound', 'Port %s could not be found.'),
    'security-groups': ('groups', 'security_group', 'SecurityGroupNotFound', 'Security group %s does not exist'),
    'floatingips': ('floating', 'floatingip', 'FloatingIPNotFound', 'Floating IP %s could not be found')}
ADMIN_ONLY = ('binding:profile', 'binding:host_id', 'binding:vif_type', 'binding:vif_details',
              'provider:network_type', 'provider:physical_network', 'provider:segmentation_id', 'resource_request')


def neutron_error(status, type_, words):
    return status, {'NeutronError': {'type': type_, 'message': words, 'detail': ''}}


def visible(ask, row):
    return ask.admin or row['tenant_id'] == ask.project or row.get('shared') or row.get('router:external')


def shown(ask, row, fields=()):
    out = {k: v for k, v in row.items() if ask.admin or k not in ADMIN_ONLY}
    return {k: v for k, v in out.items() if k in fields} if fields else out


def matches(row, key, values):
    if key == 'fixed_ips':
        def hit(condition):
            name, _, wanted = condition.partition('=')
            if name == 'ip_address_substr':
                return any(wanted in f['ip_address'] for f in row['fixed_ips'])
            return any(f.get(name) == wanted for f in row['fixed_ips'])
        return all(hit(v) for v in values) if any('substr' in v for v in values) else any(hit(v) for v in values)
    if key == 'security_groups':
        return any(v in row['security_groups'] for v in values)
    have = row.get(key)
    if isinstance(have, bool):
        return any(v.lower() in ('true', '1') if have else v.lower() in ('false', '0') for v in values)
    return str(have if have is not None else '') in values


@route('neutron', 'GET', '/?')
def neutron_versions(ask):
    return 200, {'versions': [{'id': 'v2.0', 'status': 'CURRENT',
                               'links': [{'rel': 'self', 'href': ask.base + '/v2.0/'}]}]}


@route('neutron', 'GET', '/v2.0/?')
def neutron_v2(ask):
    return 200, {'resources': [{'name': one, 'collection': name, 'links': [
        {'rel': 'self', 'href': ask.base + '/v2.0/' + name}]} for name, (_, one, _, _) in NEUTRON.items()]}


@route('neutron', 'GET', '/v2.0/extensions')
def neutron_extensions(ask):
    return 200, {'extensions': [{'name': alias, 'alias': alias, 'description': alias, 'updated': WHEN, 'links': []}
                                for alias in EXTENSIONS]}


@route('neutron', 'GET', '/v2.0/(networks|subnets|ports|security-groups|floatingips)')
def neutron_list(ask, collection):
    rows = [row for row in getattr(ask.cloud, NEUTRON[collection][0]).values() if visible(ask, row)]
    for key, values in ask.query.items():
        if key not in ('fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir'):
            rows = [row for row in rows if matches(row, key, values)]
    rows.sort(key=lambda row: row['id'])
    fields = ask.query.get('fields', ())
    return 200, {collection.replace('-', '_'): [shown(ask, row, fields) for row in rows]}


@route('neutron', 'GET', '/v2.0/(networks|subnets|ports|security-groups|floatingips)/([^/]+)')
def neutron_show(ask, collection, id_):
    name, one, type_, words = NEUTRON[collection]
    row = getattr(ask.cloud, name).get(id_)
    if not row or not visible(ask, row):
        return neutron_error(404, type_, words % id_)
    return 200, {one: shown(ask, row, ask.query.get('fields', ()))}


@route('neutron', 'PUT', '/v2.0/(ports|security-groups|floatingips)/([^/]+)')
def neutron_update(ask, collection, id_):
    name, one, type_, words = NEUTRON[collection]
    row = getattr(ask.cloud, name).get(id_)
    if not row or not visible(ask, row):
        return neutron_error(404, type_, words % id_)
    changes = ask.body[one]
    for group_id in changes.get('security_groups') or ():
        if group_id not in ask.cloud.groups:
            return neutron_error(404, 'SecurityGroupNotFound', 'Security group %s does not exist' % group_id)
    if one == 'security_group' and row['name'] == 'default' and changes.get('name', 'default') != 'default':
        return neutron_error(409, 'SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.')
    row.update(changes)
    if one == 'floatingip':
        taken = ask.cloud.ports.get(row['port_id']) if row['port_id'] else None
        row['fixed_ip_address'] = row['fixed_ip_address'] if taken else None
        row['port_details'] = {'device_id': taken['device_id'], 'device_owner': taken['device_owner']} if taken else None
    return 200, {one: shown(ask, row)}


@route('neutron', 'DELETE', '/v2.0/(ports|security-groups|floatingips)/([^/]+)')
def neutron_delete(ask, collection, id_):
    name, one, type_, words = NEUTRON[collection]
    rows = getattr(ask.cloud, name)
    if id_ not in rows or not visible(ask, rows[id_]):
        return neutron_error(404, type_, words % id_)
    if one == 'security_group':
        if rows[id_]['name'] == 'default':
            return neutron_error(409, 'SecurityGroupCannotRemoveDefault', 'Insufficient rights for removing default '
                                 'security group.')
        if any(id_ in p['security_groups'] for p in ask.cloud.ports.values()):
            return neutron_error(409, 'SecurityGroupInUse', 'Security Group %s in use.' % id_)
    del rows[id_]
    return 204, None


@route('neutron', 'POST', '/v2.0/ports')
def neutron_create_port(ask):
    id_ = ask.cloud.new_id('f0f1')
    row = dict(port(0, 'private', '10.0.8.%d' % ask.cloud.serial, ask.project), id=id_)
    row.update(ask.body['port'])
    ask.cloud.ports[id_] = row
    return 201, {'port': shown(ask, row)}


@route('neutron', 'POST', '/v2.0/security-groups')
def neutron_create_group(ask):
    mine = [g for g in ask.cloud.groups.values() if g['tenant_id'] == ask.project]
    if len(mine) >= ask.cloud.quota['security_group']:
        return neutron_error(409, 'OverQuota', "Quota exceeded for resources: ['security_group'].")
    wanted = ask.body['security_group']
    if wanted.get('name') == 'default':
        return neutron_error(409, 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.')
    id_ = ask.cloud.new_id('5602')
    row = dict(group(0, wanted['name'], ask.project, ({'direction': 'egress'},)), id=id_,
               description=wanted.get('description', ''))
    for made in row['security_group_rules']:
        made['security_group_id'] = id_
    ask.cloud.groups[id_] = row
    return 201, {'security_group': row}


def all_rules(ask):
    return {r['id']: (g, r) for g in ask.cloud.groups.values() if visible(ask, g) for r in g['security_group_rules']}


@route('neutron', 'POST', '/v2.0/security-group-rules')
def neutron_create_rules(ask):
    out = []
    for wanted in ask.body.get('security_group_rules') or [ask.body['security_group_rule']]:
        parent = ask.cloud.groups.get(wanted['security_group_id'])
        if not parent or not visible(ask, parent):
            return neutron_error(404, 'SecurityGroupNotFound', 'Security group %s does not exist' %
                                 wanted['security_group_id'])
        made = rule(0, parent['id'], ask.project, **wanted)
        made['id'] = ask.cloud.new_id('5603')
        for old in parent['security_group_rules']:
            if all(old.get(k) == made.get(k) for k in made if k not in ('id', 'description')):
                return neutron_error(409, 'SecurityGroupRuleExists',
                                     'Security group rule already exists. Rule id is %s.' % old['id'])
        parent['security_group_rules'].append(made)
        out.append(made)
    return 201, {'security_group_rules': out} if 'security_group_rules' in ask.body else {
        'security_group_rule': out[0]}


@route('neutron', 'GET', '/v2.0/security-group-rules/([^/]+)')
def neutron_show_rule(ask, id_):
    found = all_rules(ask).get(id_)
    if not found:
        return neutron_error(404, 'SecurityGroupRuleNotFound', 'Security group rule %s does not exist' % id_)
    return 200, {'security_group_rule': found[1]}


@route('neutron', 'DELETE', '/v2.0/security-group-rules/([^/]+)')
def neutron_delete_rule(ask, id_):
    found = all_rules(ask).get(id_)
    if not found:
        return neutron_error(404, 'SecurityGroupRuleNotFound', 'Security group rule %s does not exist' % id_)
    found[0]['security_group_rules'].remove(found[1])
    return 204, None


@route('neutron', 'POST', '/v2.0/floatingips')
def neutron_create_floating(ask):
    mine = [f for f in ask.cloud.floating.values() if f['tenant_id'] == ask.project]
    if len(mine) >= ask.cloud.quota['floatingip']:
        return neutron_error(409, 'OverQuota', "Quota exceeded for resources: ['floatingip'].")
    id_ = ask.cloud.new_id('f101')
    row = dict(floating(0, '172.24.4.%d' % (100 + ask.cloud.serial), ask.project), id=id_)
    row.update(ask.body['floatingip'])
    ask.cloud.floating[id_] = row
    return 201, {'floatingip': row}


@route('neutron', 'GET', '/v2.0/quotas/([^/]+)')
def neutron_quota(ask, project):
    return 200, {'quota': ask.cloud.quota}


@route('neutron', 'GET', '/v2.0/auto-allocated-topology/([^/]+)')
def neutron_topology(ask, project):
    if 'dry-run' in ask.query.get('fields', ()):
        return 200, {'auto_allocated_topology': {'id': 'dry-run=pass', 'tenant_id': project}}
    return 200, {'auto_allocated_topology': {'id': NETWORKS['private'], 'tenant_id': project}}


@route('neutron', 'GET', '/v2.0/agents')
def neutron_agents(ask):
    return 200, {'agents': []}


# -- cinder

def cinder_error(status, name, words):
    return status, {name: {'code': status, 'message': words}}


@route('cinder', 'GET', '/?')
def cinder_versions(ask):
    return 300, {'versions': [{'id': 'v3.0', 'status': 'CURRENT', 'version': '3.70', 'min_version': '3.0',
                               'updated': '2022-08-31T00:00:00Z',
                               'links': [{'rel': 'self', 'href': ask.base + '/v3/'}],
                               'media-types': [{'base': 'application/json',
                                                'type': 'application/vnd.openstack.volume+json;version=3'}]}]}


def cinder_found(ask, id_):
    row = ask.cloud.volumes.get(id_)
    return row if row and (ask.admin or row['os-vol-tenant-attr:tenant_id'] == ask.project) else None


def no_volume(id_):
    return cinder_error(404, 'itemNotFound', 'Volume %s could not be found.' % id_)


@route('cinder', 'GET', '/v3/[^/]*/types(?:/detail)?')
def cinder_types(ask):
    return 200, {'volume_types': [{'id': uid('0071', 1), 'name': 'fake', 'is_public': True, 'description': None,
                                   'extra_specs': {}, 'qos_specs_id': None,
                                   'os-volume-type-access:is_public': True}]}


@route('cinder', 'GET', '/v3/[^/]*/limits')
def cinder_limits(ask):
    return 200, {'limits': {'rate': [], 'absolute': ask.cloud.volume_limits}}


@route('cinder', 'GET', '/v3/[^/]*/volumes/detail')
def cinder_list(ask):
    rows = [row for row in ask.cloud.volumes.values() if row['os-vol-tenant-attr:tenant_id'] == ask.project]
    return 200, {'volumes': rows}


@route('cinder', 'GET', '/v3/[^/]*/volumes/([^/]+)')
def cinder_show(ask, id_):
    row = cinder_found(ask, id_)
    return (200, {'volume': row}) if row else no_volume(id_)


@route('cinder', 'POST', '/v3/[^/]*/volumes')
def cinder_create(ask):
    wanted = ask.body['volume']
    if wanted.get('snapshot_id') and wanted['snapshot_id'] not in ask.cloud.snapshots:
        return cinder_error(404, 'itemNotFound', 'Snapshot %s could not be found.' % wanted['snapshot_id'])
    used = sum(1 for v in ask.cloud.volumes.values() if v['os-vol-tenant-attr:tenant_id'] == ask.project)
    if used > 100:
        return cinder_error(413, 'overLimit', 'VolumeLimitExceeded: Maximum number of volumes allowed (100) exceeded')
    row = volume(0, 'creating', ask.project)
    row['id'] = ask.cloud.new_id('0011')
    row.update({k: v for k, v in wanted.items() if v is not None and k in row})
    ask.cloud.volumes[row['id']] = row
    return 202, {'volume': row}


@route('cinder', 'DELETE', '/v3/[^/]*/volumes/([^/]+)')
def cinder_delete(ask, id_):
    row = cinder_found(ask, id_)
    if not row:
        return no_volume(id_)
    if row['status'] not in ('available', 'error'):
        return cinder_error(400, 'badRequest', 'Invalid volume: Volume status must be available or error or '
                            'error_restoring or error_extending or error_managing and must not be migrating, attached, '
                            'belong to a group, have snapshots or be disassociated from snapshots after volume '
                            'transfer.')
    del ask.cloud.volumes[id_]
    return 202, None


@route('cinder', 'POST', '/v3/[^/]*/volumes/([^/]+)/action')
def cinder_action(ask, id_):
    row = cinder_found(ask, id_)
    if not row:
        return no_volume(id_)
    name = next(iter(ask.body))
    if name == 'os-begin_detaching':
        if row['status'] != 'in-use':
            return cinder_error(400, 'badRequest', "Invalid volume: Unable to detach volume. Volume status must be "
                                "'in-use' and attach_status must be 'attached' to detach.")
        row['status'] = 'detaching'
    elif name == 'os-roll_detaching':
        row['status'] = 'in-use'
    elif name == 'os-reserve':
        if row['status'] != 'available':
            return cinder_error(400, 'badRequest', 'Invalid volume: Volume status must be available to reserve')
        row['status'] = 'attaching'
    elif name in ('os-unreserve', 'os-detach'):
        row['status'] = 'available'
    return 202, None


@route('cinder', 'POST', '/v3/[^/]*/attachments')
def cinder_attach(ask):
    wanted = ask.body['attachment']
    row = cinder_found(ask, wanted['volume_uuid'])
    if not row:
        return no_volume(wanted['volume_uuid'])
    if row['status'] not in ('available', 'reserved', 'downloading') and not row['multiattach']:
        return cinder_error(400, 'badRequest', 'Invalid volume: Volume %s status must be available or downloading to '
                            'reserve, but the current status is %s.' % (row['id'], row['status']))
    row['status'] = 'reserved'
    id_ = ask.cloud.new_id('a77b')
    ask.cloud.attachments[id_] = {'id': id_, 'status': 'reserved', 'instance': wanted['instance_uuid'],
                                  'volume_id': row['id'], 'attached_at': '', 'detached_at': '', 'attach_mode': 'null',
                                  'connection_info': {}}
    return 200, {'attachment': ask.cloud.attachments[id_]}


def no_attachment(id_):
    return cinder_error(404, 'itemNotFound', 'Volume attachment could not be found with filter: attachment_id = %s.' % id_)


@route('cinder', 'GET', '/v3/[^/]*/attachments/([^/]+)')
def cinder_attachment(ask, id_):
    row = ask.cloud.attachments.get(id_)
    return (200, {'attachment': row}) if row else no_attachment(id_)


@route('cinder', 'DELETE', '/v3/[^/]*/attachments/([^/]+)')
def cinder_detach(ask, id_):
    row = ask.cloud.attachments.pop(id_, None)
    if not row:
        return no_attachment(id_)
    if row['volume_id'] in ask.cloud.volumes:
        ask.cloud.volumes[row['volume_id']]['status'] = 'available'
    return 200, {'attachments': []}


@route('cinder', 'POST', '/v3/[^/]*/attachments/([^/]+)/action')
def cinder_complete(ask, id_):
    return (204, None) if id_ in ask.cloud.attachments else no_attachment(id_)


@route('cinder', 'GET', '/v3/[^/]*/snapshots/detail')
def cinder_snapshots(ask):
    return 200, {'snapshots': list(ask.cloud.snapshots.values())}


def no_snapshot(id_):
    return cinder_error(404, 'itemNotFound', 'Snapshot %s could not be found.' % id_)


@route('cinder', 'GET', '/v3/[^/]*/snapshots/([^/]+)')
def cinder_snapshot(ask, id_):
    row = ask.cloud.snapshots.get(id_)
    return (200, {'snapshot': row}) if row else no_snapshot(id_)


@route('cinder', 'DELETE', '/v3/[^/]*/snapshots/([^/]+)')
def cinder_delete_snapshot(ask, id_):
    return (202, None) if ask.cloud.snapshots.pop(id_, None) else no_snapshot(id_)


@route('cinder', 'POST', '/v3/[^/]*/snapshots')
def cinder_snap(ask):
    wanted = ask.body['snapshot']
    source = cinder_found(ask, wanted['volume_id'])
    if not source:
        return no_volume(wanted['volume_id'])
    id_ = ask.cloud.new_id('5a01')
    row = {'id': id_, 'created_at': '2024-01-01T00:00:00.000001', 'updated_at': None, 'name': wanted.get('name'),
           'description': wanted.get('description'), 'volume_id': source['id'], 'status': 'creating',
           'size': source['size'], 'metadata': wanted.get('metadata') or {}}
    ask.cloud.snapshots[id_] = row
    return 202, {'snapshot': row}


# -- placement

def placement_error(status, title, words):
    return status, {'errors': [{'status': status, 'title': title, 'detail': words, 'request_id': 'req-of-placement'}]}


@route('placement', 'GET', '/?')
def placement_versions(ask):
    return 200, {'versions': [{'id': 'v1.0', 'max_version': '1.39', 'min_version': '1.0', 'status': 'CURRENT',
                               'links': [{'rel': 'self', 'href': ''}]}]}


@route('placement', 'GET', '/usages')
def placement_usages(ask):
    return 200, {'usages': ask.cloud.usages}


@route('placement', 'GET', '/resource_providers')
def placement_providers(ask):
    rows = list(ask.cloud.providers.values())
    for key in ('name', 'uuid', 'in_tree'):
        if key in ask.query:
            rows = [r for r in rows if r['uuid' if key == 'in_tree' else key] in ask.query[key]]
    return 200, {'resource_providers': [{
        'uuid': r['uuid'], 'name': r['name'], 'generation': r['generation'], 'parent_provider_uuid': None,
        'root_provider_uuid': r['uuid'], 'links': []} for r in rows]}


def no_provider(id_):
    return placement_error(404, 'Not Found', 'The resource could not be found.\n\n No resource provider with uuid %s '
                           'found  ' % id_)


@route('placement', 'GET', '/resource_providers/([^/]+)')
def placement_provider(ask, id_):
    row = ask.cloud.providers.get(id_)
    return (200, {'uuid': id_, 'name': row['name'], 'generation': row['generation'], 'parent_provider_uuid': None,
                  'root_provider_uuid': id_, 'links': []}) if row else no_provider(id_)


@route('placement', 'DELETE', '/resource_providers/([^/]+)')
def placement_delete_provider(ask, id_):
    return (204, None) if ask.cloud.providers.pop(id_, None) else no_provider(id_)


@route('placement', 'GET', '/resource_providers/([^/]+)/(aggregates|traits|inventories|allocations|usages)')
def placement_of_provider(ask, id_, what):
    row = ask.cloud.providers.get(id_)
    if not row:
        return no_provider(id_)
    if what == 'allocations':
        return 200, {'allocations': {c: {'resources': a[id_]['resources'], 'consumer_generation': 1}
                                     for c, a in ask.cloud.allocations.items() if id_ in a},
                     'resource_provider_generation': row['generation']}
    return 200, {what: row.get(what, {}), 'resource_provider_generation': row['generation']}


@route('placement', 'PUT', '/resource_providers/([^/]+)/aggregates')
def placement_put_aggregates(ask, id_):
    row = ask.cloud.providers.get(id_)
    if not row:
        return no_provider(id_)
    if ask.body.get('resource_provider_generation') != row['generation']:
        return placement_error(409, 'Conflict', 'generation')
    row['aggregates'] = ask.body['aggregates']
    row['generation'] += 1
    return 200, {'aggregates': row['aggregates'], 'resource_provider_generation': row['generation']}


@route('placement', 'GET', '/allocations/([^/]+)')
def placement_allocations(ask, id_):
    rows = ask.cloud.allocations.get(id_)
    if not rows:
        return 200, {'allocations': {}}
    return 200, {'allocations': {p: {**a, 'generation': 3} for p, a in rows.items()}, 'project_id': PROJECT,
                 'user_id': 'admin', 'consumer_generation': 1}


@route('placement', 'PUT', '/allocations/([^/]+)')
def placement_put_allocations(ask, id_):
    if ask.body.get('allocations'):
        ask.cloud.allocations[id_] = ask.body['allocations']
    else:
        ask.cloud.allocations.pop(id_, None)
    return 204, None


@route('placement', 'DELETE', '/allocations/([^/]+)')
def placement_delete_allocations(ask, id_):
    if ask.cloud.allocations.pop(id_, None) is None:
        return placement_error(404, 'Not Found', "The resource could not be found.\n\n No allocations for consumer '%s'  "
                               % id_)
    return 204, None


# -- cyborg

@route('cyborg', 'GET', '/v2/device_profiles')
def cyborg_profiles(ask):
    names = ask.query.get('name', list(ask.cloud.device_profiles))
    return 200, {'device_profiles': [{'name': name, 'uuid': 'dev-' + name, 'groups': ask.cloud.device_profiles[name]}
                                     for name in names if name in ask.cloud.device_profiles]}


@route('cyborg', 'GET', '/v2/accelerator_requests')
def cyborg_requests(ask):
    wanted = ask.query.get('instance', [])
    return 200, {'arqs': [row for row in ask.cloud.accelerators if row['instance_uuid'] in wanted]}


@route('cyborg', 'DELETE', '/v2/accelerator_requests')
def cyborg_forget(ask):
    gone = [row for row in ask.cloud.accelerators if row['instance_uuid'] in ask.query.get('instance', []) or
            row['uuid'] in ','.join(ask.query.get('arqs', [])).split(',')]
    ask.cloud.accelerators = [row for row in ask.cloud.accelerators if row not in gone]
    return 204, None
