#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How many of the lines of each folder a build with --enable-coverage has run so far (`make check`, or servers started from it).
# usage: tests/lint/coverage.sh SOURCE BUILD        `make coverage` runs the tests first
set -euo pipefail
SOURCE=$(cd -- "$1" && pwd)
cd -- "$2"
mapfile -d '' -t notes < <(find fcgi_app middleware routes -name '*.gcda' -print0 | sort -z)
[ ${#notes[@]} -gt 0 ] || { echo "coverage.sh: nothing was run yet in $PWD"; exit 1; }
gcov -n -r -s "$SOURCE" "${notes[@]}" 2>/dev/null | awk '
    /^File / { file = $2; gsub(/\x27/, "", file); next }
    /^Lines executed:/ && file != "" {
        split($0, part, /[:% ]+/)
        ran = part[3] * part[5] / 100
        if (file ~ /\.c$/) { folder = file; sub(/\/[^\/]*$/, "", folder); sub(/^(\.\.\/)+/, "", folder); lines[folder] += part[5]; run[folder] += ran; all += part[5]; sum += ran }
        file = ""
    }
    END {
        for (folder in lines) printf "%-28s %7d lines, %5.1f %% run\n", folder, lines[folder], 100 * run[folder] / lines[folder] | "sort"
        close("sort")
        printf "%-28s %7d lines, %5.1f %% run\n", "all", all, 100 * sum / all
    }'
