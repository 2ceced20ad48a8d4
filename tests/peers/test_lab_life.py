# SPDX-License-Identifier: Apache-2.0
"""A server's life in a real cloud, each request answered by our pool and by Python's nova-api in turn, under keystone.

Skipped where no lab runs. Both are over the lab's databases, broker, scheduler and computes; what one began the other must know.
"""
import itertools
import json
import os
import re
import shutil
import tempfile
import time
import urllib.error
import urllib.request

import pytest

import stack
from test_lab import LAB

CONF = os.path.join(LAB, 'etc/nova/nova.conf')
PYTHON = 'http://127.0.0.1:8774'
KEYSTONE = 'http://127.0.0.1:5000/v3/auth/tokens'


def call(url, method='GET', body=None, token=None):
    """(status, headers, JSON or None)"""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), method=method, headers={
        'Content-Type': 'application/json', 'OpenStack-API-Version': 'compute 2.79', **({'X-Auth-Token': token} if token else {})})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            data = answer.read()
            return answer.status, answer.headers, json.loads(data) if data else None
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read() or b'null')


def is_up():
    try:
        return os.path.exists(CONF) and call(PYTHON + '/')[0] == 200
    except OSError:
        return False


def token_of(user, project):
    domain = {'name': 'Default'}
    secret = os.environ.get('LAB_PASSWORD', 'labsecret')
    status, headers, _ = call(KEYSTONE, 'POST', {'auth': {
        'identity': {'methods': ['password'], 'password': {'user': {'name': user, 'domain': domain, 'password': secret}}},
        'scope': {'project': {'name': project, 'domain': domain}}}})
    assert status == 201
    return headers['X-Subject-Token']


@pytest.fixture
def address():
    """Of our pool with four workers on the lab's configuration."""
    folder = tempfile.mkdtemp(prefix='nova-lab-life.')
    os.chmod(folder, 0o755)
    with open(CONF, encoding='utf-8') as f:
        text = f.read().replace('postgresql+psycopg2', 'postgresql').replace('enabled_apis = osapi_compute,metadata',
                                                                           'enabled_apis = osapi_compute')
    text = re.sub(r'osapi_compute_workers = \d+', 'osapi_compute_workers = 4', text)
    text = re.sub(r'^host = .*$', 'host = lab-life', text, count=1, flags=re.M)
    conf = os.path.join(folder, 'nova.conf')
    with open(conf, 'w', encoding='utf-8') as out:
        out.write(text + '\n[fcgi]\nosapi_compute_address = %s/api.sock\n' % folder)
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    yield front.url
    front.stop()
    pool.stop()
    shutil.rmtree(folder, ignore_errors=True)


def without_address(value):
    """Links name who was asked."""
    return re.sub(r'http://127\.0\.0\.1:\d+', 'http://somewhere', json.dumps(value))


class InTurn:
    """Every other request goes to the other nova-api."""

    def __init__(self, *urls):
        self.urls, self.token = itertools.cycle(urls), token_of('demo', 'demo')

    def ask(self, method, path, body=None, status=200):
        url = next(self.urls)
        got, _, value = call(url + '/v2.1' + path, method, body, self.token)
        assert got == status, '%s %s at %s answered %d %s' % (method, path, url, got, value)
        return value

    def becomes(self, server, wanted, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.ask('GET', '/servers/' + server)['server']
            if now['status'] == wanted and not now['OS-EXT-STS:task_state']:
                return now
            assert now['status'] != 'ERROR', now.get('fault')
            time.sleep(0.3)
        raise AssertionError('the server is %s, not %s' % (now['status'], wanted))


@pytest.mark.skipif(not is_up(), reason='no lab runs')
def test_a_servers_life_between_both(address):
    api = InTurn(address, PYTHON)
    flavors = {f['name']: f['id'] for f in api.ask('GET', '/flavors')['flavors']}
    images = call('http://127.0.0.1:9292/v2/images?name=cirros-lab-1', token=api.token)[2]['images']
    server = api.ask('POST', '/servers', {'server': {'name': 'life', 'imageRef': images[0]['id'], 'networks': 'none',
                                                     'flavorRef': flavors['m1.nano']}}, 202)['server']['id']
    action = '/servers/%s/action' % server
    try:
        api.becomes(server, 'ACTIVE')
        for body, then in (({'os-stop': None}, 'SHUTOFF'), ({'os-start': None}, 'ACTIVE'), ({'pause': None}, 'PAUSED'),
                           ({'unpause': None}, 'ACTIVE'), ({'suspend': None}, 'SUSPENDED'), ({'resume': None}, 'ACTIVE'),
                           ({'reboot': {'type': 'HARD'}}, 'ACTIVE'), ({'rebuild': {'imageRef': images[0]['id']}}, 'ACTIVE'),
                           ({'resize': {'flavorRef': flavors['m1.micro']}}, 'VERIFY_RESIZE'), ({'revertResize': None}, 'ACTIVE'),
                           ({'lock': None}, 'ACTIVE'), ({'unlock': None}, 'ACTIVE')):
            api.ask('POST', action, body, 202)
            api.becomes(server, then)
            one, other = (without_address(api.ask('GET', '/servers/' + server)) for _ in range(2))
            assert one == other, 'after %s' % body
        actions = [a['action'] for a in api.ask('GET', '/servers/%s/os-instance-actions' % server)['instanceActions']]
        assert {'create', 'stop', 'start', 'rebuild', 'resize', 'revertResize'} <= set(actions)
    finally:
        api.ask('DELETE', '/servers/' + server, status=204)
    end = time.monotonic() + 60
    while call(address + '/v2.1/servers/' + server, token=api.token)[0] != 404:
        assert time.monotonic() < end
        time.sleep(0.3)
