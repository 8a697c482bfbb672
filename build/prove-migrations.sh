#!/usr/bin/env bash
# Proves that replicas may migrate concurrently: runs many rounds of a test that usually runs a few.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-migrations.sh [rounds]

In each round, 100 by default, eight replicas migrate one PostgreSQL database concurrently, an empty or an older one, with an
index that is created concurrently; in every second round one of them is killed while it migrates. A round is clean if one
replica applied the pending migrations, no other changed anything, and none failed. The exit code is 0 if all are clean.

Has the requirements of build/test.sh.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# No process of a build may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export QRAI_MIGRATION_ROUNDS=${1:-100}

dotnet test tests/Integration --configuration "${CONFIGURATION:-Release}" --logger 'console;verbosity=normal' \
  --filter FullyQualifiedName~Of_any_number_that_start_at_once_one_migrates
