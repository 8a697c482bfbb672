#!/usr/bin/env bash
# build/hooks/json.sh [file…]: fails on invalid JSON, and on JSON that `jq .` would format otherwise. Skips NuGet's lock files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
require_tools jq

choose_files '*.json' ':!*packages.lock.json' -- "$@"
status=0
for file in "${files[@]}"; do
  if ! diff --unified --label "$file" --label "jq . $file" "$file" <(jq . "$file"); then
    status=1
  fi
done
exit "$status"
