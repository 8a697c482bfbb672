#!/usr/bin/env bash
# Counts the files and lines of the code, and of what a new developer has to read.
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  cat <<'EOF'
build/house.sh

Prints the files and lines of each project, the longest files, the largest folders, the files on the way of a question and the
files of each recipe (both as docs/development.md lists them). Generated code (migrations, compiled models) is not counted.
Fails if docs/development.md names a file that does not exist. tests/Architecture checks the limits.
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
echo "## Largest folders"
sources | sed 's|/[^/]*$||' | sort | uniq -c | sort -rn | awk 'NR <= 8'

# Prints the lines below a heading, up to the next heading of its level or above.
section() {
  awk -v level="$1" -v title="$2" '
    $0 == level " " title { inside = 1; next }
    inside && /^#+ / && length($1) <= length(level) { exit }
    inside { print }' "$guide"
}

# Prints the files of this repository that are named in backquotes.
files() { grep -oE "$tick(src|tests|build|docs)/[A-Za-z0-9_./-]+$tick" | tr -d "$tick"; }

echo
echo "## The way of a question"
section '##' 'The way of a question' | files | lines |
  awk '{ print; files++; sum += $1 } END { print files + 0 " files, " sum + 0 " lines" }'

echo
echo "## Recipes"
while IFS= read -r recipe; do
  printf '%3d files  %s\n' "$(section '###' "$recipe" | grep -cE '^[0-9]+\. ')" "$recipe"
done < <(sed -n '/^## Recipes$/,/^## [^R]/s/^### //p' "$guide")

missing=0
while IFS= read -r path; do
  [[ -e $path ]] || {
    echo "$guide names $path, which does not exist" >&2
    missing=1
  }
done < <(files <"$guide" | grep -vE '/Note' | sort -u) # the example of a recipe
exit "$missing"
