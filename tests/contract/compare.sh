#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# compare.sh NAME: compares what print_NAME prints from the tables with the frozen NAME.txt beside this script, so that
# a change of the API is a visible diff. CONTRACT_UPDATE=1 in the environment writes the text anew; then read its diff.
frozen=${srcdir:-.}/tests/contract/$1.txt
now=tests/contract/$1.now
"tests/contract/print_$1" >"$now" || exit 99
if [ -n "$CONTRACT_UPDATE" ]; then
    cp "$now" "$frozen"
fi
diff -u "$frozen" "$now" || {
    echo "$1.txt differs from the tables; if it is meant: make check CONTRACT_UPDATE=1 TESTS=tests/contract/$1.sh" >&2
    exit 1
}
