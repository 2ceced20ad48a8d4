# SPDX-License-Identifier: Apache-2.0
"""No secret is ever shown: a run at DEBUG with passwords everywhere, and not one of them in a log, a report or on a terminal."""
import base64
import glob
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import psycopg2
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import cloud  # noqa: E402
import stack  # noqa: E402

# Each has a shape of its own, so that what leaked says where.
SECRETS = ('API-DB-PW', 'MAIN-DB-PW', 'CELL-DB-PW', 'RABBIT-PW', 'CELL-RABBIT-PW', 'HMAC-KEY-1', 'HMAC-KEY-2', 'REDIS-PW',
           'TOKEN-SECRET', 'ADMIN-PASS', 'CHANGED-PASS', '424242424242', 'SERVICE-PASS')
USER_TOKEN = stack.TOKEN


@pytest.fixture
def down_cell():
    """A mapping of a cell that refuses connections, with passwords in its URLs."""
    link = psycopg2.connect(cloud.cluster().url('nova_api'))
    link.autocommit = True
    with link.cursor() as cur:
        cur.execute("INSERT INTO cell_mappings (uuid, name, transport_url, database_connection, disabled) VALUES "
                    "('5ec5e75e-0000-4000-8000-000000000001', 'down', 'rabbit://nova:CELL-RABBIT-PW@127.0.0.1:1/', "
                    "'postgresql://nova:CELL-DB-PW@127.0.0.1:1/nova', false)")
    yield
    with link.cursor() as cur:
        cur.execute("DELETE FROM cell_mappings WHERE name = 'down'")
    link.close()


def write_configuration(folder):
    it = cloud.cluster()
    path = stack.write_configuration(
        folder.path, it.url('nova_api').replace('nova@', 'nova:API-DB-PW@'),
        it.url('nova_cell0').replace('nova@', 'nova:MAIN-DB-PW@'), extra='''socket_mode = 0666

[profiler]
enabled = True
trace_sqlalchemy = True
hmac_keys = HMAC-KEY-1, HMAC-KEY-2
connection_string = log://:REDIS-PW@127.0.0.1

[keystone_authtoken]
password = SERVICE-PASS
''')
    text = open(path, encoding='utf-8').read().replace('transport_url = fake://', '''debug = True
log_options = True
transport_url = rabbit://nova:RABBIT-PW@127.0.0.1:1/''')
    text = text.replace('[database]\n', '[database]\nconnection_debug = 100\n').replace(
        '[api_database]\n', '[api_database]\nconnection_debug = 50\n')
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text + '\n[oslo_reports]\nlog_dir = %s\n' % folder.path)
    return path


def ask(url, token, body=None, headers=()):
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body is not None else None)
    request.add_header('X-Auth-Token', token)
    request.add_header('OpenStack-API-Version', 'compute 2.93')
    if body is not None:
        request.add_header('Content-Type', 'application/json')
    for name, value in headers:
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def trace_headers():
    info = base64.urlsafe_b64encode(b'{"base_id": "5ec5e75e-0000-4000-8000-000000000002"}').decode()
    return (('X-Trace-Info', info),
            ('X-Trace-HMAC', hmac.new(b'HMAC-KEY-2', info.encode(), hashlib.sha1).hexdigest()))


def everything_written(folder):
    """All files of the folder but those that hold the secrets by right."""
    texts = {}
    for name in glob.glob(folder.path + '/*'):
        if os.path.isfile(name) and not name.endswith(('nova.conf', 'api-paste.ini')):
            with open(name, encoding='utf-8', errors='replace') as it:
                texts[os.path.basename(name)] = it.read()
    return texts


def test_a_run_at_debug_shows_no_secret(folder, running, down_cell):
    pool = stack.Pool(folder.path, write_configuration(folder))
    running.append(pool)
    front = stack.Lighttpd(folder.path, pool.socket)
    running.append(front)
    url = front.url + '/v2.1'
    server = url + '/servers/5ec5e75e-0000-4000-8000-000000000003'

    assert ask(url + '/servers/detail', USER_TOKEN, headers=trace_headers()) == 200
    assert ask(url + '/servers', 'TOKEN-SECRET:' + stack.PROJECT) == 200
    ask(url + '/servers', USER_TOKEN, {'server': {'name': 's', 'adminPass': 'ADMIN-PASS', 'imageRef': 1}})
    ask(url + '/servers', USER_TOKEN, {'server': {'name': 's', 'adminPass': 424242424242}})
    ask(server + '/action', USER_TOKEN, {'changePassword': {'adminPass': 'CHANGED-PASS'}})
    ask(server + '/action', USER_TOKEN, {'changePassword': {'adminPass': 424242424242}})
    os.kill(pool.pid, signal.SIGUSR2)
    stack.wait_until('the report is written', lambda: glob.glob(folder.path + '/*_gurumeditation_*'))
    front.stop()
    pool.stop()

    texts = everything_written(folder)
    log = texts['nova-api.log']
    report = next(text for name, text in texts.items() if 'gurumeditation' in name)
    # What is searched was really there: the options, a body, statements of the trace, the cell that is down, the report.
    assert 'profiler.hmac_keys' in log and 'database.connection' in log
    assert "changePassword" in log
    assert 'db-start' in log and 'wsgi-stop' in log
    assert 'port 1 failed' in log
    echoed = [line for line in log.splitlines() if 'sqlalchemy.engine.Engine' in line]
    assert any('SELECT' in line and 'nova_api' in line and 'parameters, not shown' in line for line in echoed)
    assert any('SELECT' in line and 'nova_cell' in line and 'parameters, not shown' in line for line in echoed)
    assert any('nova_cell' in line and ' rows, ' in line for line in echoed)
    assert not any('nova_api' in line and ' rows, ' in line for line in echoed)
    assert 'hmac_keys = ***' in report
    for name, text in texts.items():
        for secret in SECRETS[:8] + SECRETS[9:]:
            assert secret not in text, '%s shows %s: ...%s...' % (
                name, secret, text[max(0, text.index(secret) - 300):text.index(secret) + 50])


@pytest.mark.parametrize('url', ('postgresql://nova:MAIN-DB-PW@127.0.0.1:port/nova',
                                 'mysql+pymysql://nova:MAIN-DB-PW@127.0.0.1/nova',
                                 'postgresql://nova:MAIN-DB-PW@[::1/nova',
                                 'postgresql//nova:MAIN-DB-PW@127.0.0.1/nova',
                                 'postgresql://nova:MAIN-DB-PW%zz@127.0.0.1:1/nova?password=MAIN-DB-PW&nothing=1'))
def test_a_wrong_url_is_refused_without_its_password(folder, url):
    path = stack.write_configuration(folder.path, cloud.cluster().url('nova_api'), url, extra='connect_timeout = 1\n')
    text = open(path, encoding='utf-8').read().replace('[database]', '[database]\nmax_retries = 0', 1)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text.replace('[DEFAULT]', '[DEFAULT]\ndebug = True', 1))
    done = subprocess.run([stack.PROGRAM, '--config-file', path, '--check'], capture_output=True, text=True,
                          env=stack.environment(), timeout=60, check=False)
    said = done.stdout + done.stderr + ''.join(everything_written(folder).values())
    assert said
    assert 'MAIN-DB-PW' not in said, said
