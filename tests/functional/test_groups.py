# SPDX-License-Identifier: Apache-2.0
"""The security groups of a shown server: asked for beside its ports once a worker knows them, and never other than they are now."""
import copy
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import stack  # noqa: E402
from fakecloud import GROUPS  # noqa: E402
from fakepeers import Hold  # noqa: E402
from rig import NAMES  # noqa: E402

WEB_1 = '/v2.1/servers/' + NAMES['web_1']
PORTS, GROUP_LIST = '/v2.0/ports', '/v2.0/security-groups'


@pytest.fixture
def api(apis):
    return apis(workers=1)


def shown(api):
    answer = api.ask('GET', WEB_1)
    assert answer.status == 200
    return [group['name'] for group in answer.json['server']['security_groups']]


def asked(stage):
    """What neutron was asked since the last time."""
    return [call.path.partition('?')[0] for call in stage.peers.take() if call.service == 'neutron']


def set_groups(stage, *names):
    for port in stage.peers.cloud.ports.values():
        if port['device_id'] == NAMES['web_1']:
            port['security_groups'] = [GROUPS[name] for name in names]


def test_known_groups_are_asked_for_beside_the_ports(api, stage):
    first = shown(api)
    assert first and asked(stage) == [PORTS, GROUP_LIST]
    hold = Hold()
    stage.peers.fail('neutron', 'GET', PORTS, hold=hold, times=1)
    answer = api.start('GET', WEB_1)
    hold.wait()
    calls = []
    stack.wait_until('the groups are asked for while the ports are not answered',
                     lambda: calls.extend(asked(stage)) or GROUP_LIST in calls)
    assert not answer.done()
    hold.release()
    assert [group['name'] for group in answer.result(20).json['server']['security_groups']] == first
    calls += asked(stage)
    assert sorted(calls) == [PORTS, GROUP_LIST]


def test_a_group_is_shown_by_its_name_of_now(api, stage):
    assert 'default' in shown(api)
    stage.peers.cloud.groups[GROUPS['default']]['name'] = 'renamed'
    assert 'renamed' in shown(api) and 'default' not in shown(api)


def test_a_server_is_shown_with_its_groups_of_now(api, stage):
    set_groups(stage, 'default')
    assert set(shown(api)) == {'default'}
    set_groups(stage, 'web', 'default')
    asked(stage)
    assert set(shown(api)) == {'web', 'default'}
    assert sorted(asked(stage)) == [PORTS, GROUP_LIST, GROUP_LIST], 'those that it had, and those that it has'
    assert set(shown(api)) == {'web', 'default'}
    assert sorted(asked(stage)) == [PORTS, GROUP_LIST]
    set_groups(stage)
    ours = api.ask('GET', WEB_1).json['server']
    assert not ours.get('security_groups'), 'what was asked too early is not shown'
    asked(stage)
    assert not api.ask('GET', WEB_1).json['server'].get('security_groups')
    assert asked(stage) == [PORTS]


@pytest.mark.parametrize('path', [PORTS, GROUP_LIST])
@pytest.mark.parametrize('fault', [{'status': 500}, {'status': 403}, {'drop': True}, {'rubbish': True}, {'instead': {}}],
                         ids=lambda fault: next(iter(fault)) + str(fault.get('status', '')))
def test_what_fails_fails_as_before(api, stage, path, fault):
    """A worker that knows the groups and one that does not say the same."""
    saw = []
    for known in False, True:
        stage.peers.reset()
        if known:
            shown(api)
        stage.peers.fail('neutron', 'GET', path + r'(\?|$)', **copy.deepcopy(fault))
        answer = api.ask('GET', WEB_1)
        saw.append((answer.status, answer.json))
    assert saw[0] == saw[1] and saw[0][0] >= 400
