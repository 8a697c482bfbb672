#!/usr/bin/env bash
# Searches for text that looks like a key, a password or a token.
set -euo pipefail

usage() {
  cat <<'EOF'
build/hooks/secrets.sh [file…]
build/hooks/secrets.sh --history

Without arguments it searches all tracked and untracked, not ignored files; with --history every line that any commit has ever
added, and every commit's message. The rules are in build/hooks/secrets.rules. A finding is reported with its rule, its
position and its fingerprint, never with its value.

Text that is not a secret is allowed by a comment on its line, `pragma: allowlist secret`, or, if a comment is not possible, as
in the history, by its fingerprint in build/hooks/secrets.allowed. A later commit does not remove a committed secret from the
history: revoke the secret first.

The exit code is 1 with findings, and 2 if not everything could be searched.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
export LC_ALL=C # files are searched as bytes

give_up() {
  echo "$*" >&2
  exit 2
}

require_gnu_grep || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each rule is a name, white space, an expression.
names=() expressions=()
while read -r name expression; do
  if [[ -n $name && $name != \#* ]]; then
    names+=("$name") expressions+=("$expression")
  fi
done <build/hooks/secrets.rules
((${#names[@]} > 0)) || give_up "build/hooks/secrets.rules has no rules."

# Writes a line for each line to search: its position, a tab, the line.
if [[ ${1:-} == --history ]]; then
  [[ $(git rev-parse --is-shallow-repository) == false ]] || give_up "The history is incomplete: run git fetch --unshallow"
  # A merge is compared with both parents, as it may add lines that neither has.
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
    grep --text --with-filename --line-number '' -- "${files[@]}" |
      sed -E 's/^([^:]*:[0-9]+):/\1\t/' >"$work/lines" || true
  fi
fi
[[ -e $work/lines ]] || exit 0

# All rules are applied at once to all lines, then one by one to the few lines that match.
any=$(IFS='|' && echo "(?:${expressions[*]})")
grep --text --perl-regexp --regexp "\t.*$any" "$work/lines" >"$work/suspects" || (($? == 1)) || give_up "A rule is not a valid expression."
found=0
declare -A seen=()
while IFS=$'\t' read -r place line; do
  if [[ $line == *'pragma: allowlist secret'* ]]; then
    continue
  fi
  for ((rule = 0; rule < ${#names[@]}; rule++)); do
    while read -r value; do
      fingerprint=$(sha256sum <<<"$value" | cut -c 1-16)
      if [[ -n ${seen[$fingerprint]:-} ]] || grep --quiet "^$fingerprint " build/hooks/secrets.allowed; then
        continue
      fi
      seen[$fingerprint]=yes
      echo "$place: ${names[rule]} (fingerprint $fingerprint)"
      found=$((found + 1))
    done < <(grep --text --only-matching --perl-regexp --regexp "${expressions[rule]}" <<<"$line" || true)
  done
done <"$work/suspects"

((found == 0)) || {
  echo "$found found, see build/hooks/secrets.sh --help" >&2
  exit 1
}
