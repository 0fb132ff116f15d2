#!/bin/sh
# Prints a Python that is new enough ($PYTHON, if set, must be it), or says why there is none.
set -u

oldest='3.11' # as in pyproject.toml

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    # The system's own first: Debian has the venv module for that one.
    set -- python3 python3.14 python3.13 python3.12 python3.11
fi

seen=''
for python in "$@"; do
    # Running it is the only proof: pyenv's shims exist for versions that are switched off.
    if version=$("$python" -c "
import platform, sys
print(platform.python_version())
sys.exit(sys.version_info < (${oldest%.*}, ${oldest#*.}))" 2>/dev/null); then
        echo "$python"
        exit 0
    fi
    seen="$seen${version:+ $python is $version.}"
done

echo "xraydemo needs Python $oldest or newer.${seen:- None was found under the names: $*.}" >&2
echo "Install one and name it: make install PYTHON=/path/to/python3" >&2
exit 1
