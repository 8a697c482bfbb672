#!/usr/bin/env bash
# Counts how large the code is, and what a newcomer has to read.
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  cat <<'EOF'
build/house.sh

Prints the files and lines of each project, the longest files, the fullest folders, the files that a question passes and the
files of each recipe (both as docs/development.md lists them). Generated code (migrations, compiled models) is not counted.
Fails if docs/development.md names a file that does not exist. tests/Architecture holds the limits.
EOF
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
guide=docs/development.md
tick='`'

sources() { git ls-files -- '*.cs' '*.razor' | grep -vE '/(Migrations|CompiledModel)/'; }

lines() { tr '\n' '\0' | xargs -0 wc -l | awk '$2 != "total" { print $1, $2 }'; }

echo "## Projects"
printf '%6s %7s %7s  %s\n' files lines median project
sources | lines | sort -n | awk '
  { split($2, part, "/"); project = part[1] "/" part[2] }
  { count[project]++; sum[project] += $1; sizes[project, count[project]] = $1 }
  END {
    for (project in count) {
      printf "%6d %7d %7d  %s\n", count[project], sum[project], sizes[project, int((count[project] + 1) / 2)], project
      files += count[project]; total += sum[project]
    }
    printf "%6d %7d %7s  %s\n", files, total, "", "~ all"
  }' | sort -k4

echo
echo "## Longest files"
for root in src tests build; do
  sources | grep "^$root/" | lines | sort -rn | awk 'NR <= 5'
done

echo
echo "## Fullest folders"
sources | sed 's|/[^/]*$||' | sort | uniq -c | sort -rn | awk 'NR <= 8'

# The files in code quotes of the numbered lists under a heading, one line for each item.
items() {
  awk -v level="$1" -v title="$2" '
    $0 == level " " title { inside = 1; next }
    inside && index($0, "#") == 1 && length($1) <= length(level) { exit }
    inside && /^[0-9]+\. / { print }' "$guide"
}

echo
echo "## The way of a question"
items '##' 'The way of a question' | grep -oE "$tick(src|tests)/[^$tick]+\.cs$tick" | tr -d "$tick" | lines |
  awk '{ print; files++; sum += $1 } END { print files + 0 " files, " sum + 0 " lines" }'

echo
echo "## Recipes"
while IFS= read -r recipe; do
  printf '%3d files  %s\n' "$(items '###' "$recipe" | grep -c .)" "$recipe"
done < <(sed -n '/^## Recipes$/,/^## [^R]/s/^### //p' "$guide")

missing=0
while IFS= read -r path; do
  [[ -e $path ]] || {
    echo "$guide names $path, which does not exist" >&2
    missing=1
  }
done < <(grep -oE "$tick(src|tests|build|docs)/[A-Za-z0-9_./-]+$tick" "$guide" | tr -d "$tick" | sort -u)
exit "$missing"
