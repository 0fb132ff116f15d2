# UNTESTED: nobody has run this on Windows yet. It freezes the program into dist\xraydemo.
# Needs a 64-bit Python, 3.11 or newer, from python.org. Scripts are forbidden by default, so:
#     powershell -ExecutionPolicy Bypass -File packaging\windows\build.ps1
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

if (-not (Test-Path .venv)) {
    py -3 -m venv .venv
    if ($LASTEXITCODE) { throw "No .venv could be made" }
}
$python = ".venv\Scripts\python.exe"
& $python -m pip install --quiet --editable ".[desktop,train,demo]" "pyinstaller>=6.11"
if ($LASTEXITCODE) { throw "pip failed" }
& $python -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build\frozen `
    packaging\frozen\xraydemo.spec
if ($LASTEXITCODE) { throw "PyInstaller failed" }
Copy-Item LICENSE dist\xraydemo
Write-Output "dist\xraydemo: try xraydemo.exe doctor, then xraydemo.exe demo --no-window"
# The package index has no PyTorch with CUDA for Windows: the folder reads on the CPU.
# Unsigned, it is stopped by SmartScreen on other machines; an installer (Inno Setup, MSIX) that
# registers the file types and is signed would come next.
