# SPDX-License-Identifier: Apache-2.0
"""Our answers about the world of world.py against those that Python's nova-api gave about it, byte for byte."""
import os
import shutil
import tempfile

import psycopg2
import pytest

import peers
import stack
import world

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope='module')
def cluster():
    if not os.path.exists(stack.PROGRAM):
        pytest.skip('nova-api-fcgi is not built in ' + stack.BUILD)
    it = stack.Cluster()
    link = psycopg2.connect(it.url('postgres'))
    link.autocommit = True
    with link.cursor() as cur:
        cur.execute('CREATE DATABASE nova_cell2 TEMPLATE nova_cell1')
    link.close()
    yield it
    it.stop()


def ask_all(cluster, corpus, recorded, down_cell):
    world.fill(cluster.url('{db}'), down_cell=down_cell)
    folder = tempfile.mkdtemp(prefix='nova-peers.')
    os.chmod(folder, 0o755)
    # The programs' own hosts stand in no service row, and a cell that is down costs one refused connection.
    conf = stack.write_configuration(folder, cluster.url('nova_api'), cluster.url('nova_cell1'))
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    try:
        requests = peers.read_corpus(os.path.join(HERE, corpus), world.placeholders())
        answers = peers.read_recorded(os.path.join(HERE, recorded))
        assert len(requests) == len(answers), 'the corpus and what was recorded of it are not of one age'
        equal, known, failures = peers.compare(requests, peers.Peer(front.url), lambda r: answers.get(str(r)))
        print('%d equal, %d differ as listed, %d differ' % (equal, known, len(failures)))
        assert not failures, '%d of %d answers differ; the first:\n%s' % (
            len(failures), len(requests), '\n'.join(failures[:10]))
        assert equal > len(requests) * 0.95
    finally:
        front.stop()
        pool.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_every_recorded_answer_is_given_byte_for_byte(cluster):
    ask_all(cluster, 'corpus.tsv', 'recorded.jsonl.gz', False)


def test_answers_while_a_cell_is_down(cluster):
    ask_all(cluster, 'corpus_down.tsv', 'recorded_down.jsonl.gz', True)
