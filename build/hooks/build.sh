#!/usr/bin/env bash
# build/hooks/build.sh [argument for dotnet build…] [file…]: builds everything, or what the files can have changed. A warning of
# the compiler, of an analyser or of a security analyser is an error; which ones there are, and which are turned off for what
# reason, is in Directory.Build.props and .editorconfig.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/tools.sh
require_dotnet

# Nothing that a build starts may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

configuration=${CONFIGURATION:-Release}
arguments=()
while [[ ${1:-} == -* ]]; do
  arguments+=("$1")
  shift
done
locked=()
if [[ ${CI:-} == true ]]; then
  locked=(--locked-mode)
fi

targets=(QrAi.sln)
# Nothing depends on the projects with the tests: where only they have changed, they are all there is to build.
leaves=()
for file in "$@"; do
  if [[ $file =~ ^(tests/(Architecture|Unit|Integration|E2E)|build/(Benchmark|Durability))/.*\.cs$ ]]; then
    leaves+=("${BASH_REMATCH[1]}")
  else
    leaves=()
    break
  fi
done
if ((${#leaves[@]} > 0)); then
  mapfile -t targets < <(printf '%s\n' "${leaves[@]}" | sort -u)
fi

for target in "${targets[@]}"; do
  dotnet restore "$target" "${locked[@]}" --verbosity quiet
  dotnet build "$target" --no-restore --configuration "$configuration" --verbosity quiet -warnaserror "${arguments[@]}"
done
