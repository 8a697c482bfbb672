#!/usr/bin/env bash
# build/hooks/merge-markers.sh [file…]: fails on git's markers of unresolved conflicts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh

choose_files -- "$@"
if ((${#files[@]} > 0)) && grep --with-filename --line-number --binary-files=without-match --extended-regexp \
  '^(<{7} |\|{7} |={7}$|>{7} )' -- "${files[@]}"; then
  exit 1
fi
