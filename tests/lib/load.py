# SPDX-License-Identifier: Apache-2.0
"""Clients that never rest, for the tests of what must not be noticed by any."""
import collections
import threading
import time

import fastcgi


class Load:
    """Clients that ask without pause until told to stop; counts answers and everything that was no answer."""

    def __init__(self, address, clients=4, path="/"):
        self.address, self.path, self.going = address, path, True
        self.good, self.bad, self.pids = 0, [], collections.Counter()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def _run(self):
        while self.going:
            try:
                answer = fastcgi.request(self.address, "GET", self.path, timeout=10)
                good = answer.ended and answer.status == 200
                what = f"{answer.raw!r} {answer.ended}"
            except OSError as error:
                good, what = False, repr(error)
            with self.lock:
                if good:
                    self.good += 1
                    self.pids[answer.text] += 1
                else:
                    self.bad.append(what)
            time.sleep(0.002)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        for thread in self.threads:
            thread.join()
