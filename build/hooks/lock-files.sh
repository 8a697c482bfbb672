#!/usr/bin/env bash
# build/hooks/lock-files.sh: fails where a packages.lock.json is not what the projects ask for. `dotnet restore QrAi.sln` and
# `dotnet restore build/Benchmark` write them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
for target in QrAi.sln build/Benchmark; do
  dotnet restore "$target" --locked-mode --verbosity quiet
done
