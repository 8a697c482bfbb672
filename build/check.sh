#!/usr/bin/env bash
# Runs everything that is checked before a commit over all files, and searches the whole history for secrets; the last one
# builds, so that build/test.sh finds it built. Needs shellcheck, shfmt, yamllint and jq (on Debian they are installed if
# missing).
set -euo pipefail

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
