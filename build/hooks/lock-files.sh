#!/usr/bin/env bash
# build/hooks/lock-files.sh: fails if a packages.lock.json does not match the projects. `dotnet restore QrAi.sln`
# updates them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/tools.sh
require_dotnet

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet restore QrAi.sln --locked-mode --verbosity quiet
