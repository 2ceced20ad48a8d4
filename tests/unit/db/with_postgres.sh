#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tests of db/ that need a PostgreSQL, in a throw-away one.
exec "${srcdir:-.}/tests/lib/postgres" run sh -ec './tests/unit/db/test_prepare; ./tests/unit/db/test_db; ./tests/unit/db/test_connections; ./tests/unit/db/test_cells; ./tests/unit/db/test_flavors; ./tests/unit/db/test_instances'
