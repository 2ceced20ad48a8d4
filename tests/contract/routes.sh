#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rows of all routes against routes.txt.
exec sh "${srcdir:-.}/tests/contract/compare.sh" routes
