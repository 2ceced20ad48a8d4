# SPDX-License-Identifier: Apache-2.0
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'lib')]

import pytest  # noqa: E402


@pytest.fixture(scope='session')
def stage():
    """The world of writes with its servers, for all who ask in it."""
    import rabbit
    import stack
    import writes
    if not os.path.exists(stack.PROGRAM):
        pytest.skip('nova-api-fcgi is not built in ' + stack.BUILD)
    if not rabbit.available():
        pytest.skip('rabbitmq-server is not installed')
    it = writes.Stage()
    yield it
    it.stop()
