#!/usr/bin/env bash
# Runs all checks of a commit.
set -euo pipefail

usage() {
  cat <<'EOF'
build/check.sh

Runs the hooks of .pre-commit-config.yaml on all files, and searches the whole history for secrets. The last hook builds the
solution, which build/test.sh then uses.

Needs the .NET SDK of global.json, and shellcheck, shfmt, yamllint and jq: on Debian they are installed if missing.
Environment: CONFIGURATION, Debug or Release (default); CI=true, which refuses packages that are not in the lock files.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

check() {
  printf '\n== %s\n' "$*"
  "$@"
}

check ./build/tools.sh shellcheck shfmt yamllint jq
check ./build/hooks/text.sh
check ./build/hooks/merge-markers.sh
check ./build/hooks/large-files.sh
check ./build/hooks/secrets.sh
check ./build/hooks/secrets.sh --history
check ./build/hooks/json.sh
check ./build/hooks/yaml.sh
check ./build/hooks/shell.sh
check ./build/hooks/csharp.sh
check ./build/hooks/lock-files.sh
check ./build/hooks/build.sh
