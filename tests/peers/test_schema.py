# SPDX-License-Identifier: Apache-2.0
"""Our schema against databases that nova-manage made: pg_dump of both must be equal, to the last index.

Skipped where no lab runs (LAB_DIR, default /tmp/nova-lab).
"""
import glob
import os
import re
import shutil
import socket
import subprocess

import pytest

import stack

LAB = os.environ.get('LAB_DIR', os.path.join(os.environ.get('TMPDIR', '/tmp'), 'nova-lab'))
CONF = os.path.join(LAB, 'etc/nova-noauth/nova.conf')
PG_DUMP = shutil.which('pg_dump') or (sorted(glob.glob('/usr/lib/postgresql/*/bin/pg_dump')) or [None])[-1]
PAIRS = [('nova_api', 'nova_api'), ('nova_cell0', 'nova_cell0'), ('nova_cell1', 'nova_cell1')]


def lab_url(database):
    with open(CONF, encoding='utf-8') as f:
        url = re.search(r'^connection = (\S*/)nova_\w+$', f.read(), re.M).group(1)
    return url.replace('+psycopg2', '') + database


def lab_is_up():
    if not PG_DUMP or not os.path.exists(CONF):
        return False
    host, port = re.search(r'@([^:/]+):(\d+)/', lab_url('nova_api')).groups()
    with socket.socket() as s:
        return s.connect_ex((host, int(port))) == 0


def dump(url, *options):
    text = subprocess.run([PG_DUMP, '--no-owner', '--no-privileges', *options, url], check=True, capture_output=True,
                          text=True).stdout
    # A dump names its server, and guards itself with a word made by chance.
    return [line for line in text.splitlines()
            if line and not line.startswith('--') and not re.match(r'\\(un)?restrict ', line)]


@pytest.fixture(scope='module')
def cluster():
    cluster = stack.Cluster()
    yield cluster
    cluster.stop()


@pytest.mark.skipif(not lab_is_up(), reason='no lab runs, or pg_dump is not installed')
@pytest.mark.parametrize('ours,theirs', PAIRS)
def test_the_schema_is_that_of_nova_manage(cluster, ours, theirs):
    wanted = dump(lab_url(theirs), '--schema-only')
    assert len(wanted) > 500
    assert dump(cluster.url(ours), '--schema-only') == wanted


@pytest.mark.skipif(not lab_is_up(), reason='no lab runs, or pg_dump is not installed')
@pytest.mark.parametrize('ours,theirs', PAIRS)
def test_the_head_is_that_of_nova_manage(cluster, ours, theirs):
    options = ('--data-only', '--table=alembic_version')
    assert dump(cluster.url(ours), *options) == dump(lab_url(theirs), *options)
