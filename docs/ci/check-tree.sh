#!/usr/bin/env bash
# Checks folders of a kernel source in CI: makes a database without building anything, then runs `gfplint check`
# with a store that is kept for the next run. github.yml and gitlab.yml call it; so can cron.
#
# usage: check-tree.sh --source=DIR --work=DIR [--config=WORD] [FOLDER...] [-- OPTION... of gfplint check]
#   --source=DIR   the kernel source; nothing is written into it but the work folder, if that is below it
#   --work=DIR     kept from run to run: build/ (configuration, generated headers), compile_commands.json, cache/
#   --config=WORD  allmodconfig (default), defconfig, ..., or a .config file
#   FOLDER         what is checked, relative to the source; everything without one
# Environment: GFPLINT, the program (default: gfplint); GFPLINT_DATABASE, a compile_commands.json or build folder that
# is there already, taken instead of making one.
# Exit status: that of `gfplint check`; 2 where the database could not be made, or lacks some of the folders.
set -euo pipefail

die() {
    echo "check-tree: $*" >&2
    exit 2
}

source=
work=
config=allmodconfig
folders=()
while [ $# -gt 0 ]; do
    case $1 in
    --source=?*) source=${1#*=} ;;
    --work=?*) work=${1#*=} ;;
    --config=?*) config=${1#*=} ;;
    --)
        shift
        break
        ;;
    -h | --help)
        sed -n '/^# usage/,/^set /s/^# \{0,1\}//p' "$0"
        exit
        ;;
    -*) die "unknown option $1; check-tree.sh --help lists them" ;;
    *) folders+=("$1") ;;
    esac
    shift
done
case $source,$work in ,* | *,) die "--source=DIR and --work=DIR are needed" ;; esac
[ -d "$source" ] || die "--source: there is no folder $source"
gfplint=${GFPLINT:-gfplint}
command -v "$gfplint" >/dev/null || die "$gfplint is missing: install gfplint's package, or set GFPLINT"
mkdir -p "$work"

database=${GFPLINT_DATABASE:-}
if [ -z "$database" ]; then
    here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd -P)
    # Beside this script where it is installed, in its folder of the repository else.
    for maker in "$here/../linux/make-database" "$here/../../compile_db_samples/linux/make-database" ''; do
        [ ! -x "$maker" ] || break
    done
    [ -n "$maker" ] || die "make-database is missing: take docs/ci with the rest of gfplint's repository or package"
    "$maker" --source="$source" --out="$work" --config="$config" "${folders[@]}" >&2 ||
        die "the database could not be made, or lacks a folder; see above"
    database=$work/compile_commands.json
fi

exec "$gfplint" check -p "$database" --cache-dir="$work/cache" "${folders[@]}" "$@"
