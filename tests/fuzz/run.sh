#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target for a while, two at a time, each from its corpus: what reads a client's bytes or a file of the start for
# SECONDS, what reads the words of peers and operators for half of them. A crash is copied to BUILD/crashes and fails the run.
# usage: tests/fuzz/run.sh BUILD SECONDS
set -u
SOURCE=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)
BUILD=$1
SECONDS_EACH=$2
mkdir -p "$BUILD/crashes"
run_one() {
    local target=$1 name corpus span
    name=${target##*/fuzz_}
    case $name in params | query | body | ini | paste | version | token) span=$SECONDS_EACH ;; *) span=$((SECONDS_EACH / 2)) ;; esac
    corpus=$SOURCE/tests/fuzz/corpus/$name
    mkdir -p "$BUILD/found/$name"
    if "$target" -max_total_time="$span" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$BUILD/crashes/$name-" "$BUILD/found/$name" "$corpus" >"$BUILD/found/$name.log" 2>&1; then
        echo "   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$BUILD/found/$name.log") runs, clean"
    else
        echo "   $name: FAILED"
        grep -E 'ERROR|SUMMARY|runtime error|Test unit' "$BUILD/found/$name.log" | head -5
        return 1
    fi
}
export -f run_one
export SOURCE BUILD SECONDS_EACH
mapfile -t targets < <(find "$BUILD/tests/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -executable | sort)
[ ${#targets[@]} -gt 0 ] || { echo "   no fuzz target was built"; exit 1; }
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'run_one {}'
