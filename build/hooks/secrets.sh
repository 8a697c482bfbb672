#!/usr/bin/env bash
# Finds what looks like a key, a password or a token.
set -euo pipefail

usage() {
  cat <<'EOF'
build/hooks/secrets.sh [file…]
build/hooks/secrets.sh --history

Without arguments it searches all files that git has or would add; with --history every line that any commit has ever added,
and every commit's message. The rules are in build/hooks/secrets.rules. A finding is told by its rule and its place, never by
its value, and comes with a mark.

What is no secret is allowed on its line, by a comment with `pragma: allowlist secret`, or, where no comment can be, as in the
history, by its mark in build/hooks/secrets.allowed. A secret that was committed is not undone by a later commit: have it
revoked first, wherever it is from.

The exit code is 1 if something was found, 2 if not everything could be searched.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
export LC_ALL=C # a byte is a byte, in any file

give_up() {
  echo "$*" >&2
  exit 2
}

require_gnu_grep || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The rules: a name, white space, an expression.
names=() expressions=()
while read -r name expression; do
  if [[ -n $name && $name != \#* ]]; then
    names+=("$name") expressions+=("$expression")
  fi
done <build/hooks/secrets.rules
((${#names[@]} > 0)) || give_up "There are no rules."

# Writes a line for each line to search: where it is, a tab, the line.
if [[ ${1:-} == --history ]]; then
  [[ $(git rev-parse --is-shallow-repository) == false ]] || give_up "The history is not all here: git fetch --unshallow"
  # A merge is compared with both its parents: it may add what neither has.
  git log --all -m --patch --unified=0 --no-color --no-ext-diff --no-textconv --no-renames --text \
    --src-prefix=a/ --dst-prefix=b/ --format='commit %H%n%an <%ae>%n%B' >"$work/log" || give_up "git log failed."
  awk '
    /^commit [0-9a-f]+$/ { place = substr($2, 1, 12); file = "message"; inside = 0; next }
    /^diff --git / { inside = 1; next }
    inside && /^\+\+\+ / { file = substr($0, 7); next }
    inside && /^\+/ { print place ":" file "\t" substr($0, 2); next }
    !inside { print place ":" file "\t" $0 }
  ' "$work/log" >"$work/lines"
else
  choose_files -- "$@"
  if ((${#files[@]} > 0)); then
    # The rules are full of what they look for.
    grep --text --with-filename --line-number '' -- "${files[@]}" |
      sed -E 's/^([^:]*:[0-9]+):/\1\t/' >"$work/lines" || true
  fi
fi
[[ -e $work/lines ]] || exit 0

# First all rules at once, over everything; then one by one, over the few lines that are left.
any=$(IFS='|' && echo "(?:${expressions[*]})")
grep --text --perl-regexp --regexp "\t.*$any" "$work/lines" >"$work/suspects" || (($? == 1)) || give_up "A rule cannot be read."
found=0
declare -A seen=()
while IFS=$'\t' read -r place line; do
  if [[ $line == *'pragma: allowlist secret'* ]]; then
    continue
  fi
  for ((rule = 0; rule < ${#names[@]}; rule++)); do
    while read -r value; do
      mark=$(sha256sum <<<"$value" | cut -c 1-16)
      if [[ -n ${seen[$mark]:-} ]] || grep --quiet "^$mark " build/hooks/secrets.allowed; then
        continue
      fi
      seen[$mark]=yes
      echo "$place: ${names[rule]} (mark $mark)"
      found=$((found + 1))
    done < <(grep --text --only-matching --perl-regexp --regexp "${expressions[rule]}" <<<"$line" || true)
  done
done <"$work/suspects"

((found == 0)) || {
  echo "$found found, see build/hooks/secrets.sh --help" >&2
  exit 1
}
