# SPDX-License-Identifier: Apache-2.0
"""The program behind each front server that it is made for, launched in each of its ways; the answers are the same."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import stack  # noqa: E402


class Spawned:
    """Responders under spawn-fcgi."""

    def __init__(self, folder, conf, count=2):
        self.socket = os.path.join(folder, 'spawned.sock')
        out = subprocess.run(['spawn-fcgi', '-s', self.socket, '-M', '0666', '-F', str(count), '--', stack.PROGRAM,
                              '--api', 'osapi_compute', '--config-file', conf], check=True, capture_output=True,
                             text=True, env=stack.environment(), stdin=subprocess.DEVNULL).stdout
        self.pids = [int(pid) for pid in re.findall(r'PID: (\d+)', out)]
        assert len(self.pids) == count, out

    def stop(self):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


class Apache(stack.Process):
    """Apache with the given lines inside its one virtual host, on a port of its own."""

    MODULES = '/usr/lib/apache2/modules'

    def __init__(self, folder, modules, lines):
        self.port = stack.free_port()
        self.url = 'http://127.0.0.1:%d' % self.port
        conf = os.path.join(folder, 'apache.conf')
        user = 'User nobody\nGroup nogroup\n' if os.getuid() == 0 else ''
        loads = ''.join('LoadModule %s_module %s/mod_%s.so\n' % (m, self.MODULES, m)
                        for m in ['mpm_worker', 'authz_core', 'alias'] + modules)
        with open(conf, 'w', encoding='utf-8') as out:
            out.write('ServerRoot "%s"\nServerName localhost\nPidFile %s/apache.pid\nErrorLog %s/apache.log\n'
                      'Mutex pthread\nDefaultRuntimeDir %s\n'
                      'Listen 127.0.0.1:%d\n%s%s%s' % (folder, folder, folder, folder, self.port, user, loads, lines))
        super().__init__(['/usr/sbin/apache2', '-DFOREGROUND', '-f', conf], os.path.join(folder, 'apache.out'))
        stack.wait_until('Apache listens', lambda: listens(self.port), process=self.process)


def listens(port):
    import socket
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', port)) == 0


def by_pool(folder, conf, running):
    running.append(stack.Pool(folder.path, conf))
    running.append(stack.Lighttpd(folder.path, running[-1].socket))
    return running[-1].url


def by_spawn_fcgi(folder, conf, running):
    running.append(Spawned(folder.path, conf))
    running.append(stack.Lighttpd(folder.path, running[-1].socket))
    return running[-1].url


def by_bin_path(folder, conf, running):
    command = '%s --api osapi_compute --config-file %s' % (stack.PROGRAM, conf)
    running.append(stack.Lighttpd(folder.path, os.path.join(folder.path, 'bin.sock'), bin_path=command))
    return running[-1].url


def by_mod_fcgid(folder, conf, running):
    # mod_fcgid runs a file without arguments; the options come from the environment, as for nova-api-wsgi.
    program = os.path.join(folder.path, 'nova-api-fcgi')
    shutil.copy(stack.PROGRAM, program)
    os.chmod(program, 0o755)
    log = os.path.join(folder.path, 'nova-api.log')
    open(log, 'a', encoding='utf-8').close()
    os.chmod(log, 0o666)
    running.append(Apache(folder.path, ['fcgid'], '''
FcgidIPCDir {f}/fcgid
FcgidProcessTableFile {f}/fcgid.shm
FcgidInitialEnv OS_NOVA_CONFIG_DIR {f}

FcgidInitialEnv ASAN_OPTIONS detect_leaks=0
FcgidMaxRequestLen 1073741824
FcgidIOTimeout 60
AllowEncodedSlashes NoDecode
ScriptAlias / {p}/
<Directory {f}>
    Require all granted
    SetHandler fcgid-script
    Options +ExecCGI
</Directory>
'''.format(f=folder.path, p=program)))
    return running[-1].url


def by_mod_proxy_fcgi(folder, conf, running):
    running.append(stack.Pool(folder.path, conf))
    running.append(Apache(folder.path, ['proxy', 'proxy_fcgi'], '''
AllowEncodedSlashes NoDecode
ProxyFCGIBackendType GENERIC
ProxyPass / unix:{sock}|fcgi://nova/ disablereuse=on
'''.format(sock=running[-1].socket)))
    return running[-1].url


WAYS = [by_pool, by_spawn_fcgi, by_bin_path, by_mod_fcgid, by_mod_proxy_fcgi]


@pytest.mark.parametrize('way', WAYS, ids=lambda f: f.__name__)
def test_each_way_answers_alike(way, folder, running):
    if way is by_mod_fcgid and not os.path.exists(Apache.MODULES + '/mod_fcgid.so'):
        pytest.skip('libapache2-mod-fcgid is not installed')
    url = way(folder, folder.configuration(), running)

    status, headers, body = stack.get(url + '/', token=None)
    assert status == 200 and headers['Content-Type'] == 'application/json'
    assert [v['id'] for v in json.loads(body)['versions']] == ['v2.0', 'v2.1']
    assert json.loads(body)['versions'][1]['links'][0]['href'] == url + '/v2.1/'

    status, headers, body = stack.get(url + '/v2.1/servers/detail?limit=2', version='2.93')
    assert status == 200 and headers['OpenStack-API-Version'] == 'compute 2.93'
    page = json.loads(body)
    assert len(page['servers']) == 2
    assert page['servers_links'][0]['href'].startswith(url + '/v2.1/servers/detail?limit=2&marker=')

    # A path with an escaped slash, one with a doubled slash, and one that nobody knows.
    status, _, body = stack.get(url + '/v2.1/flavors/none%20such')
    assert status == 404 and json.loads(body)['itemNotFound']['message'] == 'Flavor none such could not be found.'
    assert stack.get(url + '/v2.1/' + stack.PROJECT + '/flavors')[0] == 200
    status, headers, body = stack.get(url + '/v2.1/nothing')
    assert status == 404 and headers['Content-Type'].startswith('text/plain')
    assert body == b'404 Not Found\n\nThe resource could not be found.\n\n   '

    # Errors pass the front server unchanged.
    status, headers, body = stack.get(url + '/v2.1/servers?limit=x')
    assert status == 400 and 'badRequest' in json.loads(body)
    assert re.match(r'req-[0-9a-f-]{36}$', headers['X-Openstack-Request-Id'])
    status, headers, _ = stack.get(url + '/v2.1/servers', token=None)
    assert status == 204 and headers['X-Auth-Token'] == 'admin:admin'


def test_apache_takes_no_answer_for_lost_under_load(folder, running):
    # Apache sends the end of the request's body late; a worker that has hung up by then would cost a 503.
    import threading
    url = by_mod_proxy_fcgi(folder, folder.configuration(), running)
    statuses = []

    def ask():
        for _ in range(120):
            statuses.append(stack.get(url + '/v2.1/servers?limit=x')[0])

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 720 and set(statuses) == {400}
