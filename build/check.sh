#!/usr/bin/env bash
# Checks that everything is formatted and builds without a warning. build/test.sh then finds it built.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

configuration=${CONFIGURATION:-Release}

# Nothing that a build starts may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '\n== %s\n' "$*"; }

locked=()
if [[ ${CI:-} == true ]]; then
  locked=(--locked-mode)
fi

say "Checking the format"
dotnet tool restore --verbosity quiet
dotnet csharpier check .

for target in QrAi.sln build/Benchmark; do
  say "Building $target ($configuration), warnings are errors"
  dotnet restore "$target" "${locked[@]}" --verbosity quiet
  dotnet build "$target" --no-restore --configuration "$configuration" --verbosity quiet -warnaserror
done
