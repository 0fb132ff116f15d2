#!/bin/sh
# Puts xraydemo, where this folder lies now, into the menu of your desktop and onto your PATH.
# `install.sh --remove` takes both away.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
entry=${XDG_DATA_HOME:-$HOME/.local/share}/applications/xraydemo.desktop
command=$HOME/.local/bin/xraydemo

if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$command"
    echo "Removed $entry and $command"
    exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$command")"
sed "s|@FOLDER@|$folder|g" "$folder/xraydemo.desktop" >"$entry"
ln -sf "$folder/xraydemo" "$command"
echo "In the menu by $entry, on the command line by $command"
