#!/usr/bin/env bash
# Merges the coverage of each category of tests, and fails if it is below the minimum.
set -euo pipefail

usage() {
  cat <<'EOF'
build/coverage.sh

Reads artifacts/coverage/{Unit,Integration}, which `build/test.sh --category NAME` writes, on one machine or
on several, and fails if one is missing or if less than 80 % of the lines of src are covered. Writes the report to
artifacts/coverage: index.html, Cobertura.xml.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

coverage=$PWD/artifacts/coverage
least_line_coverage=80

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '\n== %s\n' "$*"; }

# Prints an attribute of an element in the merged report as a percentage.
rate() {
  sed -n "s/.*<$1[^>]*\b$2=\"\([0-9.]*\)\".*/\1/p" "$coverage/Cobertura.xml" | head -n 1 |
    awk '{ printf "%.1f", $1 * 100 }'
}

say "Coverage (artifacts/coverage/index.html)"
parts=()
for category in Unit Integration; do
  part=$(find "$coverage/$category" -name coverage.cobertura.xml 2>/dev/null | head -n 1)
  if [[ -z $part ]]; then
    echo "The coverage of $category is missing: run build/test.sh --category $category" >&2
    exit 1
  fi
  parts+=("$part")
done

dotnet tool restore --verbosity quiet >/dev/null
rm -f "$coverage/Cobertura.xml" # an outdated report must not be read
dotnet reportgenerator "-reports:$(IFS=';' && echo "${parts[*]}")" "-targetdir:$coverage" \
  '-reporttypes:Html;Cobertura' -title:QrAi -verbosity:Warning
for project in Domain Application Infrastructure WebApi; do
  printf '%-14s %5s %% of lines, %5s %% of branches\n' "$project" \
    "$(rate "package name=\"QrAi.$project\"" line-rate)" "$(rate "package name=\"QrAi.$project\"" branch-rate)"
done
lines=$(rate coverage line-rate)
printf '%-14s %5s %% of lines, %5s %% of branches\n' Total "$lines" "$(rate coverage branch-rate)"
if ! awk -v lines="$lines" -v least="$least_line_coverage" 'BEGIN { exit !(lines >= least) }'; then
  echo "The coverage is too low: at least $least_line_coverage % of the lines are required." >&2
  exit 1
fi
