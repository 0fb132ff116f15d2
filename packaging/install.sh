#!/usr/bin/env bash
# Makes .venv and installs the project into it, editable, with everything for development.
# Shows the steps and the large downloads; pip's own words go to a log.
set -euo pipefail
cd "$(dirname "$0")/.."

log=.venv/install.log
python=.venv/bin/python

# A .venv that was cut short, or whose Python has gone since, is made again from nothing.
if ! $python -m pip --version >/dev/null 2>&1; then
    base=$(packaging/python.sh)
    echo "==> .venv, with $("$base" --version) ($(command -v "$base"))"
    "$base" -m venv --clear .venv
fi

echo "==> packages of pyproject.toml into .venv (log: $log)"
if ! $python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("torch") is None)'; then
    cat <<'HINT'
    PyTorch with its CUDA packages is large: 3 GB to fetch (minutes on a fast line), 7 GB installed,
    11 GB of disk meanwhile. Without an NVIDIA GPU the far smaller CPU builds do as well. Either name
    a package index that has them (make install PIP_EXTRA_INDEX_URL=...), or put torch and torchvision
    into .venv your own way first; make keeps them.
HINT
fi

# Of pip's many lines, those that tell why it takes so long.
progress() {
    awk '/Downloading .* MB\)$/ && substr($(NF - 1), 2) + 0 >= 50 { print "    " $(NF - 2), $(NF - 1), $NF; fflush() }
         /^Installing collected packages/ { print "    everything is here; unpacking it"; fflush() }'
}

# pip keeps all downloads in the temporary folder to the end; on Debian 13 that is memory.
export TMPDIR=$PWD/.venv/tmp
mkdir -p "$TMPDIR"
trap 'rm -rf "$TMPDIR"' EXIT
if ! $python -m pip install --no-input --progress-bar off --editable '.[dev]' 2>&1 | tee "$log" | progress; then
    tail -n 15 "$log" >&2
    echo "pip failed; the whole of what it said is in $log" >&2
    exit 1
fi
echo "    done in $((SECONDS / 60)) min $((SECONDS % 60)) s"
touch .venv/.installed
