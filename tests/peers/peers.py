#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Asks two nova-apis the same questions and compares the answers byte for byte.

usage: peers.py compare CORPUS --ours URL (--theirs URL | --recorded FILE) --names FILE.json
       peers.py record CORPUS --theirs URL --names FILE.json --out FILE

The corpus is a table of requests (see corpus.tsv); {names} in it are filled
from a JSON object. Request ids and dates are masked, security_groups is left
out on both sides. A difference that differences.tsv does not list, with its
reason, is a failure.
"""
import argparse
import gzip
import http.client
import json
import os
import re
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = '127.0.0.1:8774'  # the Host header that both are given, so that links agree

# What startup.md 11.3 names, and whatever else a client may look at.
HEADERS = ('content-type', 'content-length', 'openstack-api-version', 'x-openstack-nova-api-version', 'vary',
           'location', 'x-openstack-request-id', 'x-compute-request-id', 'www-authenticate', 'retry-after',
           'x-auth-token', 'x-server-management-url', 'access-control-allow-origin', 'access-control-allow-methods',
           'access-control-allow-headers', 'access-control-allow-credentials', 'access-control-max-age',
           'access-control-expose-headers')

VERSION_SETS = {
    'servers': [1, 2, 3, 8, 9, 15, 16, 18, 19, 25, 26, 46, 47, 52, 62, 63, 66, 69, 70, 71, 72, 73, 74, 75, 82, 83, 89,
                90, 93],
    'flavors': [1, 54, 55, 60, 61, 74, 75, 93],
    'few': [1, 47, 75, 93],
    'ends': [1, 93],
    'every': list(range(1, 94)),
}

REQUEST_ID = re.compile(r'req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
# Python reads extra specs and tags in no order that a statement asks for: their members are compared as sets.
UNORDERED = re.compile(rb'("extra_specs": \{|"tags": \[)([^][{}]*)')
SECURITY_GROUPS = re.compile(rb', "security_groups": \[[^\]]*\]|"security_groups": \[[^\]]*\], ')


class Request:
    def __init__(self, line, who, method, path, headers, version):
        self.line, self.who, self.method, self.path, self.headers, self.version = (
            line, who, method, path, headers, version)

    def __str__(self):
        extra = ' '.join('%s=%s' % pair for pair in self.headers)
        return '%s %s @%s as %s%s' % (self.method, self.path, self.version, self.who, ' ' + extra if extra else '')


def read_corpus(path, names):
    """Rows: versions TAB who TAB [METHOD ]path [TAB Header: value | Header: value]."""
    out = []
    with open(path, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip('\n')
            if not line or line.startswith('#'):
                continue
            fields = line.split('\t')
            versions, who, target = fields[:3]
            method, path_ = target.split(' ', 1) if ' ' in target else ('GET', target)
            for key in re.findall(r'\{(\w+)\}', path_ + who):
                if key not in names:
                    break
            else:
                path_ = re.sub(r'\{(\w+)\}', lambda m: names[m.group(1)], path_)
                headers = [tuple(h.strip().split(': ', 1)) if ': ' in h else (h.strip().rstrip(':'), '')
                           for h in fields[3].split('|')] if len(fields) > 3 else []
                for version in expand(versions):
                    out.append(Request(number, re.sub(r'\{(\w+)\}', lambda m: names[m.group(1)], who), method, path_,
                                       headers, version))
    return out


def expand(versions):
    for part in versions.split(','):
        if part in VERSION_SETS:
            yield from map(str, VERSION_SETS[part])
        else:
            yield part


class Peer:
    """One nova-api, asked over a connection that is kept while it is kept."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)
        self.connection = None

    def ask(self, request):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=90)
            try:
                return self._ask(request)
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise
        return None

    def _ask(self, request):
        c = self.connection
        body = None
        c.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        given = {name.lower() for name, _ in request.headers}
        if 'host' not in given:
            c.putheader('Host', HOST)
        if request.who != '-':
            c.putheader('X-Auth-Token', request.who)
        if request.version not in ('-', 'none'):
            version = request.version if not request.version.isdigit() else '2.' + request.version
            c.putheader('OpenStack-API-Version', 'compute ' + version)
        for name, value in request.headers:
            if name == 'Body':
                body = value.encode()
            else:
                c.putheader(name, value.encode('utf-8'))
        if body is not None:
            c.putheader('Content-Length', str(len(body)))
        c.endheaders(body)
        r = c.getresponse()
        data = r.read()
        answer = {'status': r.status, 'headers': normal_headers(r.getheaders()), 'body': data}
        if r.will_close:
            c.close()
            self.connection = None
        return answer


def normal_headers(pairs):
    out = []
    for name, value in pairs:
        name = name.lower()
        if name in HEADERS:
            out.append([name, REQUEST_ID.sub('req-*', value)])
    return sorted(out)


def masked(answer):
    body = REQUEST_ID.sub('req-*', answer['body'].decode('latin-1')).encode('latin-1')
    cut = SECURITY_GROUPS.sub(b'', body)
    plain = UNORDERED.sub(lambda m: m.group(1) + b', '.join(sorted(m.group(2).split(b', '))), cut)
    headers = [h for h in answer['headers'] if h[0] != 'content-length' or cut == body]
    if cut != body:
        headers = [h for h in headers if h[0] != 'content-length']
    return answer['status'], headers, plain


def differ(ours, theirs):
    """The words of the first difference, or None."""
    a, b = masked(ours), masked(theirs)
    if not any(h[0] == 'content-length' for h in a[1]) or not any(h[0] == 'content-length' for h in b[1]):
        a = (a[0], [h for h in a[1] if h[0] != 'content-length'], a[2])
        b = (b[0], [h for h in b[1] if h[0] != 'content-length'], b[2])
    if a[0] != b[0]:
        return 'status: ours %d %s\n    theirs %d %s' % (a[0], shorten(a[2]), b[0], shorten(b[2]))
    if a[2] != b[2]:
        at = next((i for i, (x, y) in enumerate(zip(a[2], b[2])) if x != y), min(len(a[2]), len(b[2])))
        return 'body at byte %d (%d / %d bytes):\n    ours   …%s\n    theirs …%s' % (
            at, len(a[2]), len(b[2]), shorten(a[2][max(0, at - 60):at + 140]), shorten(b[2][max(0, at - 60):at + 140]))
    if a[1] != b[1]:
        return 'headers:\n    ours   %s\n    theirs %s' % ([h for h in a[1] if h not in b[1]],
                                                          [h for h in b[1] if h not in a[1]])
    return None


def shorten(data):
    return data[:300].decode('latin-1')


def listed_differences(path=os.path.join(HERE, 'differences.tsv')):
    out = []
    if os.path.exists(path):
        with open(path, encoding='utf-8') as lines:
            for line in lines:
                if line.strip() and not line.startswith('#'):
                    pattern, what, reason = line.rstrip('\n').split('\t')
                    out.append((re.compile(pattern), what, reason))
    return out


def read_recorded(path):
    opener = gzip.open if path.endswith('.gz') else open
    with opener(path, 'rt', encoding='utf-8') as lines:
        return {row['request']: {'status': row['status'], 'headers': row['headers'],
                                 'body': row['body'].encode('latin-1')} for row in map(json.loads, lines)}


def compare(requests, ours, theirs, out=sys.stdout, progress=True):
    """Compares all; returns (equal, listed, failures), each failure as text. theirs: callable(request)."""
    listed = listed_differences()
    equal, known, failures = 0, 0, []
    for i, request in enumerate(requests, 1):
        try:
            answer = ours.ask(request)
            other = theirs(request)
        except OSError as error:
            failures.append('%s (line %d): %s' % (request, request.line, error))
            continue
        if other is None:
            failures.append('%s (line %d): no recorded answer' % (request, request.line))
            continue
        words = differ(answer, other)
        if words is None:
            equal += 1
        elif any(p.search(str(request)) for p, _, _ in listed):
            known += 1
        else:
            failures.append('%s (line %d)\n  %s' % (request, request.line, words))
        if progress and i % 100 == 0:
            print('  %d of %d asked, %d differ' % (i, len(requests), len(failures)), file=out, flush=True)
    return equal, known, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('what', choices=('compare', 'record'))
    parser.add_argument('corpus')
    parser.add_argument('--ours')
    parser.add_argument('--theirs')
    parser.add_argument('--recorded')
    parser.add_argument('--names', required=True)
    parser.add_argument('--out')
    parser.add_argument('--show', type=int, default=20, help='failures to print')
    parser.add_argument('--only', help='a regular expression over "METHOD path @version as who"')
    args = parser.parse_args()
    with open(args.names, encoding='utf-8') as f:
        names = json.load(f)
    requests = read_corpus(args.corpus, names)
    if args.only:
        requests = [r for r in requests if re.search(args.only, str(r))]
    if args.what == 'record':
        peer = Peer(args.theirs)
        opener = (lambda p: gzip.GzipFile(p, 'wb', mtime=0)) if args.out.endswith('.gz') else (lambda p: open(p, 'wb'))
        with opener(args.out) as out:
            for i, request in enumerate(requests, 1):
                answer = peer.ask(request)
                body = REQUEST_ID.sub('req-*', answer['body'].decode('latin-1'))
                out.write(json.dumps({'request': str(request), 'status': answer['status'],
                                      'headers': answer['headers'], 'body': body}).encode() + b'\n')
                if i % 100 == 0:
                    print('  %d of %d recorded' % (i, len(requests)), flush=True)
        print('%d answers in %s' % (len(requests), args.out))
        return 0
    ours = Peer(args.ours)
    if args.recorded:
        recorded = read_recorded(args.recorded)
        theirs = (lambda request: recorded.get(str(request)))
    else:
        peer = Peer(args.theirs)
        theirs = peer.ask
    equal, known, failures = compare(requests, ours, theirs)
    for failure in failures[:args.show]:
        print('DIFFERENT ' + failure)
    print('%d requests: %d equal, %d differ as listed in differences.tsv, %d differ' % (
        len(requests), equal, known, len(failures)))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
