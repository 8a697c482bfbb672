#!/usr/bin/env bash
# build/hooks/shell.sh [file…]: fails on scripts that shfmt would format otherwise, or that shellcheck reports.
# `shfmt --write FILE` formats a script, with the options in .editorconfig.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
require_tools shfmt shellcheck

choose_files '*.sh' .ci/run -- "$@"
if ((${#files[@]} > 0)); then
  status=0
  shfmt --diff "${files[@]}" || status=1
  shellcheck --external-sources "${files[@]}" || status=1
  exit "$status"
fi
