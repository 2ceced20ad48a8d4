# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the functional tests: programs that are stopped whatever happens."""
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from pool import Pool  # noqa: E402


@pytest.fixture
def home():
    """A directory with a path short enough for unix sockets."""
    path = tempfile.mkdtemp(prefix="naf-")
    yield pathlib.Path(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder():
    """A directory that the front servers' and PostgreSQL's accounts may enter."""
    import cloud
    it = cloud.Folder()
    yield it
    it.remove()


@pytest.fixture
def running():
    """Things that a test started, stopped in reverse whatever happens."""
    things = []
    yield things
    for thing in reversed(things):
        thing.stop()


@pytest.fixture
def pools():
    """Makes pools; every one that still runs is stopped at the end."""
    made = []

    def make(*arguments, **options):
        made.append(Pool(*arguments, **options))
        return made[-1]

    yield make
    for pool in made:
        pool.stop()


@pytest.fixture
def pool(home, pools):
    """A running pool of two workers."""
    return pools(home).start()


@pytest.fixture(scope='session')
def stage():
    """The world of the write rig: databases, broker and stand-ins, one for all who ask."""
    import rig
    return rig.stage()


@pytest.fixture
def apis(stage):
    """Makes programs over the stage with options of their own; the stage is as new before and afterwards."""
    import rig
    made = []

    def make(*arguments, **more):
        made.append(rig.Api(stage, *arguments, **more))
        return made[-1]

    rig.restore(stage)
    yield make
    for one in made:
        one.stop()
    rig.restore(stage)


def pytest_sessionfinish(session, exitstatus):
    """The seeded cloud lives as long as the run."""
    import cloud
    import rig
    cloud.forget()
    rig.forget()
