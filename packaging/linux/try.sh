#!/usr/bin/env bash
# Tries the frozen program as a user without Python would: the command line, the engine's child, a
# run with its checks and PDF, and the window on a virtual display, of which a picture is kept.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$PWD/dist/xraydemo/xraydemo
tried=${1:-$PWD/build/tried}
command -v Xvfb >/dev/null || { echo "The window is tried under Xvfb: apt-get install xvfb" >&2; exit 1; }
rm -rf "$tried"
mkdir -p "$tried"

# Nothing of a developer's machine may help it.
alone() { env -i HOME="$tried" PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
say() { printf '\n### %s\n' "$*"; }

say doctor
alone "$program" doctor
say phantoms, read and evaluated
alone "$program" phantom --out "$tried/phantoms" --n 80 --shortcut marker --strength 1
alone "$program" predict "$tried/phantoms/images/normal" --json | head -n 1
alone "$program" evaluate "$tried/phantoms/phantoms.csv" --out "$tried/run" --pdf
test -s "$tried/run/report.pdf"

say the window
exec 3< <(Xvfb -displayfd 1 -screen 0 1366x768x24 2>/dev/null)
xvfb=$!
read -r -u 3 number
trap 'kill $window $xvfb 2>/dev/null || true' EXIT
alone DISPLAY=":$number" "$program" open "$tried/phantoms/images/covid" >"$tried/window.log" 2>&1 &
window=$!
.venv/bin/python packaging/linux/look.py ":$number" "$tried/window.png"
kill -0 $window || { cat "$tried/window.log"; echo "The window has ended" >&2; exit 1; }
echo "All well. A picture of the window: $tried/window.png"
