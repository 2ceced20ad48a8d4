# SPDX-License-Identifier: Apache-2.0
"""The real thing for tests and benches: a private PostgreSQL, our programs, a front server, each in a folder of its own.

Every class starts something and stops just that. Programs come from NOVA_BUILD (default: the source tree).
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

import guardian
from ports import free_port

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('NOVA_BUILD') or TOP
PROGRAM = os.path.join(BUILD, 'nova-api-fcgi')
MANAGE = os.path.join(BUILD, 'nova-api-fcgi-manage')
LIGHTTPD = shutil.which('lighttpd') or '/usr/sbin/lighttpd'
PROJECT = '0123456789abcdef0123456789abcdef'
TOKEN = 'admin:' + PROJECT


def wait_until(what, question, seconds=20, process=None):
    """Asks until it is true; says what was awaited when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return
        if process is not None and process.poll() is not None:
            raise RuntimeError('%s: the process left with status %s' % (what, process.returncode))
        time.sleep(0.02)
    raise RuntimeError('%s: not within %s s' % (what, seconds))


def environment():
    """Ours without what would leak into options."""
    env = {k: v for k, v in os.environ.items() if not k.startswith('OS_')}
    env.setdefault('ASAN_OPTIONS', 'detect_leaks=0')
    return env


class Cluster:
    """A private PostgreSQL with our schema, through tests/lib/postgres."""

    def __init__(self):
        self.base = tempfile.mkdtemp(prefix='nova-pg.')
        os.chmod(self.base, 0o755)
        self.dir = os.path.join(self.base, 'pg')
        self.script = os.path.join(TOP, 'tests/lib/postgres')
        self.port = free_port()
        self.wards = [guardian.command(['rm', '-rf', self.base]), guardian.command([self.script, 'stop', self.dir])]
        out = subprocess.run([self.script, 'start', self.dir, str(self.port)], check=True, capture_output=True,
                             text=True).stdout
        self.env = dict(line.split('=', 1) for line in out.splitlines() if '=' in line)

    def url(self, database):
        return 'postgresql://nova@127.0.0.1:%d/%s' % (self.port, database)

    def restart(self):
        subprocess.run([self.script, 'restart', self.dir], check=True, capture_output=True)

    def stop(self):
        subprocess.run([self.script, 'stop', self.dir], check=False, capture_output=True)
        shutil.rmtree(self.base, ignore_errors=True)
        for ward in self.wards:
            guardian.forget(ward)


def write_configuration(folder, api_url, main_url, extra='', paste=None):
    """nova.conf and api-paste.ini in folder; returns nova.conf's path."""
    paste = paste or os.path.join(TOP, 'deploy/etc/api-paste.ini')
    path = os.path.join(folder, 'nova.conf')
    shutil.copy(paste, os.path.join(folder, 'api-paste.ini'))
    with open(path, 'w', encoding='utf-8') as out:
        out.write('''[DEFAULT]
log_file = {folder}/nova-api.log
state_path = {folder}
host = test-host
enabled_apis = osapi_compute
osapi_compute_listen = 127.0.0.1
transport_url = fake://

[api]
auth_strategy = noauth2

[wsgi]
api_paste_config = {folder}/api-paste.ini

[api_database]
connection = {api}

[database]
connection = {main}

[fcgi]
osapi_compute_address = {folder}/api.sock

'''.format(folder=folder, api=api_url, main=main_url) + extra)
    return path


class Process:
    """One child with a log; stopped by its pid."""

    def __init__(self, argv, log, **kwargs):
        self.argv, self.log = argv, log
        with open(log, 'ab') as out:
            self.process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            start_new_session=True, env=kwargs.pop('env', environment()), **kwargs)
        self.ward = guardian.process(self.process)

    @property
    def pid(self):
        return self.process.pid

    def stop(self, sig=signal.SIGTERM, seconds=20):
        if self.process.poll() is None:
            self.process.send_signal(sig)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        guardian.forget(self.ward)
        return self.process.returncode


class Pool(Process):
    """Our pool on a unix socket in folder."""

    def __init__(self, folder, conf, *args):
        self.socket = os.path.join(folder, 'api.sock')
        super().__init__([PROGRAM, '--config-file', conf, *args], os.path.join(folder, 'pool.out'))
        wait_until('the pool listens', lambda: connects(self.socket), process=self.process)


def connects(path):
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect(path)
            return True
        except OSError:
            return False


class Lighttpd(Process):
    """lighttpd in front of a FastCGI socket, or with bin-path of its own."""

    def __init__(self, folder, sock, port=None, bin_path=None, processes=2):
        self.port = port or free_port()
        self.url = 'http://127.0.0.1:%d' % self.port
        name = 'lighttpd-%d' % self.port
        conf = os.path.join(folder, name + '.conf')
        launch = '"bin-path" => "%s", "max-procs" => %d, ' % (bin_path, processes) if bin_path else ''
        with open(conf, 'w', encoding='utf-8') as out:
            out.write('''server.modules = ( "mod_fastcgi" )
server.document-root = "{folder}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/{name}.log"
server.max-request-field-size = 65536
server.http-parseopts = ( "url-invalid-utf8-reject" => "disable", "url-ctrls-reject" => "disable" )
server.max-keep-alive-requests = 100000
server.max-keep-alive-idle = 900
server.stream-response-body = 1
fastcgi.server = ( "/" => (( "socket" => "{sock}", {launch}"check-local" => "disable",
                             "fix-root-scriptname" => "enable" )) )
'''.format(folder=folder, name=name, port=self.port, sock=sock, launch=launch))
        super().__init__([LIGHTTPD, '-D', '-f', conf], os.path.join(folder, name + '.out'))
        wait_until('lighttpd answers', self.answers, process=self.process)

    def answers(self):
        with socket.socket() as s:
            return s.connect_ex(('127.0.0.1', self.port)) == 0


def raw(port, text, seconds=20):
    """Sends bytes as they are, reads until the other side closes."""
    with socket.create_connection(('127.0.0.1', port), timeout=seconds) as s:
        s.sendall(text)
        out = b''
        while True:
            piece = s.recv(65536)
            if not piece:
                return out
            out += piece


def get(url, token=TOKEN, version=None, timeout=60):
    """(status, headers, body)"""
    request = urllib.request.Request(url)
    if token:
        request.add_header('X-Auth-Token', token)
    if version:
        request.add_header('OpenStack-API-Version', 'compute ' + version)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
