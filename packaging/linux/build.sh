#!/usr/bin/env bash
# Freezes the program into dist/xraydemo: a folder that runs on a Linux without Python, as new as
# this one (its C library) or newer. It holds the PyTorch of .venv, whose CUDA packages make most of
# its several GB; for a small folder, put CPU builds of torch and torchvision into .venv first.
set -euo pipefail
cd "$(dirname "$0")/../.."

make --no-print-directory install
.venv/bin/python -m pip install --quiet 'pyinstaller>=6.11'
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN --distpath dist \
    --workpath build/frozen packaging/frozen/xraydemo.spec
cp packaging/linux/{install.sh,xraydemo.desktop} assets/icon.svg LICENSE dist/xraydemo/
echo "==> dist/xraydemo, $(du -sh dist/xraydemo | cut -f 1); try it with packaging/linux/try.sh"
