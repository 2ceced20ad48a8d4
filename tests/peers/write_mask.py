# SPDX-License-Identifier: Apache-2.0
"""What a request did, in a form that two runs can be compared in: chance and time are masked, consistently.

An id that neither the world nor the request names is the first, second, … new id of the line wherever it stands:
in the answer, the rows, the messages, the calls.
"""
import json
import re

import peers

UUID = re.compile(r'(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])')
FIXED = re.compile(r'[0-9a-f]{4}0000-0000-4000-8000-|c[012]{7}|00000000-0000|99999999-|fedcba98|70a599e0|dddddddd|aaaaaaaa-')
HEX32 = re.compile(r'(?<![0-9a-f])(?!0123456789abcdef|5e5e5e5e5e5e)[0-9a-f]{32}(?![0-9a-f])')
HEX64 = re.compile(r'(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])')
REQUEST = re.compile(r'req-(?!aaaaaaaa)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
# Drawn ones; those that the world has begin with zeros.
RESERVATION = re.compile(r'(?<![\w-])r-(?!00000\d{3}\b|multi|build)[0-9a-z]{8}\b')
TIME = re.compile(r'(?:202[5-9]|20[3-8]\d)-\d\d-\d\d([T ])\d\d:\d\d:\d\d(\.\d+)?')
DAY = re.compile(r'(?:202[5-9]|20[3-8]\d)-\d\d-\d\d')
PASS = re.compile(r'("adminPass": ")([^"]+)(")')
PRIVATE_KEY = re.compile(r'-----BEGIN [^-]*PRIVATE KEY-----.*?-----END [^-]*PRIVATE KEY-----(\\n)?', re.S)
SSH_KEY = re.compile(r'ssh-rsa AAAA[A-Za-z0-9+/=]{60,}( Generated-by-Nova)?')
FINGERPRINT = re.compile(r'\b(?:[0-9a-f]{2}:){15}[0-9a-f]{2}\b')
CERTIFICATE_PRINT = re.compile(r'(<fingerprint>|%s)(?::[0-9a-f]{2}){0,4}' % FINGERPRINT.pattern)
CERTIFICATE = re.compile(r'-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----', re.S)
PKCS12 = re.compile(r'("private_key": ")MII[A-Za-z0-9+/=]+')
PEER = re.compile(r'127\.0\.0\.1:[2-5]\d{4}\b')
EPOCH = re.compile(r'(?<![\d.])1[789]\d{8}(\.\d+)?(?![\d.])')
UNORDERED = re.compile(r'("extra_specs": \{|"tags": \[|"roles": \[)([^][{}]*)')
# Lists over cells that the reference gives in the order in which the cells answered.
CELLS = re.compile(r'/os-services|/os-availability-zone|/os-hypervisors|/os-hosts')
# Reads of the time of day; lists that the reference gives in the order of a set.
CLOCK = re.compile(r'/os-simple-tenant-usage|/os-instance_usage_audit_log')
SETS = re.compile(r'("hosts_not_run": \[)([^][{}]*)')
# A running server's uptime grows; what was used between two looks at the clock is chance.
UPTIME = re.compile(r'("ended_at": null, "state": "[a-z_-]+", "uptime": )\d+')
USED = re.compile(r'("total_(?:local_gb_usage|vcpus_usage|memory_mb_usage|hours)": )(?:0\.0|\d(?:\.\d+)?e-\d+|0\.000\d+)(?=[,}])')
# Calls whose number depends on how long a process has lived.
BACKGROUND = re.compile(r'keystone (GET|POST) /v3/auth/tokens|keystone GET /(v3/?)?$|neutron GET /v2.0/extensions|'
                        r'\w+ GET /(v2.0/?)?$|glance GET /v2/schemas/(image|member)$')


class Mask:
    """The masks of one line."""

    def __init__(self, given):
        self.given = given  # the request's own text: what it names is not new
        self.names, self.counts, self.secrets = {}, {}, []

    def name(self, kind, value):
        if (kind, value) not in self.names:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.names[(kind, value)] = '<%s-%d>' % (kind, self.counts[kind])
        return self.names[(kind, value)]

    def text(self, s, number=True):
        def new(kind):
            def one(match):
                value = match.group(0)
                if kind == 'id' and FIXED.match(value) or value in self.given:
                    return value
                return self.name(kind, value) if number else '<%s>' % kind
            return one
        s = REQUEST.sub(new('request'), s)
        s = UUID.sub(new('id'), s)
        s = HEX64.sub(new('hash'), s)
        s = HEX32.sub(new('hex'), s)
        s = RESERVATION.sub(new('reservation'), s)
        s = TIME.sub(lambda m: '<time%s%s>' % (m.group(1), '.f' if m.group(2) else ''), s)
        s = DAY.sub('<day>', s)
        s = PEER.sub('<peer>', s)
        s = EPOCH.sub('<epoch>', s)
        s = PRIVATE_KEY.sub('<private key>', s)
        s = SSH_KEY.sub(lambda m: m.group(0) if m.group(0)[:100] in self.given else '<public key>', s)
        if 'keypair' in s or 'fingerprint' in s:
            s = FINGERPRINT.sub(lambda m: m.group(0) if m.group(0).startswith('11:22') else '<fingerprint>', s)
        for secret in self.secrets:
            s = s.replace(secret, '<password>')
        return s

    def learn(self, body):
        for match in PASS.finditer(body):
            if match.group(2) not in self.given:
                self.secrets.append(match.group(2))

    def value(self, value, number=True):
        """A JSON value with every text in it masked; object texts inside are opened."""
        if isinstance(value, dict):
            out = {self.text(k, number): self.value(v, number) for k, v in sorted(value.items())}
            if isinstance(out.get('nova_object.changes'), list):
                out['nova_object.changes'] = sorted(out['nova_object.changes'])
            return out
        if isinstance(value, list):
            return [self.value(v, number) for v in value]
        if isinstance(value, str):
            if value[:1] in '{[' and len(value) > 1:
                try:
                    return {'(json)': self.value(json.loads(value), number)}
                except ValueError:
                    pass
            return self.text(value, number)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 1.7e9 < value < 2e9:
            return '<epoch>'
        return value


def masked(request, answer, changes, messages, calls):
    """The whole of what a line did, as a JSON value."""
    mask = Mask(request.given)
    body = answer['body'].decode('latin-1')
    mask.learn(body)
    body = UNORDERED.sub(lambda m: m.group(1) + ', '.join(sorted(m.group(2).split(', '))), mask.text(body))
    headers = [[name, mask.text(value)] for name, value in answer['headers']
               if not (name == 'content-length' and mask.secrets)]
    out = {'status': answer['status'], 'headers': headers, 'body': body}
    rows = []
    for database, table, old, new in changes:
        if old is not None and new is not None:
            row = {k: v for k, v in new.items() if old.get(k) != v or k == 'id'}
            kind = 'UPDATE'
        else:
            row, kind = (new, 'INSERT') if new is not None else ({'id': old.get('id'), **old}, 'DELETE')
        rows.append((database, kind, table, row))
    rows.sort(key=lambda r: (*r[:3], json.dumps(mask.value(r[3], False), sort_keys=True)))
    out['rows'] = [{'in': '%s %s.%s' % (kind, database, table), **mask.value(row)} for database, kind, table, row in rows]
    sent = []
    for m in sorted(messages, key=lambda m: m.vhost):
        inner = {k: '<unique>' if k in ('_unique_id', '_msg_id', '_reply_q') else v
                 for k, v in m.inner.items()} if isinstance(m.inner, dict) else m.body
        properties = {k: v for k, v in sorted(m.properties.items()) if v not in (None, {}, '')}
        sent.append({'to': '%s %s %s' % (m.vhost, m.exchange, mask.text(m.routing_key)), 'properties': properties,
                     'message': mask.value(inner)})
    out['messages'] = sent
    made = []
    for c in calls:
        words = '%s %s %s' % (c.service, c.method, mask.text(c.path))
        if BACKGROUND.search(words):
            continue
        headers = {k: mask.text(v) for k, v in sorted(c.headers.items()) if k != 'accept'}
        headers.pop('content-type' if c.method == 'GET' else '', None)
        made.append({'call': words, 'headers': headers, 'body': mask.value(c.body), 'status': c.status})
    out['calls'] = made
    return out


def flat(value, prefix=''):
    """{path: leaf} of a JSON value, for differences that can be read."""
    if isinstance(value, dict) and value:
        out = {}
        for k, v in value.items():
            out.update(flat(v, '%s.%s' % (prefix, k) if prefix else k))
        return out
    if isinstance(value, list) and value:
        out = {}
        for i, v in enumerate(value):
            out.update(flat(v, '%s[%d]' % (prefix, i)))
        return out
    return {prefix: value}


def difference(what, ours, theirs):
    """Lines that say how two JSON values differ."""
    a, b = flat(ours), flat(theirs)
    out = []
    for key in [*a, *[k for k in b if k not in a]]:
        if key not in a:
            out.append('%s %s: missing, theirs %s' % (what, key, short(b[key])))
        elif key not in b:
            out.append('%s %s: ours %s, theirs has none' % (what, key, short(a[key])))
        elif a[key] != b[key]:
            out.append('%s %s: ours %s, theirs %s' % (what, key, short(a[key]), short(b[key])))
    return out


def short(value):
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) < 260 else words[:260] + '…'


def paired(what, ours, theirs, name):
    """Compares two lists by the name of their members, so that one missing member is one line."""
    out = []
    left = list(theirs)
    for mine in ours:
        same = next((t for t in left if t == mine), None) or next((t for t in left if name(t) == name(mine)), None)
        if same is None:
            out.append('%s: ours alone: %s' % (what, short(mine)))
        else:
            left.remove(same)
            out += difference('%s {%s}' % (what, name(mine)), mine, same)
    return out + ['%s: theirs alone: %s' % (what, short(t)) for t in left]


def ordered(value):
    """A JSON value whose lists and objects are in one order."""
    if isinstance(value, dict):
        return {k: ordered(v) for k, v in sorted(value.items())}
    if isinstance(value, list):
        return sorted((ordered(v) for v in value), key=json.dumps)
    return value


def without_clock(request, side):
    """A side of a read whose numbers depend on the time of day, or whose list is a set."""
    body = side['body']
    if not CLOCK.search(request.path):
        return side
    if 'os-simple-tenant-usage' in request.path:
        body = UPTIME.sub(r'\1"<seconds>"', body)
        if 'start=' not in request.path:
            body = USED.sub(r'\1"<moment>"', body)
    else:
        body = SETS.sub(lambda m: m.group(1) + ', '.join(sorted(m.group(2).split(', '))), body)
    return dict(without_chance(side), body=body)


def without_chance(value, key=None):
    """Generated keys, their certificates and fingerprints, and lengths; the reference prints traits from a set."""
    if isinstance(value, dict):
        return {k: without_chance(v, k) for k, v in value.items()}
    if isinstance(value, list):
        if value[:1] == ['content-length']:
            return ['content-length', '*']
        out = [without_chance(v) for v in value]
        return sorted(out) if key == 'required_traits' else out
    if isinstance(value, str) and key in ('fingerprint', 'public_key', 'body'):
        return PKCS12.sub(r'\1<private key>', CERTIFICATE.sub('<certificate>', CERTIFICATE_PRINT.sub('<fingerprint>', value)))
    return value


def sorted_groups(value):
    """The security groups of a new server stand in the order of a set."""
    if isinstance(value, dict):
        return {k: sorted_groups(v) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    out = [sorted_groups(v) for v in value]
    if any(isinstance(v, dict) and v.get('nova_object.name') == 'SecurityGroup' for v in out):
        out.sort(key=lambda group: json.dumps(group, sort_keys=True))
    return out


def without_new_pass(request, side):
    """A password made for a message alone: no answer tells it."""
    text = re.sub(r'("(?:new_pass|admin_password)": ")([^"<]+)(")', lambda m: m.group(0) if m.group(2) in request.given else
                  m.group(1) + '<password>' + m.group(3), json.dumps(side['messages']))
    return dict(side, messages=json.loads(text))


def unsorted(request):
    """Lists that the reference gives as rows or answers of cells happen to come."""
    return CELLS.search(request.path) or '/os-migrations' in request.path and int(request.version) < 59


def without_traceback(side):
    """Where an event of an action went wrong: each side has its own files."""
    rows = [dict(row, traceback='<traceback>') if row.get('traceback') and 'instance_actions_events' in row['in'] else row
            for row in side['rows']]
    return dict(side, rows=rows)


def without_told_traceback(value):
    """The same of what is told of a failure: the reference's names the lines of its source."""
    if isinstance(value, dict):
        lines = value.get('nova_object.name') == 'ExceptionPayload'
        out = {k: without_told_traceback(v) for k, v in value.items()}
        if lines and str(out['nova_object.data'].get('traceback', '')).startswith('Traceback (most recent call last):\n'):
            out['nova_object.data'] = dict(out['nova_object.data'], traceback='<traceback>')
        return out
    return [without_told_traceback(v) for v in value] if isinstance(value, list) else value


def sorted_patches(side):
    """The changes of an image stand in the order of a set."""
    return dict(side, calls=[dict(c, body=sorted(c['body'], key=lambda change: json.dumps(change, sort_keys=True)))
                             if ' PATCH ' in c['call'] and isinstance(c['body'], list) else c for c in side['calls']])


def differences(request, ours, theirs):
    """Lines that say how two runs of a request differ; none when they are equal."""
    ours, theirs = sorted_patches(ours), sorted_patches(theirs)
    ours, theirs = without_new_pass(request, ours), without_new_pass(request, theirs)
    ours, theirs = without_traceback(ours), without_traceback(theirs)
    ours, theirs = (dict(side, messages=without_told_traceback(side['messages'])) for side in (ours, theirs))
    if ('<private key>' in theirs['body'] or PKCS12.search(theirs['body']) or
            '"required_traits"' in json.dumps(theirs['messages'])):
        ours, theirs = without_chance(ours), without_chance(theirs)
    if '"security_groups"' in request.given:
        ours, theirs = sorted_groups(ours), sorted_groups(theirs)
    if request.method == 'GET':
        ours, theirs = without_clock(request, ours), without_clock(request, theirs)
    if request.method == 'GET' and unsorted(request) and ours['body'] != theirs['body']:
        try:
            ours, theirs = (dict(side, body=json.dumps(ordered(json.loads(side['body'])))) for side in (ours, theirs))
        except ValueError:
            pass
    if ours['status'] != theirs['status']:
        return ['status: ours %d %s\n    theirs %d %s' % (ours['status'], ours['body'][:400], theirs['status'],
                                                           theirs['body'][:400])] + (
            paired('row', ours['rows'], theirs['rows'], lambda r: r['in'])[:4])
    out = []
    if ours['body'] != theirs['body']:
        at = next((i for i, (x, y) in enumerate(zip(ours['body'], theirs['body'])) if x != y),
                  min(len(ours['body']), len(theirs['body'])))
        out.append('body at %d:\n    ours   …%s\n    theirs …%s' % (
            at, ours['body'][max(0, at - 80):at + 160], theirs['body'][max(0, at - 80):at + 160]))
    heads = [dict(map(tuple, side['headers'])) for side in (ours, theirs)]
    if ours['body'] != theirs['body'] or not all('content-length' in h for h in heads):
        for head in heads:
            head.pop('content-length', None)
    out += difference('header', *heads)
    out += paired('row', ours['rows'], theirs['rows'], lambda r: r['in'])
    out += paired('message', ours['messages'], theirs['messages'],
                  lambda m: '%s %s' % (m['to'], (m['message'].get('method') or m['message'].get('event_type'))
                                       if isinstance(m['message'], dict) else ''))
    reads = [[c for c in side['calls'] if c['call'].split()[1] == 'GET'] for side in (ours, theirs)]
    writes = [[c for c in side['calls'] if c['call'].split()[1] != 'GET'] for side in (ours, theirs)]
    out += paired('call', *writes, lambda c: c['call'])
    if not out and [c['call'] for c in writes[0]] != [c['call'] for c in writes[1]]:
        out.append('calls in another order: ours %s, theirs %s' % tuple([c['call'] for c in w] for w in writes))
    if request.method != 'GET':  # a read may ask its peers less, and at once
        out += paired('read', *([widened(c) for c in side] for side in reads), lambda c: c['call'])
    return out


def widened(call):
    """Of the ports whose groups it shows, ours asks for less than the whole."""
    return dict(call, call=call['call'].replace('&fields=device_id&fields=security_groups', ''))


__all__ = ['masked', 'differences', 'peers']


def is_whole_second(words):
    """Do two runs differ in fractions of seconds alone? One time in a million has none to show: worth a second look."""
    return bool(words) and all(re.search(r'ours "<time[T ]>", theirs "<time[T ]\.f>"$', word) for word in words)
