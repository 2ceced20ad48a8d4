#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for keystone, glance, neutron, cinder, placement and cyborg: one process, a port each, one small cloud in memory.

They answer as the services of the release do (shapes, codes, filters), but
every id and time is fixed, so that two programs that ask the same are told
the same. Each call is kept for comparison; each service can be told to be
slow, to fail, to answer rubbish, to close the line, or to be gone.

    peers = FakePeers().start()
    peers.configuration()            text for nova.conf: all groups that talk to them
    TOKENS['member']                 a user's token; see USERS for who there is
    peers.fail('cinder', 'GET', r'/volumes/', status=500)      until reset()
    peers.gone('neutron')            its port is closed until reset()
    peers.take()                     the calls since the last take: [Call, ...]
    peers.reset()                    the cloud as it was, no faults, no calls

As a program: fakepeers.py [FIRST_PORT]; prints the configuration and serves.
POST /rig/reset, POST /rig/fail {...}, GET /rig/calls on keystone's port.
"""
import copy
import http.server
import json
import queue
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse

from fakeanswers import PASSWORD, ROUTES, TOKENS, USERS, Ask, who_is  # noqa: F401
from fakecloud import Cloud, GROUPS, IMAGE, NETWORKS, OTHER_PROJECT, PROJECT, uid  # noqa: F401
from ports import free_port

REGION = 'RegionOne'
SERVICES = ('keystone', 'glance', 'neutron', 'cinder', 'placement', 'cyborg')


class Call:
    """One call that a program made."""

    def __init__(self, service, method, path, headers, body, status):
        self.service, self.method, self.path, self.headers, self.body, self.status = (
            service, method, path, headers, body, status)

    def as_dict(self):
        return dict(self.__dict__)


KEPT_HEADERS = ('x-auth-token', 'x-service-token', 'x-subject-token', 'openstack-api-version', 'content-type',
                'x-openstack-request-id', 'accept')


class Hold:
    """Calls that are not answered until a test lets them go."""

    def __init__(self):
        self.came, self.free = queue.SimpleQueue(), threading.Event()

    def wait(self, seconds=20):
        """Until one came: the port that it came from."""
        return self.came.get(timeout=seconds)

    def stand(self, caller):
        self.came.put(caller)
        self.free.wait(60)

    def release(self):
        self.free.set()


class FakePeers:
    """tls: (certificate, key), files; then all listen with TLS."""

    def __init__(self, first_port=0, servers=(), tls=None):
        self.servers, self.lock, self.tls = list(servers), threading.RLock(), tls
        self.calls, self.faults = [], []
        self.cloud = Cloud(self.servers)
        self.listeners, self.ports, self.first_port = {}, {}, first_port

    # -- what tests call

    def start(self):
        for i, name in enumerate(SERVICES):
            self._listen(name, self.first_port + i if self.first_port else free_port())
        return self

    def stop(self):
        for name in list(self.listeners):
            self._close(name)

    def reset(self):
        with self.lock:
            faults = self.faults
            self.cloud, self.calls, self.faults = Cloud(self.servers), [], []
        for fault in faults:
            if 'hold' in fault:
                fault['hold'].release()
        for name in SERVICES:
            if name not in self.listeners:
                self._listen(name, self.ports[name])

    def fail(self, service, method='.*', path='', times=None, **what):
        """what: status=N [body=...], slow=SECONDS (then answers), rubbish=True, drop=True (closes the line),
        replace={dotted name: value} changes the answer; skip=N lets the first N calls pass; hold=Hold() keeps it back.
        Malformed answers, with the status of the real one: instead=VALUE is sent as JSON in its place, text='…' as it is
        (a character a byte), deep=N are N lists in each other, type='…' is its Content-Type; longer=N announces N bytes more
        than come, chunks='…' is the framing behind a first chunk (a character a byte) after which the line closes."""
        with self.lock:
            self.faults.append({'service': service, 'method': method, 'path': path, 'times': times, **what})

    def gone(self, service):
        """Connections are refused until reset()."""
        self._close(service)

    def take(self):
        with self.lock:
            calls, self.calls = self.calls, []
            return calls

    def url(self, service):
        return '%s://127.0.0.1:%d' % ('https' if self.tls else 'http', self.ports[service])

    def catalogue(self, project, accelerators=False):
        project = project if project in self.cloud.projects else ''
        rows = (('identity', 'keystone', self.url('keystone') + '/v3'), ('image', 'glance', self.url('glance')),
                ('network', 'neutron', self.url('neutron')), ('placement', 'placement', self.url('placement')),
                ('volumev3', 'cinderv3', self.url('cinder') + '/v3/' + project),
                ('block-storage', 'cinder', self.url('cinder') + '/v3/' + project),
                ('compute', 'nova', 'http://127.0.0.1:8774/v2.1'))
        if accelerators:
            rows += (('accelerator', 'cyborg', self.url('cyborg') + '/v2'),)
        return [{'endpoints': [{'id': '%s-%s' % (name, interface), 'interface': interface, 'region_id': REGION,
                                'url': url, 'region': REGION} for interface in ('public', 'internal', 'admin')],
                 'id': 'id-of-' + name, 'type': type_, 'name': name} for type_, name, url in rows]

    def configuration(self):
        keystone = self.url('keystone')
        out = ''

        def credentials(user):
            return ('auth_url = %s\nauth_type = password\nproject_domain_name = Default\nuser_domain_name = Default\n'
                    'project_name = service\nusername = %s\npassword = %s\nregion_name = %s\n' % (
                        keystone, user, PASSWORD, REGION))
        out += '[keystone_authtoken]\nwww_authenticate_uri = %s\n%sservice_token_roles = service\n' \
            'service_token_roles_required = true\n\n' % (keystone, credentials('nova'))
        out += '[service_user]\nsend_service_user_token = true\n%s\n' % credentials('nova').replace(
            'region_name = %s\n' % REGION, '')
        out += '[oslo_limit]\nendpoint_id = nova-public\n%s\n' % credentials('nova')
        out += '[glance]\nregion_name = %s\n\n' % REGION
        # neutron's extensions are asked for each time, so that no answer depends on the one before
        out += '[neutron]\nextension_sync_interval = 0\n%s\n[placement]\n%s\n' % (credentials('neutron'), credentials('placement'))
        out += '[cinder]\ncatalog_info = volumev3::publicURL\nos_region_name = %s\n%s\n' % (
            REGION, credentials('cinder').replace('region_name = %s\n' % REGION, ''))
        return out

    # -- serving

    def _listen(self, name, number):
        listener = Listener(('127.0.0.1', number), Handler)
        listener.peers, listener.service = self, name
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.tls)
            listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        self.ports[name] = listener.server_address[1]
        self.listeners[name] = listener
        threading.Thread(target=listener.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    def _close(self, name):
        listener = self.listeners.pop(name)
        listener.shutdown()
        listener.server_close()
        listener.drop_all()

    def fault_of(self, service, method, path):
        with self.lock:
            for fault in self.faults:
                if fault['service'] == service and re.fullmatch(fault['method'], method) and \
                        re.search(fault['path'], path):
                    if fault.get('skip'):
                        fault['skip'] -= 1
                        continue
                    if fault['times'] is not None:
                        if fault['times'] == 0:
                            continue
                        fault['times'] -= 1
                    return fault
        return None

    def answer(self, service, method, path, headers, body, caller=0):
        """(status, headers, bytes) for one call from that port; keeps it."""
        parts = urllib.parse.urlsplit(path)
        try:
            value = json.loads(body) if body else None
        except ValueError:
            value = body.decode('latin-1')
        fault = self.fault_of(service, method, path)
        if fault and fault.get('slow'):
            time.sleep(fault['slow'])
        if fault and 'hold' in fault:
            fault['hold'].stand(caller)
        extra = {}
        if fault and 'status' in fault:
            status, out = fault['status'], fault.get('body', {'error': {'code': fault['status'], 'message': 'told so'}})
            if fault.keys() & {'instead', 'text', 'type'}:
                out, extra = malformed(fault, out, extra)
        elif fault and fault.get('rubbish'):
            status, out = 200, b'<html>not what you expect'
        elif fault and fault.get('drop'):
            status, out = 0, b''
        else:
            with self.lock:
                status, out, extra = self._answer(service, method, parts, headers, value)
            if fault:
                out, extra = malformed(fault, out, dict(extra))
        with self.lock:
            self.calls.append(Call(service, method, path, {k: v for k, v in headers.items() if k in KEPT_HEADERS},
                                   value, status))
        if not isinstance(out, bytes):
            out = b'' if out is None else json.dumps(out).encode()
        return status, extra, out

    def _answer(self, service, method, parts, headers, value):
        query = urllib.parse.parse_qs(parts.query, keep_blank_values=True)
        who = who_is(headers.get('x-auth-token'))
        open_ = parts.path in ('', '/', '/v2.0', '/v3', '/v3/') or parts.path.startswith('/policy/') or \
            parts.path == '/v3/auth/tokens' and method == 'POST'
        if not open_ and who is None:
            return 401, {'error': {'code': 401, 'message': 'The request you have made requires authentication.',
                                   'title': 'Unauthorized'}}, {}
        ask = Ask(self, method, parts.path, query, headers, value, who)
        for name, verb, pattern, function in ROUTES:
            if name == service and verb == method:
                match = re.fullmatch(pattern, parts.path)
                if match:
                    out = function(ask, *match.groups())
                    return out if len(out) == 3 else (*out, {})
        return 404, {'error': {'code': 404, 'message': 'no such thing here: %s %s' % (method, parts.path)}}, {}


def malformed(fault, out, extra):
    """(body, headers) as a fault that leaves the status alone changes them."""
    if 'replace' in fault:
        out = replaced(copy.deepcopy(out), fault['replace'])
    if 'instead' in fault:
        out = json.dumps(fault['instead']).encode()
    if 'text' in fault:
        out = fault['text'].encode('latin-1')
    if 'deep' in fault:
        out = b'[' * fault['deep'] + b']' * fault['deep']
    if 'chunks' in fault:
        extra['chunks'] = fault['chunks']
    if 'type' in fault:
        extra['Content-Type'] = fault['type']
    if 'longer' in fault:
        extra['longer'] = fault['longer']
    return out, extra


def replaced(value, changes):
    """The answer with other values at these places; an answer that has not got the place stays as it is."""
    for name, new in changes.items():
        at, keys = value, name.split('.')
        for key in keys[:-1]:
            at = at[int(key) if isinstance(at, list) else key]
        if not isinstance(at, (dict, list)):
            continue
        if new is None and isinstance(at, dict):
            at.pop(keys[-1], None)
        else:
            at[keys[-1]] = new
    return value


class Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, *args):
        self.open, self.open_lock = set(), threading.Lock()
        super().__init__(*args)

    def process_request(self, request, client_address):
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.open_lock:
            self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.open_lock:
            self.open.discard(request)
        super().shutdown_request(request)

    def drop_all(self):
        with self.open_lock:
            for line in self.open:
                try:
                    line.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1

    def handle_any(self):
        size = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(size) if size else b''
        if self.headers.get('Transfer-Encoding', '').lower() == 'chunked':
            body = self.read_chunks()
        peers, headers = self.server.peers, {k.lower(): v for k, v in self.headers.items()}
        if self.path.startswith('/rig/'):
            status, extra, out = self.control(body)
        else:
            status, extra, out = peers.answer(self.server.service, self.command, self.path, headers, body,
                                              self.client_address[1])
        if status == 0:
            self.close_connection = True
            return
        self.send_response_only(status)
        extra = {'Content-Type': 'application/json', **extra}
        longer, chunks = extra.pop('longer', 0), extra.pop('chunks', None)
        self.close_connection = self.close_connection or longer > 0 or chunks is not None
        for name, value in extra.items():
            self.send_header(name, value)
        if chunks is not None:
            self.send_header('Transfer-Encoding', 'chunked')
            out = b'%x\r\n%s\r\n' % (len(out), out) + chunks.encode('latin-1') if out else chunks.encode('latin-1')
        elif status != 204:
            self.send_header('Content-Length', str(len(out) + longer))
        self.end_headers()
        if self.command != 'HEAD' and status != 204:
            self.wfile.write(out)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def read_chunks(self):
        out = b''
        while True:
            size = int(self.rfile.readline().split(b';')[0], 16)
            out += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return out

    def control(self, body):
        peers = self.server.peers
        if self.path == '/rig/reset':
            threading.Thread(target=peers.reset).start()
        elif self.path == '/rig/fail':
            peers.fail(**json.loads(body))
        elif self.path == '/rig/calls':
            return 200, {}, json.dumps([c.as_dict() for c in peers.take()]).encode()
        else:
            return 404, {}, b''
        return 200, {}, b'{}'

    def log_message(self, *args):
        pass


def main():
    peers = FakePeers(int(sys.argv[1]) if len(sys.argv) > 1 else 0).start()
    print(peers.configuration())
    print('# tokens: ' + ' '.join(sorted(TOKENS.values(), key=len)[:-1]), flush=True)
    threading.Event().wait()


if __name__ == '__main__':
    main()
