#!/bin/sh
# Makes ./configure from configure.ac. Needs autoconf, automake and pkg-config (Debian: autoconf automake pkg-config).
set -e
cd "$(dirname "$0")"
for tool in autoreconf automake pkg-config; do
    command -v "$tool" >/dev/null || {
        echo "autogen.sh: $tool is missing; on Debian: apt-get install autoconf automake pkg-config" >&2
        exit 1
    }
done
autoreconf --install --force --warnings=all
echo "Now run: ./configure && make"
