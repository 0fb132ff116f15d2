#!/bin/sh
# Sees to the few system packages that pip cannot bring: installs them where it may, else says what to do.
# Silent and quick when nothing is missing. Without Qt's libraries the command line still works, so only
# the lack of Python's venv is an error.
set -u
cd "$(dirname "$0")/.." || exit 1

# What Qt's window links to, and Debian's package of it; what these depend on themselves is left out
# (libxcb-image0, libxkbcommon0, a font, ...). Looking for libraries, not packages, holds on every
# distribution and whatever the package's name: libglib2.0-0 is libglib2.0-0t64 since Debian 13 and
# Ubuntu 24.04, where apt still answers to the old one.
qt='
libEGL.so.1            libegl1
libGL.so.1             libgl1
libX11-xcb.so.1        libx11-xcb1
libdbus-1.so.3         libdbus-1-3
libfontconfig.so.1     libfontconfig1
libglib-2.0.so.0       libglib2.0-0
libxcb-cursor.so.0     libxcb-cursor0
libxcb-icccm.so.4      libxcb-icccm4
libxcb-keysyms.so.1    libxcb-keysyms1
libxcb-randr.so.0      libxcb-randr0
libxcb-shape.so.0      libxcb-shape0
libxcb-sync.so.1       libxcb-sync1
libxcb-xfixes.so.0     libxcb-xfixes0
libxkbcommon-x11.so.0  libxkbcommon-x11-0'

missing_libraries=''
packages=''
# /sbin is not on the PATH of Debian's ordinary users.
known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
# shellcheck disable=SC2086 # the words of the table, one by one
set -- $qt
while [ $# -gt 0 ]; do
    case $known in
    *"$1 "*) ;;
    *)
        missing_libraries="$missing_libraries $1"
        packages="$packages $2"
        ;;
    esac
    shift 2
done

# Debian's Python has no ensurepip, and no .venv can be made without it.
venv=''
if [ ! -e .venv/.installed ]; then
    python=$(packaging/python.sh) || exit 1
    venv=$("$python" -c '
import importlib.util, sys
if importlib.util.find_spec("ensurepip") is None:
    print("python{}.{}-venv".format(*sys.version_info))')
fi
packages="$venv$packages"
packages=${packages# }
[ -n "$packages" ] || exit 0

sudo=''
[ "$(id -u)" -eq 0 ] || sudo='sudo -n'
if ! command -v apt-get >/dev/null; then
    echo "Missing on this system, and there is no apt-get to bring it:"
    echo "   ${venv:+ ensurepip (part of Python)}$missing_libraries"
elif [ -n "$sudo" ] && ! $sudo true 2>/dev/null; then
    echo "Missing system packages, to be installed by root:"
    echo "    apt-get install --no-install-recommends $packages"
else
    echo "==> system packages: $packages"
    log=$(mktemp)
    # A failed update may be one broken source of many: what counts is whether the packages come.
    $sudo apt-get update >"$log" 2>&1
    # The lock: a machine just switched on is often busy with its own updates.
    # shellcheck disable=SC2086 # the names, one by one
    if $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $packages >>"$log" 2>&1; then
        rm "$log"
        exit 0
    fi
    tail -n 5 "$log"
    echo "apt-get failed; the whole of what it said is in $log"
fi
if [ -n "$venv" ]; then
    echo "Nothing can be installed without Python's venv: stopping."
    exit 1
fi
echo "Without them the command line works, but not the window: going on."
