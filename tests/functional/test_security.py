# SPDX-License-Identifier: Apache-2.0
"""What somebody may try: to be another, to write where nothing of theirs is, to smuggle lines into an answer; and what must stay
secret while the program does its work at DEBUG, or listens to somebody who is not who they should be."""
import base64
import http.server
import os
import signal
import ssl
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import fakepeers  # noqa: E402
import rabbit  # noqa: E402
import rig  # noqa: E402
import stack  # noqa: E402
import write_world  # noqa: E402
from rig import NAMES, OTHER_PROJECT  # noqa: E402

SERVERS = '/v2.1/servers'
WEB_1 = SERVERS + '/' + NAMES['web_1']
PLAIN = {'server': {'name': 'plain', 'flavorRef': '1', 'imageRef': NAMES['image'], 'networks': 'none'}}
WORDS_401 = 'The request you have made requires authentication.'


@pytest.fixture(scope='module')
def served(stage):
    it = rig.Api(stage, workers=2)
    yield it
    it.stop()


@pytest.fixture
def api(served, stage):
    rig.restore(stage)
    yield served
    rig.restore(stage)


@pytest.fixture(scope='module')
def front(served):
    it = stack.Lighttpd(served.folder, served.pool.socket)
    yield it
    it.stop()


# -- to be another

SPOOFED = {'X-Roles': 'admin', 'X-Role': 'admin', 'X-User-Id': 'admin', 'X-User': 'admin', 'X-User-Name': 'admin',
           'X-Project-Id': OTHER_PROJECT, 'X-Tenant-Id': OTHER_PROJECT, 'X-Tenant': OTHER_PROJECT, 'X-Tenant-Name': 'other',
           'X-Identity-Status': 'Confirmed', 'X-Is-Admin-Project': 'True', 'X-Service-Roles': 'service,admin',
           'X-Service-Identity-Status': 'Confirmed', 'X-Service-Catalog': '[]', 'X-Domain-Id': 'default',
           'OpenStack-System-Scope': 'all', 'X-Auth-Token-Info': '{}'}


@pytest.mark.parametrize('spelling', ('-', '_'))
@pytest.mark.parametrize('names', [[name] for name in SPOOFED] + [list(SPOOFED)],
                         ids=lambda names: 'all' if names[1:] else names[0])
def test_identity_headers_of_the_client_go_nowhere(api, stage, front, names, spelling):
    spoofed = ''.join('%s: %s\r\n' % (name.replace('-', spelling), SPOOFED[name]) for name in names)

    def get(path, token):
        head = 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' % path
        mine = 'X-Auth-Token: %s\r\n' % token if token else ''
        return stack.raw(front.port, (head + spoofed + mine + '\r\n').encode())
    member = fakepeers.TOKENS['member']
    assert get('/v2.1/servers?all_tenants=1', member).startswith(b'HTTP/1.1 403 ')
    assert get(SERVERS + '/' + NAMES['other_1'], member).startswith(b'HTTP/1.1 404 ')
    assert get(WEB_1, member).startswith(b'HTTP/1.1 200 ')
    if len(names) > 1:
        assert get(WEB_1, None).startswith(b'HTTP/1.1 401 ')
        assert get(WEB_1, fakepeers.TOKENS['revoked']).startswith(b'HTTP/1.1 401 ')


def test_a_service_token_of_the_client_is_checked_like_any(api):
    for token in ('token-nobody-knows', fakepeers.TOKENS['revoked'], fakepeers.TOKENS['giant']):
        answer = api.ask('GET', WEB_1, headers={'X-Service-Token': token, 'X-Service-Roles': 'service'})
        assert answer.status == 401 and WORDS_401 in answer.words


@pytest.mark.parametrize('method, rest, body', (
    ('POST', '', PLAIN), ('GET', '/detail', None), ('GET', '/' + NAMES['other_1'], None), ('DELETE', '/' + NAMES['web_1'], None),
    ('DELETE', '/' + NAMES['other_1'], None), ('POST', '/%s/action' % NAMES['other_1'], {'os-stop': None}),
    ('PUT', '/' + NAMES['other_1'], {'server': {'name': 'mine'}})))
@pytest.mark.parametrize('who', ('member', 'admin'))
def test_the_project_of_the_url_is_the_one_of_the_token(api, stage, method, rest, body, who):
    answer = api.ask(method, '/v2.1/%s/servers%s' % (OTHER_PROJECT, rest), body, who=who)
    assert answer.status == 400 and 'Malformed request URL' in answer.words
    assert not rig.left(stage) and not stage.tap.take()
    assert {call.service for call in stage.peers.take()} <= {'keystone'}


def test_servers_of_others_are_not_there(api, stage):
    other = SERVERS + '/' + NAMES['other_1']
    for method, path, body in (('GET', other, None), ('DELETE', other, None), ('PUT', other, {'server': {'name': 'x'}}),
                               ('POST', other + '/action', {'os-stop': None}), ('POST', other + '/action', {'lock': None}),
                               ('POST', other + '/metadata', {'metadata': {'a': 'b'}}), ('PUT', other + '/tags/a', None),
                               ('GET', other + '/os-instance-actions', None), ('POST', other + '/remote-consoles', {
                                   'remote_console': {'protocol': 'vnc', 'type': 'novnc'}})):
        assert api.ask(method, path, body).status in (403, 404), (method, path)
    assert not rig.left(stage) and not stage.tap.take()


def test_tokens_that_ended_were_revoked_or_are_giant(api, stage):
    giant = 'g' * 60000
    for token in (fakepeers.TOKENS['expired'], fakepeers.TOKENS['revoked'], fakepeers.TOKENS['unknown'], giant, giant * 20,
                  '\0' * 10, 'a b', 'é'):
        answer = api.ask('POST', SERVERS, PLAIN, headers={'X-Auth-Token': token})
        assert answer.status in (0, 400, 401, 431, 503), (token[:20], answer)
        if len(token) < 100000:
            assert answer.status == 401 and WORDS_401 in answer.words
        assert giant.encode() not in answer.raw
    assert not rig.left(stage) and not stage.tap.take()
    assert giant not in ''.join(api.written().values())
    assert api.ask('GET', WEB_1).status == 200


# -- lines in an answer

EVIL = 'a\r\nX-Evil: 1\r\n\r\n<b>'


def test_nothing_that_is_sent_becomes_a_header(api, stage):
    image = {'createImage': {'name': 's'}}
    stage.peers.fail('glance', 'POST', '/v2/images$', replace={'id': EVIL})
    answers = [
        api.ask('PUT', WEB_1 + '/tags/x', PATH_INFO=WEB_1 + '/tags/' + EVIL),
        api.ask('POST', WEB_1 + '/action', image, version='2.44'),
        api.ask('POST', SERVERS + '/' + NAMES['multi_1'] + '/action', image),
        api.ask('GET', '/v2.1', PATH_INFO='/v2.1', HTTP_HOST=EVIL),
        api.ask('GET', '/', PATH_INFO='/' + EVIL),
        api.ask('GET', '/v2.1', PATH_INFO='/v2.1/' + EVIL),
        api.ask('GET', '/v2.1', PATH_INFO='/v2.1', SCRIPT_NAME=EVIL),
        api.ask('POST', SERVERS, PLAIN, HTTP_HOST=EVIL),
        api.ask('POST', SERVERS, PLAIN, HTTP_X_FORWARDED_HOST=EVIL, HTTP_X_FORWARDED_PREFIX=EVIL, HTTP_X_FORWARDED_PROTO=EVIL),
        api.ask('GET', WEB_1, version=EVIL),
        api.ask('GET', WEB_1, HTTP_X_OPENSTACK_REQUEST_ID=EVIL),
        api.ask('GET', WEB_1, HTTP_X_OPENSTACK_REQUEST_ID='req-00000000-0000-4000-8000-000000000000\r\nX-Evil: 1'),
        api.ask('GET', WEB_1, HTTP_ORIGIN='http://' + EVIL),
        api.ask('GET', WEB_1, HTTP_ACCEPT='application/' + EVIL),
        api.ask('POST', SERVERS, PLAIN, headers={'Content-Type': 'application/' + EVIL}),
        api.ask('POST', '/v2.1/os-keypairs', {'keypair': {'name': EVIL}}),
        api.ask('POST', SERVERS, {'server': dict(PLAIN['server'], name=EVIL)}),
        api.ask('POST', SERVERS, {'server': dict(PLAIN['server'], hostname=EVIL)}),
        api.ask('GET', SERVERS + '?limit=1&name=.&marker=' + EVIL.replace('\r\n', '%0d%0a')),
        api.ask('GET', SERVERS + '?limit=1&sort_key=' + EVIL.replace('\r\n', '%0d%0a')),
    ]
    assert [answer.status for answer in answers[:3]] == [201, 202, 202], answers[:3]
    for number, answer in enumerate(answers):
        assert answer.status, number
        assert not answer.header('X-Evil'), (number, answer.raw)
        assert not answer.body.startswith(b'<b>'), (number, answer.raw)
        head = answer.raw.partition(b'\r\n\r\n')[0]
        assert head.count(b'\n') == head.count(b'\r\n') == head.count(b'\r'), (number, head)


# -- secrets

USER_DATA = 'the-user-data-of-somebody'
SECRETS = {'PASS-' + name: name for name in ('CREATE', 'CHANGE', 'RESCUE', 'REBUILD', 'INJECTED', 'CHAP', 'NOBODY')}


def test_a_life_at_debug_shows_no_secret(apis, stage):
    api = apis({'DEFAULT': {'default_log_levels': 'amqp=DEBUG,oslo.messaging=DEBUG,keystoneauth=DEBUG', 'log_options': 'true'},
                'oslo_messaging_notifications': {'driver': 'log'},
                'notifications': {'notify_on_state_change': 'vm_and_task_state', 'notification_format': 'both'}}, workers=1)
    data = base64.b64encode(USER_DATA.encode()).decode()
    server = dict(PLAIN['server'], adminPass='PASS-CREATE', user_data=data)
    stage.tap.replies['get_console_output'] = 'login: PASS-INJECTED'
    stage.peers.fail('cinder', 'POST', '/attachments$', times=1, replace={
        'attachment.connection_info': {'auth_password': 'PASS-CHAP'}})
    asked = [
        api.ask('POST', SERVERS, {'server': server}),
        api.ask('POST', SERVERS, {'server': dict(server, networks=[{'uuid': NAMES['net_private']}], personality=[
            {'path': '/x', 'contents': base64.b64encode(b'PASS-INJECTED').decode()}])}, version='2.1'),
        api.ask('POST', SERVERS, {'server': dict(server, adminPass={'x': 'PASS-NOBODY'})}),
        api.ask('POST', SERVERS, {'server': dict(server, user_data='!%s!' % USER_DATA)}),
        api.ask('POST', SERVERS, b'{"server": {"adminPass": "PASS-NOBODY", "user_data": "' + data.encode() + b'"'),
        api.ask('POST', WEB_1 + '/action', {'changePassword': {'adminPass': 'PASS-CHANGE'}}),
        api.ask('POST', SERVERS + '/' + NAMES['unicode'] + '/action', {'rescue': {'adminPass': 'PASS-RESCUE'}}),
        api.ask('POST', SERVERS + '/' + NAMES['multi_1'] + '/action', {'rebuild': {
            'imageRef': NAMES['image'], 'adminPass': 'PASS-REBUILD', 'user_data': data}}),
        api.ask('POST', WEB_1 + '/action', {'os-getConsoleOutput': {}}),
        api.ask('POST', SERVERS + '/' + NAMES['multi_2'] + '/os-volume_attachments',
                {'volumeAttachment': {'volumeId': NAMES['vol3']}}),
        api.ask('POST', SERVERS + '/' + NAMES['multi_2'] + '/remote-consoles',
                {'remote_console': {'protocol': 'vnc', 'type': 'novnc'}}),
        api.ask('GET', SERVERS + '/' + NAMES['keyed']),
        api.ask('GET', WEB_1, headers={'X-Auth-Token': 'PASS-NOBODY-TOKEN'}),
        api.ask('POST', '/v2.1/os-keypairs', {'keypair': {'name': 'made'}}, version='2.35'),
    ]
    assert [answer.status for answer in asked if answer.status != 501] == [
        202, 202, 400, 400, 400, 202, 200, *([202] if asked[7].status == 202 else []), 200, 200, 200, 200, 401, 201], asked
    key = asked[-1].json['keypair']['private_key']
    stage.peers.fail('cinder', 'POST', '/attachments$', status=500, body={'computeFault': {'message': 'for you: PASS-CHAP'}})
    api.ask('POST', SERVERS + '/' + NAMES['multi_2'] + '/os-volume_attachments', {'volumeAttachment': {'volumeId': NAMES['vol3']}})
    # the database is lost while a password is on its way
    with rig.Lock(stage, 'nova_api', 'LOCK TABLE build_requests IN EXCLUSIVE MODE') as lock:
        broken = api.start('POST', SERVERS, {'server': server})
        lock.wait()
        os.kill(api.pool.pid, signal.SIGUSR2)
        lock.terminate()
        answer = broken.result(20)
    assert answer.status == 500
    os.kill(api.workers()[0], signal.SIGUSR2)
    stack.wait_until('the reports are written', lambda: ''.join(api.written().values()).count('Guru Meditation') >= 1)
    api.pool.stop()
    texts = dict(api.written(), **{'error %d' % n: one.body.decode() for n, one in enumerate(asked + [answer])
                                   if one.status >= 400})
    log = texts['nova-api.log']
    assert 'changePassword' in log and 'Connected to' in log and 'Guru Meditation' in ''.join(texts.values())
    secrets = {**SECRETS, USER_DATA: 'user data', data: 'user data, encoded', 'UEFTUy1JTkpFQ1RFRA': 'a file, encoded',
               rabbit.PASSWORD: "RabbitMQ's password", fakepeers.PASSWORD: 'password of the services',
               'I2Nsb3VkLWNvbmZpZw': 'user data of a row',
               fakepeers.TOKENS['member']: "a user's token", 'service-token-of-nova': 'our own token',
               'service-token-of-neutron': 'our own token', key.splitlines()[1]: 'a private key', 'PRIVATE KEY': 'a private key'}
    for name, text in texts.items():
        for secret, what in secrets.items():
            if name.startswith('error') and what in ('NOBODY', 'user data'):
                continue  # what was refused is quoted to who sent it
            at = text.find(secret)
            assert at < 0, '%s shows %s: ...%s...' % (name, what, text[max(0, at - 400):at + 60])


# -- who they should be

@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    """(certificate, key, another certificate), files: one that signed itself for 127.0.0.1, and a stranger."""
    folder = tmp_path_factory.mktemp('tls')
    folder.chmod(0o755)
    for name in ('peer', 'other'):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
                        '-addext', 'subjectAltName = IP:127.0.0.1', '-keyout', str(folder / (name + '.key')),
                        '-out', str(folder / (name + '.pem'))], check=True, capture_output=True)
    return str(folder / 'peer.pem'), str(folder / 'peer.key'), str(folder / 'other.pem')


@pytest.fixture
def secure(certificate):
    it = fakepeers.FakePeers(servers=write_world.peer_servers(), tls=certificate[:2]).start()
    yield it
    it.stop()


GROUPS = ('keystone_authtoken', 'service_user', 'glance', 'neutron', 'cinder', 'placement')
FULL = {'server': dict(PLAIN['server'], networks=[{'uuid': NAMES['net_private']}], block_device_mapping_v2=[
    {'boot_index': 0, 'uuid': NAMES['image'], 'source_type': 'image', 'destination_type': 'local'},
    {'boot_index': -1, 'uuid': NAMES['vol3'], 'source_type': 'volume', 'destination_type': 'volume'}])}


def test_services_behind_tls_are_believed_by_their_authority(apis, stage, certificate, secure):
    api = apis({group: {'cafile': certificate[0]} for group in GROUPS}, peers=secure, workers=1)
    assert api.ask('POST', SERVERS, FULL).status == 202
    assert {call.service for call in secure.take()} == {'keystone', 'glance', 'neutron', 'cinder'}
    assert len(rig.created(stage)) == 1


@pytest.mark.parametrize('cafile', ('none', 'another'))
def test_services_that_nobody_vouches_for_are_not_asked(apis, stage, certificate, secure, cafile):
    wrong = {'cafile': certificate[2]} if cafile == 'another' else {}
    # keystone itself: nobody is let in
    api = apis({'keystone_authtoken': {**wrong, 'http_request_max_retries': 0}}, peers=secure, workers=1)
    assert api.ask('POST', SERVERS, FULL).status == 503
    api.stop()
    # keystone is who it should be, the others are not
    good = {'cafile': certificate[0]}
    retries = {'http_retries': 0}
    api = apis({'keystone_authtoken': good, 'service_user': good, 'glance': {**wrong, 'num_retries': 0},
                'neutron': {**wrong, **retries}, 'cinder': {**wrong, **retries}, 'placement': wrong}, peers=secure, workers=1)
    secure.take()
    assert api.ask('POST', SERVERS, FULL).status in (400, 500)
    assert {call.service for call in secure.take()} <= {'keystone'}
    boot = {'server': dict(PLAIN['server'], imageRef='', block_device_mapping_v2=[
        {'boot_index': 0, 'uuid': NAMES['vol5'], 'source_type': 'volume', 'destination_type': 'volume'}])}
    assert api.ask('POST', SERVERS, boot).status in (400, 500)
    assert api.ask('GET', '/v2.1/os-security-groups', version='2.1').status in (400, 500)
    assert {call.service for call in secure.take()} <= {'keystone'}, 'no token ever went there'
    assert not rig.left(stage)
    # and who says so asks them all the same
    api.stop()
    api = apis({'keystone_authtoken': good, 'service_user': good, **{group: {'insecure': 'true'} for group in GROUPS[2:]}},
               peers=secure, workers=1)
    assert api.ask('POST', SERVERS, FULL).status == 202


class Rules(http.server.BaseHTTPRequestHandler):
    """A server that rules ask; it allows all."""
    asked = []

    def do_POST(self):
        self.asked.append(self.rfile.read(int(self.headers['Content-Length'])).decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'True')

    def log_message(self, *args):
        pass


class RulesServer(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a handshake that fails is what the test is about


@pytest.fixture(params=(False, True), ids=('any client', 'known clients'))
def rules(request, certificate, tmp_path):
    """(a file of rules that asks a server behind TLS, does that want to see a certificate?)"""
    server = RulesServer(('127.0.0.1', 0), Rules)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate[:2])
    if request.param:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate[2])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    path = tmp_path / 'rules.yaml'
    path.write_text('"os_compute_api:os-pause-server:pause": "https://127.0.0.1:%d/policy"\n' % server.server_address[1])
    path.chmod(0o644)
    Rules.asked.clear()
    yield str(path), request.param
    server.shutdown()
    server.server_close()


# [oslo_policy] remote_ssl_… options, what a rule that asks says then of a server that any client may ask, and of one that wants to
# see a certificate: "allowed", or the exception. {own} is the server's certificate, of its own authority; {other} one that the
# second server knows; {stranger} one that it does not know.
CLIENT = 'client_crt_file={other}.pem client_key_file={other}.key '
STRANGER = 'client_crt_file={own}.pem client_key_file={own}.key '
REMOTE = (
    ('', 'allowed', 'requests.exceptions.SSLError'),
    (CLIENT, 'allowed', 'allowed'),
    (CLIENT + 'verify_server_crt=false', 'allowed', 'allowed'),
    (CLIENT + 'ca_crt_file={own}.pem verify_server_crt=true', 'allowed', 'allowed'),
    (CLIENT + 'ca_crt_file={other}.pem verify_server_crt=true', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
    (CLIENT + 'verify_server_crt=true', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
    ('ca_crt_file={own}.pem verify_server_crt=true', 'allowed', 'requests.exceptions.SSLError'),
    (STRANGER + 'verify_server_crt=false', 'allowed', 'requests.exceptions.SSLError'),
    ('client_crt_file=/nonexistent', 'RuntimeError', 'RuntimeError'),
    ('client_key_file=/nonexistent', 'RuntimeError', 'RuntimeError'),
    ('ca_crt_file=/nonexistent verify_server_crt=true', 'RuntimeError', 'RuntimeError'),
    ('ca_crt_file=/nonexistent verify_server_crt=false', 'allowed', 'requests.exceptions.SSLError'),
    ('client_crt_file={other}.pem', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
    ('client_key_file={other}.key', 'allowed', 'requests.exceptions.SSLError'),
    ('client_crt_file={other}.pem client_key_file={own}.key', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
    ('client_crt_file={own}.key client_key_file={own}.key', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
    ('ca_crt_file={own}.key verify_server_crt=true', 'requests.exceptions.SSLError', 'requests.exceptions.SSLError'),
)


def remote_options(text, certificate):
    """{option: value} of a row."""
    filled = text.replace('{own}', certificate[0][:-4]).replace('{other}', certificate[2][:-4])
    return {'remote_ssl_' + name: value for name, _, value in (word.partition('=') for word in filled.split())}


@pytest.mark.parametrize('row', REMOTE, ids=[row[0] or 'nothing' for row in REMOTE])
def test_rules_ask_a_server_that_is_who_it_should_be(apis, certificate, rules, row):
    path, demanding = rules
    expected = row[2 if demanding else 1]
    api = apis({'oslo_policy': {'policy_file': path, **remote_options(row[0], certificate)}}, workers=1)
    answer = api.ask('POST', WEB_1 + '/action', {'pause': None})
    if expected == 'allowed':
        assert answer.status == 202
        assert 'credentials' in Rules.asked[0] and fakepeers.TOKENS['member'] not in Rules.asked[0]
    else:
        assert answer.status == 500 and "<class '%s'>" % expected in answer.words, answer
    assert len(Rules.asked) == (1 if expected == 'allowed' else 0)


@pytest.mark.parametrize('row', REMOTE, ids=[row[0] or 'nothing' for row in REMOTE])
def test_what_the_table_of_remote_rules_says_is_what_the_reference_does(certificate, rules, row):
    cfg, policy = pytest.importorskip('oslo_config.cfg'), pytest.importorskip('oslo_policy.policy')
    path, demanding = rules
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    enforcer = policy.Enforcer(conf, policy_file=path)
    for name, value in remote_options(row[0], certificate).items():
        conf.set_override(name, value, group='oslo_policy')
    try:
        said = {True: 'allowed', False: 'refused'}[enforcer.enforce('os_compute_api:os-pause-server:pause', {}, {'user_id': 'u'})]
    except Exception as error:  # whatever it raises is what the table is about
        said = (type(error).__module__ + '.' + type(error).__name__).replace('builtins.', '')
    assert said == row[2 if demanding else 1]


def test_the_service_users_may_be_application_credentials(apis, stage):
    def credential(name):
        return {'auth_type': 'v3applicationcredential', 'application_credential_id': 'credential-of-' + name,
                'application_credential_secret': 'application-' + fakepeers.PASSWORD, 'username': '', 'password': '',
                'project_name': '', 'user_domain_name': '', 'project_domain_name': ''}
    api = apis({'keystone_authtoken': credential('nova'), 'service_user': credential('nova'), 'neutron': credential('neutron'),
                'placement': credential('placement'), 'cinder': credential('cinder')}, workers=1)
    assert api.ask('POST', SERVERS, FULL).status == 202
    calls = stage.peers.take()
    logins = [call for call in calls if call.service == 'keystone' and call.method == 'POST']
    assert {call.body['auth']['identity']['application_credential']['id'] for call in logins} == {
        'credential-of-nova', 'credential-of-neutron'}
    assert all('scope' not in call.body['auth'] for call in logins), 'such a credential has its project'
    assert {call.status for call in calls} <= {200, 201, 300}
    assert {call.headers.get('x-service-token') for call in calls if call.service == 'glance'} == {'service-token-of-nova'}
    written = ''.join(api.written().values())
    assert fakepeers.PASSWORD not in written
    wrong = apis({'keystone_authtoken': dict(credential('nova'), application_credential_secret='application-wrong')}, workers=1)
    answer = wrong.ask('GET', WEB_1)
    assert answer.status == 503 and b'wrong' not in answer.body
    assert 'application-wrong' not in ''.join(wrong.written().values())
