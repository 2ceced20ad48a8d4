#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What configure says and does: each library that is not there is named by its Debian package, all that lack at once; the options
# bring their flags, or say what they need; folders go where they are told.
# usage: tests/lint/configure.sh SOURCE
set -u
SOURCE=$(cd -- "$1" && pwd)
DIR=$(mktemp -d "${TMPDIR:-/tmp}/nova-configure.XXXXXX")
trap 'rm -rf "$DIR"' EXIT
cd "$DIR" || exit 1
status=0
wrong() { echo "   configure: $*"; status=1; }
# With a cache of what the compiler can, none of the packages; it writes no files of the build unless it is told to.
configure() { # NAME=VALUE… -- words…: exit code of configure, its words in $DIR/out, its folder in $at
    local variables=()
    while [ "$1" != -- ]; do variables+=("$1") && shift; done
    shift
    at=$DIR/build
    rm -rf "$at"
    mkdir "$at"
    [ ! -f "$DIR/cache" ] || grep -vE 'pkg_cv_|ac_cv_env_' "$DIR/cache" >"$at/cache"
    (cd "$at" && env "${variables[@]+"${variables[@]}"}" "$SOURCE/configure" --cache-file=cache --no-create "$@") >"$DIR/out" 2>&1
}
flags() { sed -n "s/^$1='\(.*\)'$/\1/p" "$at/config.log"; }

# A pkg-config that does not know the module $ABSENT.
cat >"$DIR/pkg-config" <<'END'
#!/bin/sh
for word; do
    case $word in "$ABSENT" | "$ABSENT "*) echo "Package $ABSENT was not found" >&2; exit 1 ;; esac
    [ "$ABSENT" != all ] || case $word in --exists | --cflags | --libs) exit 1 ;; esac
done
exec pkg-config "$@"
END
chmod +x "$DIR/pkg-config"

configure -- || { tail -5 "$DIR/out"; wrong "fails as it is"; exit 1; }
cp "$at/cache" "$DIR/cache"
[[ $(flags NOVA_CFLAGS) == *-fstack-protector-strong*_FORTIFY_SOURCE=2*-fPIE* && $(flags NOVA_LDFLAGS) == *-z,relro*-z,now* ]] || wrong "no hardened flags"

while read -r module package; do
    ABSENT=$module configure PKG_CONFIG="$DIR/pkg-config" -- && wrong "does not miss $module"
    [ "$(sed -n 's/.*On Debian: apt-get install//p' "$DIR/out")" = " $package" ] || wrong "without $module: $(tail -1 "$DIR/out")"
done <<'END'
jansson libjansson-dev
libpq libpq-dev
talloc libtalloc-dev
libpcre2-8 libpcre2-dev
yaml-0.1 libyaml-dev
libcrypto libssl-dev
libcurl libcurl4-openssl-dev
librabbitmq librabbitmq-dev
zlib zlib1g-dev
liblzma liblzma-dev
libmemcached libmemcached-dev
cmocka libcmocka-dev
END
while read -r variable package; do
    configure $variable -- && wrong "does not miss $package"
    [ "$(sed -n 's/.*On Debian: apt-get install//p' "$DIR/out")" = " $package" ] || wrong "with $variable: $(tail -1 "$DIR/out")"
done <<'END'
ac_cv_header_fcgiapp_h=no libfcgi-dev
ac_cv_lib_fcgi_FCGX_Init=no libfcgi-dev
ac_cv_lib_iniparser_iniparser_load=no libiniparser-dev
ac_cv_lib_bz2_BZ2_bzCompressInit=no libbz2-dev
END
# All at once, and none of those that deploy/packages installs is forgotten; libsystemd is no need.
ABSENT=all configure PKG_CONFIG="$DIR/pkg-config" ac_cv_lib_fcgi_FCGX_Init=no ac_cv_lib_iniparser_iniparser_load=no \
    ac_cv_lib_bz2_BZ2_bzCompressInit=no -- && wrong "misses nothing"
for package in $(sed -n 's/^build //p' "$SOURCE/deploy/packages" | tr ' ' '\n' | grep -e '-dev$' | grep -v libsystemd); do
    grep -q "On Debian: apt-get install.* $package\( \|$\)" "$DIR/out" || wrong "does not name $package"
done
ABSENT=libsystemd configure PKG_CONFIG="$DIR/pkg-config" -- || wrong "needs libsystemd"
ABSENT=libsystemd configure PKG_CONFIG="$DIR/pkg-config" -- --with-systemd && wrong "does not miss libsystemd"
grep -q 'On Debian: apt-get install libsystemd-dev' "$DIR/out" || wrong "does not name libsystemd-dev"
configure -- --without-systemd || wrong "fails --without-systemd"
grep -q 'define HAVE_SYSTEMD' "$at/config.log" && wrong "takes libsystemd --without-systemd"

configure -- --disable-hardening
[[ "$(flags NOVA_CFLAGS) $(flags NOVA_LDFLAGS)" == *@(FORTIFY|stack-protector|relro)* ]] && wrong "hardens with --disable-hardening"
configure -- --enable-sanitizers
[[ $(flags NOVA_CFLAGS) == *-fsanitize=address,undefined* && $(flags NOVA_LDFLAGS) == *-fsanitize=address,undefined* ]] || wrong "no sanitizers"
configure -- --enable-coverage
[[ $(flags NOVA_CFLAGS) == *--coverage* && $(flags NOVA_LDFLAGS) == *--coverage* && $(flags CFLAGS) == *-O0* ]] || wrong "no coverage"
configure CFLAGS=-Og -- --enable-coverage
[[ $(flags CFLAGS) == -Og ]] || wrong "--enable-coverage takes no CFLAGS"
configure -- --enable-werror
[[ $(flags NOVA_CFLAGS) == *-Werror* ]] || wrong "no -Werror"
configure -- --enable-fuzzing && wrong "fuzzes without libFuzzer"
grep -q 'configure with CC=clang' "$DIR/out" || wrong "does not ask for clang"

# Folders, and a DESTDIR before them; what was installed goes again.
configure -- --prefix=/opt/nova --sysconfdir=/etc/elsewhere --localstatedir=/srv/var --datadir=/opt/share --mandir=/opt/man &&
    (cd "$at" && ./config.status) >"$DIR/out" 2>&1 || wrong "fails with folders"
make -s -n -C "$at" fcgi_app/main.o 2>/dev/null | tr ' ' '\n' | grep -E '^-DNOVA_(SYSCONF|LOCALSTATE)DIR' | tr -d "'\"" | sort | tr '\n' ' ' >"$DIR/named"
[ "$(cat "$DIR/named")" = "-DNOVA_LOCALSTATEDIR=/srv/var -DNOVA_SYSCONFDIR=/etc/elsewhere " ] || wrong "folders are told as $(cat "$DIR/named")"
make -s -C "$at" install-data DESTDIR="$DIR/dest" >/dev/null 2>&1 || wrong "make install-data fails"
outside=$(find "$DIR/dest" -type f ! -path "$DIR/dest/opt/share/nova-api-fcgi/*" ! -path "$DIR/dest/opt/man/*")
[ -z "$outside" ] && [ -n "$(find "$DIR/dest/opt/man" -name '*.8')" ] || wrong "installs $outside"
mkdir -p "$DIR/dest/opt/nova/bin" # the programs are not built here; distcheck installs them
make -s -C "$at" uninstall DESTDIR="$DIR/dest" >/dev/null 2>&1
[ -z "$(find "$DIR/dest" -type f)" ] || wrong "uninstall leaves $(find "$DIR/dest" -type f | head -3)"
exit $status
