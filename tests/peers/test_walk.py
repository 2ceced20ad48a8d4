# SPDX-License-Identifier: Apache-2.0
"""Each row asked as admin, member, reader, other project's member, without role, by the system's and unscoped: as the reference answers."""
import os

import pytest

import stack
import walk


def test_every_row_is_walked():
    if not os.path.exists(stack.MANAGE):
        pytest.skip('nova-api-fcgi-manage is not built in ' + stack.BUILD)
    lines, recorded = walk.read_corpus(), walk.read_recorded()
    without = [row for row, _ in walk.routes() if not any(walk.matches(row, line) for line in lines)]
    assert not without, 'rows that no line of corpus_walk.tsv asks: %s' % without
    asked = {'%s %s' % (name, who) for name in walk.DEFAULTS for who in walk.WHO}
    for line in lines:
        assert set(walk.unpacked(recorded.get(str(line), []))) == asked, 'not recorded: %s' % line


def test_the_walk_tells_the_askers_apart():
    """What was recorded is a refusal for some and an answer for others, and the sets of defaults differ."""
    kinds = {who: [0, 0] for name in walk.DEFAULTS for who in ('%s %s' % (name, w) for w in walk.WHO)}
    for groups in walk.read_recorded().values():
        for who, got in walk.unpacked(groups).items():
            kinds[who][got['status'] in (403, 404)] += 1
    assert kinds['old admin'][0] > 200 > kinds['new norole'][0]
    assert kinds['old system_admin'][0] > kinds['new system_admin'][0]
    assert kinds['old reader'][0] > kinds['new reader'][0]


def test_a_difference_is_seen():
    line = walk.read_corpus()[0]
    got = {'status': 200, 'body': 'x', 'rows': []}
    groups = [[['old admin', 'new admin'], got]]
    assert not list(walk.differing(line, groups, groups))
    for part, other in (('status', 403), ('body', 'y'), ('rows', ['INSERT a.b'])):
        assert [who for who, _ in walk.differing(line, [[['old admin'], dict(got, **{part: other})]], groups)] == ['old admin']


def test_who_may_do_what_is_as_the_reference_has_it(stage):
    verdict = walk.compare(stage, walk.read_corpus(), walk.read_recorded())
    print(verdict.summary())
    assert not verdict.failures, '%d differ; the first:\n%s' % (len(verdict.failures), '\n'.join(verdict.failures[:10]))
