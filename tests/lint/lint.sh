#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Layout, static analysis and shell syntax of everything that git knows. Prints what is wrong; exit 1 when something is.
# usage: tests/lint/lint.sh [BUILD]   BUILD: a configured build folder, for config.h
set -u
SOURCE=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)
BUILD=${1:-$SOURCE}
cd "$SOURCE" || exit 1
status=0
mapfile -t sources < <(find fcgi_app middleware routes tests -name '*.c' | sort)
mapfile -t headers < <(find fcgi_app middleware routes tests -name '*.h' | sort)

echo "   clang-format: ${#sources[@]} sources, ${#headers[@]} headers"
clang-format --dry-run -Werror "${sources[@]}" "${headers[@]}" 2>&1 | grep -E 'error:' | sed 's/: error:.*//' | cut -d: -f1 | sort | uniq -c | head -20 |
    awk '{print "   layout: " $2 " (" $1 " places); run clang-format -i"; bad = 1} END {exit bad}' || status=1

echo "   cppcheck"
# ctuuninitvar takes what a callee fills for what it reads
cppcheck -q -j2 --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=ctuuninitvar \
    --include=tests/lint/cppcheck.h \
    -I. -I"$BUILD" -DHAVE_CONFIG_H fcgi_app middleware routes 2>&1 | head -40
[ "${PIPESTATUS[0]}" = 0 ] || status=1

if [ -f "$BUILD/config.h" ]; then
    # The path-sensitive analyzer takes a quarter of an hour on two cores: LINT_DEEP=1 asks for it.
    [ -n "${LINT_DEEP:-}" ] || export NOVA_LINT_CHECKS='-clang-analyzer-*'
    echo "   clang-tidy${LINT_DEEP:+ with the analyzer}"
    flags=(-std=gnu2x -I. "-I$BUILD" $(pkg-config --cflags jansson libpq talloc libpcre2-8 libcrypto 2>/dev/null)
        '-DNOVA_SYSCONFDIR="/etc"' '-DNOVA_LOCALSTATEDIR="/var"' '-DNOVA_DATADIR="/usr/share"' '-DNOVA_BINDIR="/usr/bin"')
    mapfile -t ours < <(find fcgi_app middleware routes -name '*.c' | sort)
    printf '%s\n' "${ours[@]}" | xargs -P "$(nproc)" -n 8 sh -c 'flags=$0; clang-tidy --quiet ${NOVA_LINT_CHECKS:+--checks=$NOVA_LINT_CHECKS} "$@" -- $flags 2>/dev/null' "${flags[*]}" |
        grep -E '(warning|error):' | sort -u | head -40 | awk '{print "   " $0; bad = 1} END {exit bad}' || status=1
fi

echo "   shell and Python syntax"
for script in autogen.sh deploy/quickstart tests/run tests/lint/*.sh tests/lib/postgres .ci/run; do
    [ -f "$script" ] && { bash -n "$script" || status=1; }
done
/usr/bin/python3 - <<'END' || status=1
import ast, pathlib, sys
bad = 0
for path in sorted(pathlib.Path('tests').rglob('*.py')):
    try:
        ast.parse(path.read_text(encoding='utf-8'), str(path))
    except SyntaxError as error:
        print('  ', error)
        bad = 1
sys.exit(bad)
END
exit $status
