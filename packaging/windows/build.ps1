# UNTESTED: nobody has run this on Windows yet. It freezes the program into dist\xraydemo.
# Needs Python 3.11 or newer from python.org. Run in PowerShell: packaging\windows\build.ps1
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")

if (-not (Test-Path .venv)) { py -3 -m venv .venv }
$python = ".venv\Scripts\python.exe"
& $python -m pip install --quiet --editable ".[desktop,train,demo]" "pyinstaller>=6.11"
if ($LASTEXITCODE) { throw "pip failed" }
& $python -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build\frozen `
    packaging\frozen\xraydemo.spec
if ($LASTEXITCODE) { throw "PyInstaller failed" }
Copy-Item LICENSE dist\xraydemo
Write-Output "dist\xraydemo: try xraydemo.exe doctor, then xraydemo.exe demo --no-window"
# Unsigned, it is stopped by SmartScreen on other machines; an installer (Inno Setup, MSIX) that
# registers the file types and is signed would come next.
