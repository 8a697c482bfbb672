#!/usr/bin/env bash
# build/hooks/build.sh [argument for dotnet build…] [file…]: builds the solution, or the projects that depend on the files. A
# warning of the compiler, of an analyser or of a security analyser is an error; Directory.Build.props and .editorconfig
# configure them, with the reason for each one that is turned off.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/tools.sh
require_dotnet

. build/compiler.sh
trap stop_compiler EXIT

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
# No project depends on the test projects: if only these have changed, only these are built.
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
