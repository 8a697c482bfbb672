#!/usr/bin/env bash
# Runs all tests, or some of them, and installs what they need.
set -euo pipefail

usage() {
  cat <<'EOF'
build/test.sh [--category NAME]… [arguments for dotnet test]

  build/test.sh
  build/test.sh --category Unit --category Architecture
  build/test.sh --filter TestCategory=Unit

Needs the .NET SDK of global.json, and one of: a Docker engine, PostgreSQL's server programs (as root on Debian they are
installed if missing), or QRAI_TEST_DATABASE_URL=postgresql://user:password@host:port/postgres. PgBouncer and
Chromium are installed if missing; if that is not possible, the tests that need them are skipped.

Without arguments it runs the tests of all four categories (Architecture, Unit, Integration, E2E), measures the lines of src
that Unit and Integration cover, and fails below 80 %. With --category the coverage of these two is measured too, and
build/coverage.sh merges and checks it when both are available. With arguments for dotnet test coverage is not measured, as it
would be incomplete. E2E runs the published program, which is compiled ahead of time and cannot be measured.

A few failed tests of Integration and E2E (at most 3 of each) are repeated once, alone. Those that pass then are reported as
flaky, with their names, and do not fail the run.

Environment: CONFIGURATION, Debug or Release (default); CI=true, which refuses packages that are not in the lock files.
Results are in artifacts/test-results, the coverage in artifacts/coverage (index.html, Cobertura.xml). The last line is
`N passed, N failed`; the exit code is 0 if some tests ran, none failed, and the coverage is sufficient.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=(Architecture Unit Integration E2E)
in_process=(Unit Integration)
repeated=(Integration E2E)
max_repeated=3
configuration=${CONFIGURATION:-Release}
results=$PWD/artifacts/test-results
coverage=$PWD/artifacts/coverage
program=$PWD/artifacts/program

. build/compiler.sh

# Temporary files of the tests' tools are removed with this run.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/qrai-tests-XXXXXX")
export TMPDIR
chmod 755 "$TMPDIR" # PostgreSQL runs as another user
trap 'stop_compiler; rm -rf "$TMPDIR"' EXIT

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "$*" >&2
  exit 1
}

check_sdk() {
  command -v dotnet >/dev/null ||
    fail "The .NET SDK is missing: install version 10, https://dotnet.microsoft.com/download"
  dotnet --version >/dev/null ||
    fail "The installed .NET SDK is not the one that global.json requires: install version 10"
}

has_docker() {
  if command -v docker >/dev/null; then
    timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
  else
    [[ -S /var/run/docker.sock ]] && command -v curl >/dev/null &&
      curl --silent --fail --max-time 5 --unix-socket /var/run/docker.sock http://localhost/_ping >/dev/null 2>&1
  fi
}

has_postgres() {
  local bin
  if command -v postgres >/dev/null && command -v initdb >/dev/null; then
    return 0
  fi
  for bin in /usr/lib/postgresql/*/bin; do
    if [[ -x $bin/postgres && -x $bin/initdb ]]; then
      return 0
    fi
  done
  return 1
}

provide_postgres() {
  if [[ -n ${QRAI_TEST_DATABASE_URL:-} ]] || has_postgres || has_docker; then
    return 0
  fi
  local advice="start Docker, install PostgreSQL's server programs (Debian: apt-get install postgresql), \
or set QRAI_TEST_DATABASE_URL=postgresql://user:password@host:port/postgres"
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    fail "The tests need PostgreSQL: $advice"
  fi

  say "Installing PostgreSQL"
  export DEBIAN_FRONTEND=noninteractive
  local package=postgresql
  apt-get update -qq
  if apt-cache show postgresql-15 >/dev/null 2>&1; then
    package=postgresql-15
  fi
  # The tests start their own servers: Debian's package must not create and start one.
  apt-get install -y -qq --no-install-recommends postgresql-common
  if [[ -f /etc/postgresql-common/createcluster.conf ]]; then
    sed -ri 's/^#?\s*create_main_cluster\s*=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  apt-get install -y -qq --no-install-recommends "$package"
  has_postgres || fail "PostgreSQL was installed, but its programs are not in the expected folders: $advice"
}

provide_pgbouncer() {
  ./build/tools.sh pgbouncer || say "The tests behind PgBouncer are skipped"
}

provide_chromium() {
  ./build/tools.sh chromium || say "The tests of the page in a browser are skipped"
}

build() {
  local locked=()
  if [[ ${CI:-} == true ]]; then
    locked=(--locked-mode)
  fi
  say "Building ($configuration)"
  dotnet restore QrAi.sln "${locked[@]}" --verbosity quiet
  dotnet build QrAi.sln --no-restore --configuration "$configuration" --verbosity quiet
}

# The end-to-end tests run this program.
publish_program() {
  rm -rf "$program"
  dotnet publish src/WebApi --no-build --configuration "$configuration" --output "$program" --verbosity quiet
  export QRAI_E2E_PROGRAM=$program
}

# Prints a counter of a TRX file.
counter() {
  sed -n "s/.*<Counters [^>]*\\b$1=\"\\([0-9]*\\)\".*/\\1/p" "$2" | head -n 1
}

passed=0 failed=0 skipped=0
summary=()

# Prints the full names of the methods that failed in a TRX file, without their arguments.
failed_tests() {
  local id
  sed -n 's/.*<UnitTestResult .*testId="\([^"]*\)".*outcome="Failed".*/\1/p' "$1" | while read -r id; do
    sed -n "/<UnitTest .*id=\"$id\"/,/<\/UnitTest>/s/.*<TestMethod .*className=\"\([^\"]*\)\" name=\"\([^\"(]*\).*/\1.\2/p" "$1"
  done | sort -u
}

# Runs the few tests that failed a second time, alone. Prints how many of them fail again.
fail_again() {
  local project=$1 trx=$results/$1.again.trx filter
  filter=$(failed_tests "$results/$project.trx" | sed 's/^/FullyQualifiedName~/' | paste -sd '|')
  dotnet test "tests/$project" --no-build --configuration "$configuration" \
    --logger "trx;LogFileName=$trx" --filter "$filter" >&2 || true
  if [[ -f $trx ]] && (($(counter executed "$trx") > 0)); then
    echo $(($(counter executed "$trx") - $(counter passed "$trx")))
  else
    echo 1
  fi
}

# Runs a project's tests and adds to the totals. An aborted run counts as one failure, so that it does not appear successful.
# Tests with processes, sockets and time limits that fail once in a busy moment are repeated alone; what passes then is
# reported as flaky.
run() {
  local project=$1 trx=$results/$1.trx status=0 start=$SECONDS
  shift
  if [[ $measured == true && " ${in_process[*]} " == *" $project "* ]]; then
    set -- --settings tests/coverage.runsettings --collect 'XPlat Code Coverage' --results-directory "$coverage/$project"
  fi
  say "$project"
  dotnet test "tests/$project" --no-build --configuration "$configuration" \
    --logger "trx;LogFileName=$trx" "$@" || status=$?

  local total=0 ran=0 good=0
  if [[ -f $trx ]]; then
    total=$(counter total "$trx") ran=$(counter executed "$trx") good=$(counter passed "$trx")
  fi
  local bad=$((ran - good)) note=
  if ((status != 0 && bad == 0)); then
    bad=1 note=" (the run was aborted with exit code $status)"
  elif ((bad > 0 && bad <= max_repeated)) && [[ " ${repeated[*]} " == *" $project "* ]]; then
    local again
    say "$project, the tests that failed"
    again=$(fail_again "$project")
    if ((again == 0)); then
      note=" ($bad flaky: $(failed_tests "$trx" | sed 's/.*\.//' | paste -sd ' '))"
      good=$((good + bad)) bad=0
    fi
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - ran))
  summary+=("$(printf '%-12s %4d passed, %d failed, %d skipped, %d s%s' \
    "$project" "$good" "$bad" $((total - ran)) $((SECONDS - start)) "$note")")
}

projects=()
while [[ ${1:-} == --category ]]; do
  [[ " ${all[*]} " == *" ${2:-} "* ]] || fail "--category is one of: ${all[*]}"
  projects+=("$2")
  shift 2
done
# Coverage is measured only for whole projects, and checked only for all of them.
measured=true checked=false
if (($# > 0)); then
  measured=false
fi
if ((${#projects[@]} == 0)); then
  projects=("${all[@]}")
  checked=$measured
fi

check_sdk
provide_postgres
provide_pgbouncer
provide_chromium
build
mkdir -p "$results" "$coverage"
if [[ $checked == true ]]; then
  rm -rf "${results:?}"/* "${coverage:?}"/*
fi
if [[ " ${projects[*]} " == *" E2E "* ]]; then
  publish_program
fi
for project in "${projects[@]}"; do
  rm -rf "${results:?}/$project.trx" "${coverage:?}/$project"
  run "$project" "$@"
done

covered=true
if [[ $checked == true ]]; then
  ./build/coverage.sh || covered=false
fi

say "Results (details in artifacts/test-results, ${SECONDS} s)"
printf '%s\n' "${summary[@]}"
if ((passed + failed == 0)); then
  echo "No test ran."
fi
line="$passed passed, $failed failed"
if ((skipped > 0)); then
  line+=", $skipped skipped"
fi
echo "$line"
[[ $covered == true ]] && ((failed == 0 && passed > 0))
