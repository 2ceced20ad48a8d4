# SPDX-License-Identifier: Apache-2.0
"""Ports for what tests start, so that suites may run beside each other.

A port that the kernel chose (bind to 0, then let go) may be an outgoing connection's before a server has it, or while a server is
stopped to be started again; and two who look for a free one find the same. Ours lie below the range that the kernel gives to
connections, and each is claimed, as a name that the kernel forgets with the process, before it is looked at.
"""
import random
import socket

LOWEST, HIGHEST = 20000, 32767
_claims = []


def free_port():
    """A port of 127.0.0.1 on which nobody listens; nobody else who asks here gets it while this process lives."""
    for port in random.sample(range(LOWEST, HIGHEST + 1), 2000):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind('\0nova-api-fcgi-test-port-%d' % port)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(('127.0.0.1', port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise RuntimeError('no port is free between %d and %d' % (LOWEST, HIGHEST))
