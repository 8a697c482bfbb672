#!/usr/bin/env bash
# Proves that replicas may migrate at once: many rounds of what the tests do in a few.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-migrations.sh [rounds]

In each round, 100 by default, eight replicas migrate one PostgreSQL database at once, an empty or an older one, with an
index made concurrently; in every second round one of them is killed in the middle. A round is clean if one did what was
left to do, no other changed anything, and none failed. The exit code is 0 if all are clean.

Needs what build/test.sh needs.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Nothing that a build starts may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export QRAI_MIGRATION_ROUNDS=${1:-100}

dotnet test tests/Integration --configuration "${CONFIGURATION:-Release}" --logger 'console;verbosity=normal' \
  --filter FullyQualifiedName~Of_any_number_that_start_at_once_one_migrates
