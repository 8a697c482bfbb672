#!/usr/bin/env bash
# build/hooks/text.sh [file…]: fails on text that is not UTF-8 without a byte order mark, with LF at the end of each line,
# nothing white before it, and one at the end of the file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
require_gnu_grep
export LC_ALL=C.UTF-8

# Left alone is what tools write, and would write again as it was.
choose_files ':!*packages.lock.json' ':!*/Migrations/*' ':!*/CompiledModel/*' ':!QrAi.sln' -- "$@"
((${#files[@]} > 0)) || exit 0
# Empty files and binary ones are none of this one's business.
mapfile -d '' -t files < <(grep --files-with-matches --null --binary-files=without-match '' -- "${files[@]}" || true)
((${#files[@]} > 0)) || exit 0

status=0
# Prints the lines that match, with what is wrong with them.
refuse() {
  local what=$1
  shift
  if grep --with-filename --line-number "$@" -- "${files[@]}" | sed "s/\$/ ← $what/"; then
    status=1
  fi
}
refuse 'ends with CR LF' $'\r$'
refuse 'white space at its end' --extended-regexp $'[ \t]+\r?$'
refuse 'not UTF-8' --text --invert-match --line-regexp '.*'
refuse 'byte order mark' $'^\xEF\xBB\xBF'
# With --null-data a file is one line.
mapfile -t endless < <(LC_ALL=C grep --files-without-match --null-data --perl-regexp '[^\n]\n\z' -- "${files[@]}")
if ((${#endless[@]} > 0)); then
  printf '%s: does not end with one line feed\n' "${endless[@]}"
  status=1
fi
exit "$status"
