#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tests of quota/ that need a PostgreSQL, in a throw-away one.
exec "${srcdir:-.}/tests/lib/postgres" run ./tests/unit/quota/test_quota
