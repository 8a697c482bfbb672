#!/usr/bin/env bash
# build/hooks/text.sh [file…]: fails on text that is not UTF-8 without a byte order mark, does not have LF line ends, has
# white space at the end of a line, or does not end with exactly one line feed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
require_gnu_grep
export LC_ALL=C.UTF-8

# Skips generated files, as their tools would restore any change.
choose_files ':!*packages.lock.json' ':!*/Migrations/*' ':!*/CompiledModel/*' ':!QrAi.sln' -- "$@"
((${#files[@]} > 0)) || exit 0
# Skips empty and binary files.
mapfile -d '' -t files < <(grep --files-with-matches --null --binary-files=without-match '' -- "${files[@]}" || true)
((${#files[@]} > 0)) || exit 0

status=0
# Prints the lines that match, with the fault.
refuse() {
  local fault=$1
  shift
  if grep --with-filename --line-number "$@" -- "${files[@]}" | sed "s/\$/ ← $fault/"; then
    status=1
  fi
}
refuse 'ends with CR LF' $'\r$'
refuse 'white space at its end' --extended-regexp $'[ \t]+\r?$'
refuse 'not UTF-8' --text --invert-match --line-regexp '.*'
refuse 'byte order mark' $'^\xEF\xBB\xBF'
# With --null-data grep reads a file as one line.
mapfile -t unterminated < <(LC_ALL=C grep --files-without-match --null-data --perl-regexp '[^\n]\n\z' -- "${files[@]}")
if ((${#unterminated[@]} > 0)); then
  printf '%s: does not end with one line feed\n' "${unterminated[@]}"
  status=1
fi
exit "$status"
