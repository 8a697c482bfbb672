#!/usr/bin/env bash
# Mutates src/Domain and src/Application and counts the mutants that the unit tests kill.
set -euo pipefail

usage() {
  cat <<'END'
build/mutation.sh [project…]

  build/mutation.sh
  build/mutation.sh Domain

Needs only the .NET SDK of global.json. Runs only tests/Unit: the mutants need hundreds of test runs, and tests of rules
should need no service. The thresholds are in tests/Unit/stryker-config.yaml.

Environment: CONCURRENCY, the number of mutants that are tested at once (default: half the number of cores); CI=true, which
refuses packages that are not in the lock files.
Reports are in artifacts/mutation. The last lines are the projects' scores; the exit code is 0 if none is below 75 %.
END
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

projects=("$@")
if ((${#projects[@]} == 0)); then
  projects=(Domain Application)
fi
reports=$PWD/artifacts/mutation

# No process of a build may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "$*" >&2
  exit 1
}

for project in "${projects[@]}"; do
  [[ $project == Domain || $project == Application ]] || fail "$project is not a project to mutate, see --help"
done

locked=()
if [[ ${CI:-} == true ]]; then
  locked=(--locked-mode)
fi
concurrency=()
if [[ -n ${CONCURRENCY:-} ]]; then
  concurrency=(--concurrency "$CONCURRENCY")
fi

# Mutates a project and runs the unit tests that cover each mutant; fails below the minimum score.
mutate() {
  local project=$1
  say "Mutating $project"
  rm -rf "${reports:?}/$project"
  # Stryker has to run in the folder of the test project, which also has its configuration.
  (cd tests/Unit && dotnet stryker --config-file stryker-config.yaml --project "$project.csproj" --output "$reports/$project" \
    --break-on-initial-test-failure --skip-version-check "${concurrency[@]}")
}

# Prints the score in a project's report, if there is one.
score() {
  sed -n 's/.*final mutation score is \([0-9.]*\)%.*/\1 %/p' "$reports/$1/reports/mutation-report.md" 2>/dev/null || true
}

dotnet tool restore --verbosity quiet
dotnet restore tests/Unit "${locked[@]}" --verbosity quiet

enough=true
summary=()
for project in "${projects[@]}"; do
  start=$SECONDS
  mutate "$project" || enough=false
  score=$(score "$project")
  summary+=("$(printf '%-12s %s, %d s' "$project" "${score:-aborted}" $((SECONDS - start)))")
done

say "Mutation scores (artifacts/mutation/{project}/reports/mutation-report.html)"
printf '%s\n' "${summary[@]}"
[[ $enough == true ]] || fail "At least 75 % are required."
