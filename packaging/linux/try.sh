#!/usr/bin/env bash
# Tries the frozen program as a user without Python would, beginning with what takes seconds: what
# comes with it, the engine's child, the window on a virtual display (of which a picture is kept),
# children of multiprocessing, a training, a run with all its checks and the PDF.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$PWD/dist/xraydemo/xraydemo
tried=${1:-$PWD/build/tried}
die() { echo "$*" >&2; exit 1; }
command -v Xvfb >/dev/null || die "The window is tried under Xvfb: apt-get install xvfb"
rm -rf "$tried"
mkdir -p "$tried"

# Nothing of a developer's machine may help it.
clean=(env -i HOME="$tried" PATH=/usr/bin:/bin LANG=C.UTF-8)
alone() { "${clean[@]}" "$@"; }
say() { printf '\n### %s, %s s\n' "$*" $SECONDS; }

say installed, and what comes with it
alone dist/xraydemo/install.sh
alone "$tried/.local/bin/xraydemo" models
alone dist/xraydemo/install.sh --remove
diff <(alone "$program" checks) <(alone .venv/bin/xraydemo checks) || die "It has other checks"

say doctor
alone "$program" doctor 2>&1 | tee "$tried/doctor.txt"
if grep -E "does not work|can't run|unavailable|not installed" "$tried/doctor.txt"; then
    die "Something that the program needs was left out"
fi

say phantoms, by several processes
alone "$program" phantom --out "$tried/phantoms" --n 80 --side 256 --shortcut marker --strength 1
say predict
alone "$program" predict "$tried/phantoms/images/normal" --json >"$tried/predicted.jsonl"
head -n 1 "$tried/predicted.jsonl"

say the window
exec 3< <(exec Xvfb -displayfd 1 -screen 0 1366x768x24 2>/dev/null)
xvfb=$!
window=
trap 'kill $window $xvfb 2>/dev/null || true' EXIT
read -r -u 3 number
"${clean[@]}" DISPLAY=":$number" "$program" open "$tried/phantoms/images/covid" \
    >"$tried/window.log" 2>&1 &
window=$!
.venv/bin/python packaging/linux/look.py ":$number" "$tried/window.png" ||
    die "The window said: $(cat "$tried/window.log")"
kill -0 $window || die "The window has ended; it said: $(cat "$tried/window.log")"
engine=$(pgrep -P $window -f xraydemo.engine.worker) || die "The window has no engine"
if grep -hF "$PWD/.venv" /proc/{$window,"$engine"}/maps; then
    die "It uses libraries of .venv"
fi
cat "$tried/window.log"
kill $window

say a lesson, with a training
alone "$program" -m xraydemo.cohort.lesson_pool "$tried/pool" --n 240 --side 96 | tail -n 1
alone "$program" -m xraydemo.training.teach "$tried/pool" "$tried/lesson" --n 240 --side 96 \
    --kind year --strength 1 --seconds 10 | tail -n 1

say a run, its checks and its report
alone "$program" evaluate "$tried/phantoms/phantoms.csv" --out "$tried/run" --pdf
alone "$program" report "$tried/run/report.pdf" --verify

say "all well. A picture of the window: $tried/window.png"
