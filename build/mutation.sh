#!/usr/bin/env bash
# Changes src/Domain and src/Application in many small ways and counts the changes that the unit tests notice.
set -euo pipefail

usage() {
  cat <<'END'
build/mutation.sh [project…]

  build/mutation.sh
  build/mutation.sh Domain

Needs the .NET SDK of global.json and nothing else. Only tests/Unit is run: a mutant asks for hundreds of test runs, and
rules should be held by tests that need no service. What is asked for is in tests/Unit/stryker-config.yaml.

Environment: CONCURRENCY, how many mutants are tested at once, by default half as many as there are cores; CI=true, which
refuses packages that the lock files do not name.
Reports are in artifacts/mutation. The last lines are the projects' scores; the exit code is 0 if none is under 75 %.
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

# Nothing that a build starts may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "$*" >&2
  exit 1
}

for project in "${projects[@]}"; do
  [[ $project == Domain || $project == Application ]] || fail "There is nothing to mutate in $project, see --help"
done

locked=()
if [[ ${CI:-} == true ]]; then
  locked=(--locked-mode)
fi
at_once=()
if [[ -n ${CONCURRENCY:-} ]]; then
  at_once=(--concurrency "$CONCURRENCY")
fi

# Mutates a project and runs the unit tests that reach each mutant; fails under the least score.
mutate() {
  local project=$1
  say "Mutating $project"
  rm -rf "${reports:?}/$project"
  # From its test project's folder, as Stryker wants it; its configuration is there too.
  (cd tests/Unit && dotnet stryker --config-file stryker-config.yaml --project "$project.csproj" --output "$reports/$project" \
    --break-on-initial-test-failure --skip-version-check "${at_once[@]}")
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
  summary+=("$(printf '%-12s %s, %d s' "$project" "${score:-broke off}" $((SECONDS - start)))")
done

say "Mutants that the tests notice (artifacts/mutation/{project}/reports/mutation-report.html)"
printf '%s\n' "${summary[@]}"
[[ $enough == true ]] || fail "At least 75 % are asked for."
