#!/usr/bin/env bash
# UNTESTED: nobody has run this on macOS yet. It freezes the program into dist/xraydemo.
# Needs Python 3.11 or newer from python.org, and Apple's processors: PyTorch has no builds for
# Intel's Macs any more.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ -d .venv ] || "$(packaging/python.sh)" -m venv .venv
.venv/bin/python -m pip install --quiet --editable '.[desktop,train,demo]' 'pyinstaller>=6.11'
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN --distpath dist \
    --workpath build/frozen packaging/frozen/xraydemo.spec
cp LICENSE dist/xraydemo/
echo "dist/xraydemo: try ./xraydemo doctor, then ./xraydemo demo --no-window"
# Unsigned, Gatekeeper stops it on other machines. For an application in the Dock, give the spec's
# COLLECT to BUNDLE(..., name="xraydemo.app", bundle_identifier=...), then codesign and notarize.
