#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every `const struct db_statement NAME` of the program stands in fcgi_app/db/statements.def, sorted, and nothing else.
cd "${srcdir:-.}" || exit 99
found=$(mktemp) && listed=$(mktemp) || exit 99
trap 'rm -f "$found" "$listed"' EXIT
find fcgi_app middleware routes -name '*.c' -exec sed -n 's/^const struct db_statement \([A-Z0-9_]*\)\( =.*\|\)$/\1/p' {} + |
    LC_ALL=C sort >"$found"
sed -n 's/^STATEMENT(\(.*\))$/\1/p' fcgi_app/db/statements.def >"$listed"
LC_ALL=C sort -c "$listed" || exit 1
if ! diff "$found" "$listed"; then
    echo "fcgi_app/db/statements.def: '<' is missing in it, '>' is not defined anywhere" >&2
    exit 1
fi
