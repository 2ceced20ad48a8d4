#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The floors of the house hold: a file includes only its own floor's folder and what lies beneath, neighbours on one floor do
# not know each other, and each floor's library links against only the libraries beneath it.
set -u
srcdir=${srcdir:-.}
top=${top_builddir:-.}
failures=0

# folder -> floor; the longest prefix counts
floor_of() {
    case $1 in
    fcgi_app/base/*) echo 0 ;;
    fcgi_app/http/* | fcgi_app/json/* | fcgi_app/conf/*) echo 1 ;;
    fcgi_app/db/* | fcgi_app/rpc/* | fcgi_app/clients/*) echo 2 ;;
    fcgi_app/objects/* | fcgi_app/policies/* | fcgi_app/quota/* | fcgi_app/local/*) echo 3 ;;
    fcgi_app/compute/*) echo 4 ;;
    middleware/*) echo 5 ;;
    routes/*) echo 6 ;;
    fcgi_app/launcher/* | fcgi_app/paste/*) echo 7 ;;
    fcgi_app/*) echo 8 ;;
    *) echo 9 ;;
    esac
}
folder_of() {
    case $1 in
    fcgi_app/*/*) f=${1#fcgi_app/}; echo "fcgi_app/${f%%/*}" ;;
    *) echo "${1%%/*}" ;;
    esac
}

cd "$srcdir" || exit 99
for file in $(find fcgi_app middleware routes -name '*.[ch]' -o -name '*.def' | sort); do
    floor=$(floor_of "$file")
    folder=$(folder_of "$file")
    for included in $(sed -n 's/^#[[:space:]]*include "\([^"]*\/[^"]*\)".*/\1/p' "$file"); do
        under=$(floor_of "$included")
        [ "$under" -lt "$floor" ] && continue
        [ "$(folder_of "$included")" = "$folder" ] && continue
        # http/ and json/ are read by the whole house; a schema checks a query.
        case $folder:$included in
        fcgi_app/json:fcgi_app/http/query.h | fcgi_app/http:fcgi_app/json/json.h) continue ;;
        esac
        [ "$floor" = 8 ] && [ "$under" -le 8 ] && continue
        echo "$file (floor $floor) includes $included (floor $under)"
        failures=$((failures + 1))
    done
done
cd - >/dev/null || exit 99

# Each library alone with those beneath: every symbol that it wants must be there.
cat >"$top/floors_link.c" <<'END'
int main(void)
{
    return 0;
}
END
beneath=
for floor in 0 1 2 3 4 5 6 7; do
    library=$top/libfloor$floor.a
    if ! ${CC:-cc} $FLOORS_CFLAGS -o "$top/floors_link" "$top/floors_link.c" \
        -Wl,--whole-archive "$library" -Wl,--no-whole-archive $beneath $FLOORS_LIBS 2>"$top/floors_link.err"; then
        echo "floor $floor does not link against the floors beneath it:"
        grep -oE "undefined (reference to|symbol: ).*" "$top/floors_link.err" | sort -u | head -20 | grep . || head -5 "$top/floors_link.err"
        failures=$((failures + 1))
    fi
    beneath="$library $beneath"
done
rm -f "$top/floors_link" "$top/floors_link.c" "$top/floors_link.err"
if [ "$failures" -gt 0 ]; then
    echo "$failures breaks of the floors (DESIGN in fcgi_app/README.md)"
    exit 1
fi
echo "the floors hold"
