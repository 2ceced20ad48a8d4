# SPDX-License-Identifier: Apache-2.0
"""Each error that a handler of the reference maps is held by a recorded answer, or errors_unheld.tsv says why by none.

The rows are those of error_mapping.tsv of the facts (NOVA_FACTS, default ../shared/nova-facts beside the tree); skipped without them.
"""
import fnmatch
import functools
import gzip
import json
import os
import re

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = os.environ.get('NOVA_FACTS', os.path.join(HERE, '../../../shared/nova-facts'))
UNHELD = os.path.join(HERE, 'errors_unheld.tsv')
ACT = r'POST /servers/{}/action '

# Functions that no route names: the requests that come by them.
HELPERS = {
    '*.every route with an expected-codes list': '',
    'common.': '', 'wsgi.': '', 'identity.verify_project_id': '(GET|PUT|POST) /(os-quota-sets|flavors)/',
    'baremetal_nodes.': r'\w+ /os-baremetal-nodes',
    'console_auth_tokens.': 'GET /os-console-auth-tokens/',
    'evacuate.EvacuateController._get_password': ACT + 'evacuate',
    'flavors.': 'GET /flavors',
    'flavors_extraspecs.': r'(POST|PUT) /flavors/{}/os-extra_specs',
    'floating_ips.get_instance': r'DELETE /os-floating-ips/|' + ACT + 'removeFloatingIp',
    'floating_ips.disassociate': r'DELETE /os-floating-ips/|' + ACT + 'removeFloatingIp',
    'helpers.disk_config_from_api': '(POST|PUT) /servers',
    'hosts.HostController._set': 'PUT /os-hosts/',
    'hosts.HostController._host_power': r'GET /os-hosts/{}/(startup|shutdown|reboot)',
    'hypervisors.': 'GET /os-hypervisors',
    'image_metadata.': r'\w+ /images/{}/metadata',
    'keypairs.KeypairController._create': 'POST /os-keypairs',
    'keypairs.KeypairController._delete': 'DELETE /os-keypairs/',
    'keypairs.KeypairController._': 'GET /os-keypairs',
    'migrate_server.': ACT + 'os-migrateLive',
    'migrations.': 'GET /os-migrations',
    'quota_classes.': 'PUT /os-quota-class-sets/',
    'quota_sets.': 'PUT /os-quota-sets/',
    'security_groups.SecurityGroupControllerBase': '(POST|PUT) /os-security-group',
    'security_groups.SecurityGroupActionController': ACT + '(add|remove)SecurityGroup',
    'server_metadata.': r'\w+ /servers/{}/metadata',
    'server_tags.': r'\w+ /servers/{}/tags',
    'servers.remove_invalid_sort_keys': 'GET /servers',
    'servers.ServersController._get_servers': 'GET /servers',
    'servers.ServersController._get_instance': r'\w+ /servers/{}',
    'servers.ServersController._resize': ACT + 'resize',
    'servers.ServersController._image_from_req_data': 'POST /servers|' + ACT + 'rebuild',
    'servers.': 'POST /servers ',
    'services.ServiceController._assert': 'DELETE /os-services/',
    'services.': 'PUT /os-services/',
    'simple_tenant_usage.': 'GET /os-simple-tenant-usage',
    'volumes._check_request_version': r'\w+ /servers/{}/os-volume_attachments',
    'volumes.': r'PUT /servers/{}/os-volume_attachments/',
}

# Where the reference says an error in words of its own: of a class, in all handlers or some.
WORDS = [
    ('*', 'Unauthorized', 'This server could not verify that you are authorized'),
    ('wsgi.*', '*', 'Malformed request body|Malformed message body'),
    ('admin_password.*', 'NotImplementedError', 'Unable to set password on instance'),
    ('*', 'InvalidRequest', 'Backup is not supported|The requested availability zone is not|It is not possible to|Invalid flavor extra spec'),
    ('flavors_extraspecs.*', 'InvalidInput', 'extra_specs value has'),
    ('floating_ips.*', 'FloatingIpLimitExceeded', 'IP allocation over quota'),
    ('floating_ips.*', 'FloatingIpBadRequest', '^(bad|no)$'),
    ('floating_ips.*', 'FloatingIpAssociateFailed', "^409-{'error'"),
    ('floating_ips.*_remove_floating_ip', 'FloatingIpNotFoundForAddress', 'Floating IP not found for address'),
    ('hypervisors.*', '(check)', 'The server could not comply with the request'),
    ('security_groups.*', 'SecurityGroupNotFound', 'Security group .* (does not exist|is not found|not associated)'),
    ('servers.*', 'SecurityGroupNotFound', 'Unable to find security_group'),
    ('security_groups.*', 'SecurityGroupLimitExceeded', '^(over|no)$'),
    ('*', 'NoUniqueMatch', 'Multiple security.?groups? (matches )?found'),
    ('*', 'FlavorImageConflict', 'Flavor .* conflicting with|Memory encryption requested'),
    ('*', 'CertificateValidationFailed', 'Image certificate validation is not supported'),
    ('servers.*', 'NetworkAmbiguous', 'Multiple possible networks found'),
    ('*', 'ForbiddenWithRemoteManagedPorts', 'Remote-managed ports are not supported until'),
    ('*', 'ForbiddenPortsWithAccelerator', 'Port with cyborg profile'),
    ('volumes.VolumeController.create', 'OverQuota', '^(over|VolumeLimitExceeded)$'),
    ('volumes.*delete', 'InvalidInput', 'Invalid volume: Invalid input received'),
]


def rows_of(path):
    with open(path, encoding='utf-8') as lines:
        rows = [line.rstrip('\n').split('\t') for line in lines if line.strip() and not line.startswith('#')]
    return [dict(zip(rows[0], row + [''] * len(rows[0]))) for row in rows[1:]]


def facts(name):
    path = os.path.join(FACTS, name + '.tsv')
    if not os.path.exists(path):
        pytest.skip('no facts at %s' % FACTS)
    return rows_of(path)


def words(body):
    """The text of an error's body: its message, or all of it."""
    try:
        value = json.loads(body)
        return str(next(iter(value.values()))['message'])
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return body or ''


def request_of(text):
    """'POST /servers/x/action os-stop': the request of a recorded line as the patterns of routes see it."""
    method, target, rest = re.match(r'(\S+) (\S+) @(.*)', text, re.S).groups()
    path = target.split('?')[0]
    path = re.sub(r'^/v2(\.1)?(/[0-9a-f-]{32,36}(?=/))?', '', path)
    path = re.sub(r'^/os-volumes_boot(?=/|$)', '/servers', path)
    action = re.match(r'\S+ as \S+(?: \[.*\])? \{\s*"([^"]*)"', rest, re.S)
    return '%s %s %s' % (method, path, action.group(1) if action else '')


@functools.lru_cache(None)
def recorded_errors():
    """(request, status, message, what a remote method raised) of all recorded answers that are errors."""
    found = set()
    for name in ('recorded', 'recorded_write', 'recorded_walk', 'recorded_down'):
        with gzip.open(os.path.join(HERE, name + '.jsonl.gz'), 'rt', encoding='utf-8') as lines:
            for line in lines:
                row = json.loads(line)
                for answer in [got for _, got in row['got']] if 'got' in row else [row]:
                    if answer['status'] >= 400:
                        text = row.get('line') or row['request']
                        raised = re.search(r'rpc:\w+=!(\w+)', text)
                        found.add((request_of(text), answer['status'], words(answer['body']), raised.group(1) if raised else ''))
    return sorted(found)


def form(template):
    """The regular expression of a text with placeholders."""
    text = template.strip('"').replace('\\n', '\n').replace('%%', '%')
    parts = re.split(r'%\(\w+\)[a-z]|%[sd]', text)
    return r'[\s\S]*'.join(re.escape(part) for part in parts)


class Errors:
    """Exceptions by name, with those that derive from them."""

    def __init__(self):
        self.templates, self.below = {}, {}
        for row in facts('exceptions'):
            self.templates[row['class']] = row['message template']
            for name in [row['class']] + [p.split('.')[-1].strip() for p in re.split('[>,]', row['parents'])]:
                self.below.setdefault(name, set()).add(row['class'])

    def forms(self, caught):
        return [form(self.templates[name]) for name in sorted(self.below.get(caught, ())) if self.templates[name]]


@functools.lru_cache(None)
def routes():
    found = {}
    for row in facts('routes'):
        path = re.sub(r'^/os-volumes_boot(?=/|$)', '/servers', row['path'])
        found.setdefault(row['controller.method'], set()).add(
            '%s %s %s' % (row['method'].replace('ANY', r'\w+'), re.sub(r'\{[^}]*\}', '{}', path),
                          (row['action'] + '$') if row['action'] else ''))
    return found


def pattern_of(handler):
    if handler in routes():
        text = '|'.join(sorted(routes()[handler]))
    else:
        text = next(pattern for name, pattern in HELPERS.items() if handler.startswith(name))
    return re.compile('(%s)' % text.replace('{}', '[^/ ]+'))


def wanted():
    """(handler, what is caught, status, form of the message) of each error that the reference maps."""
    errors = Errors()
    for row in facts('error_mapping'):
        handler = row['module'] + '.' + row['function']
        for caught in row['on'].split(' (')[0].split('+') if '(' != row['on'][:1] else [row['on']]:
            message, texts = row['message'], ['']
            if message.startswith('"'):
                texts = [form(message) + '$']
            elif message.startswith('state conflict text'):
                word = re.search(r"action word '(.*)'", message)
                texts = ["Cannot '%s' instance .* while it is in" % (word.group(1) if word else '.*')]
            elif message == '<text of the error>' and errors.forms(caught):
                texts = errors.forms(caught)
            texts = texts + [own for where, name, own in WORDS if fnmatch.fnmatchcase(handler, where) and name in (caught, '*')]
            yield handler, caught, row['status'], '|'.join('(%s)' % t for t in texts), message


def is_held(handler, caught, status, text):
    asked, said = pattern_of(handler), re.compile(text)
    return any((not status.isdigit() or answer == int(status)) and (said.match(message) or raised and raised == caught) and asked.match(request)
               for request, answer, message, raised in recorded_errors())


def excuses():
    return [(row['handler'], row['caught'], row['reason']) for row in rows_of(UNHELD)]


def excused(handler, caught, rows, message=''):
    """The row of the table that names the error: a check has no class, and is named by how its message begins."""
    what = message.strip('"') if caught == '(check)' else caught
    return next((row for row in rows if fnmatch.fnmatchcase(handler, row[0]) and
                 any(fnmatch.fnmatchcase(what, name) for name in row[1].split('+'))), None)


def test_each_error_is_held_or_excused():
    rows, used, missing = excuses(), set(), []
    for handler, caught, status, text, message in wanted():
        if not is_held(handler, caught, status, text):
            excuse = excused(handler, caught, rows, message)
            if excuse:
                used.add(excuse)
            else:
                missing.append('%s\t%s\t%s\t%s' % (handler, caught, status, message))
    assert not missing, 'neither held by a recorded line nor named in errors_unheld.tsv: %d\n%s' % (len(missing), '\n'.join(missing))
    idle = [row for row in rows if row not in used]
    assert not idle, 'named in errors_unheld.tsv, and held: %s' % idle


def test_an_error_that_nothing_holds_is_seen():
    handler = 'servers.ServersController._start_server'
    facts('routes')
    assert is_held(handler, 'InstanceInvalidState', '409', "Cannot 'start' instance .* while it is in")
    assert not is_held(handler, 'InstanceInvalidState', '409', "Cannot 'resume' instance .* while it is in")
    assert not is_held(handler, 'InstanceInvalidState', '404', "Cannot 'start' instance")
    assert not excused(handler, 'InstanceIsLocked', [('servers.ServersController._stop_server', 'InstanceIsLocked', '')])
