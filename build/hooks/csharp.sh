#!/usr/bin/env bash
# build/hooks/csharp.sh [file…]: fails on C# that is not formatted. `dotnet csharpier format .` formats it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/tools.sh
require_dotnet

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet csharpier --version >/dev/null 2>&1 || dotnet tool restore --verbosity quiet
if (($# == 0)); then
  set -- .
fi
dotnet csharpier check "$@" || {
  echo "dotnet csharpier format $*" >&2
  exit 1
}
