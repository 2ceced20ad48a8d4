# SPDX-License-Identifier: Apache-2.0
"""A seeded cloud for functional tests: one private PostgreSQL for the whole run, our schema, two cells, some servers."""
import os
import shutil
import subprocess
import tempfile

import pytest

import stack

SERVERS = 30
_cluster = None


def cluster():
    """The run's cluster, made and seeded at its first use."""
    global _cluster
    if _cluster is None:
        if not os.path.exists(stack.PROGRAM):
            pytest.skip('nova-api-fcgi is not built in ' + stack.BUILD)
        _cluster = stack.Cluster()
        folder = tempfile.mkdtemp(prefix='nova-seed.')
        conf = stack.write_configuration(folder, _cluster.url('nova_api'), _cluster.url('nova_cell0'))
        for argv in (['cell_v2', 'map_cell0', '--database_connection', _cluster.url('nova_cell0')],
                     ['cell_v2', 'create_cell', '--name', 'cell1', '--transport-url', 'fake://',
                      '--database_connection', _cluster.url('nova_cell1')],
                     ['db', 'seed', '--servers', str(SERVERS), '--project', stack.PROJECT]):
            done = subprocess.run([stack.MANAGE, '--config-file', conf, *argv], capture_output=True, text=True,
                                  env=stack.environment(), check=False)
            assert done.returncode == 0, '%s: %s%s' % (' '.join(argv), done.stdout, done.stderr)
        shutil.rmtree(folder)
    return _cluster


def forget():
    """Stops the cluster at the end of the run."""
    global _cluster
    if _cluster is not None:
        _cluster.stop()
        _cluster = None


class Folder:
    """A folder for one test, readable by the front servers' accounts, removed afterwards."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='nova-fn.')
        os.chmod(self.path, 0o777)

    def configuration(self, extra=''):
        it = cluster()
        path = stack.write_configuration(self.path, it.url('nova_api'), it.url('nova_cell0'),
                                         extra='socket_mode = 0666\n' + extra)
        for name in ('nova.conf', 'api-paste.ini'):
            os.chmod(os.path.join(self.path, name), 0o644)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
