#!/usr/bin/env bash
# build/hooks/large-files.sh [file…]: fails on files over 256 KiB, which would stay in git's history.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh

choose_files -- "$@"
if ((${#files[@]} > 0)) && find "${files[@]}" -size +256k -printf '%p: %s bytes, at most 256 KiB are allowed\n' | grep .; then
  exit 1
fi
