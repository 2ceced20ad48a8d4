# SPDX-License-Identifier: Apache-2.0
"""Our answers against those of a running Python nova-api on the same databases: the lab's, seeded, under noauth2.

Skipped where no lab runs (LAB_DIR, default /tmp/nova-lab); the recorded answers of test_world.py serve there.
"""
import os
import re
import shutil
import socket
import tempfile

import psycopg2
import pytest

import peers
import stack

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.environ.get('LAB_DIR', os.path.join(os.environ.get('TMPDIR', '/tmp'), 'nova-lab'))
CONF = os.path.join(LAB, 'etc/nova-noauth/nova.conf')
PYTHON = 'http://127.0.0.1:38774'


def lab_is_up():
    with socket.socket() as s:
        return os.path.exists(CONF) and s.connect_ex(('127.0.0.1', 38774)) == 0


def lab_urls():
    with open(CONF, encoding='utf-8') as f:
        text = f.read()
    return [re.search(r'^connection = (\S*%s)$' % name, text, re.M).group(1) for name in ('nova_api', 'nova_cell1')]


def lab_names(main_url):
    """The lab's servers in the corpus' words: newest, oldest, one in the middle."""
    with psycopg2.connect(main_url.replace('+psycopg2', '')) as link, link.cursor() as cur:
        cur.execute("SELECT uuid, project_id, image_ref, host FROM instances WHERE deleted = 0 AND hidden IS NOT TRUE "
                    "AND reservation_id = 'r-labseed0' ORDER BY created_at DESC, id DESC")
        rows = cur.fetchall()
    if len(rows) < 100:
        pytest.skip('the lab is not seeded (lab seed 1000)')
    return {'project': rows[0][1], 'image': rows[0][2], 'host': rows[0][3], 'newest': rows[0][0],
            'middle': rows[len(rows) // 2][0], 'oldest': rows[-1][0],
            'other_project': 'fedcba98-7654-3210-fedc-ba9876543210', 'missing': '99999999-9999-4999-8999-999999999999'}


@pytest.mark.skipif(not lab_is_up(), reason='no lab runs: the recorded answers serve')
def test_the_lab_gives_the_same_answers():
    api, main = lab_urls()
    folder = tempfile.mkdtemp(prefix='nova-lab-peers.')
    os.chmod(folder, 0o755)
    pool = stack.Pool(folder, stack.write_configuration(folder, api, main))
    front = stack.Lighttpd(folder, pool.socket)
    try:
        requests = peers.read_corpus(os.path.join(HERE, 'corpus_lab.tsv'), lab_names(main))
        assert len(requests) >= 300
        equal, known, failures = peers.compare(requests, peers.Peer(front.url), peers.Peer(PYTHON).ask)
        print('%d equal, %d differ as listed, %d differ' % (equal, known, len(failures)))
        assert not failures, '%d of %d answers differ; the first:\n%s' % (
            len(failures), len(requests), '\n'.join(failures[:10]))
    finally:
        front.stop()
        pool.stop()
        shutil.rmtree(folder, ignore_errors=True)
