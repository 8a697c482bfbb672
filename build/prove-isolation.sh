#!/usr/bin/env bash
# Proves that the tests access only their own resources, and leave nothing behind.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-isolation.sh [--runs N]

1. The whole suite N times in a row (2 by default), each time in another order. The order's number is printed;
   QRAI_TEST_ORDER=number repeats it.
2. A thousand small tests in parallel, and the time for which tests of 25 ms wait for their databases.
3. A run against a server with a development database, whose rows, sequences and roles must not change.
4. Canaries that deliberately access what no test may access: each must fail, and be named.
5. A run whose processes are killed while tests run.

After each step nothing of it may remain: no process, listening port, container, database, or temporary file. Needs Linux and
PostgreSQL's server programs; takes about 4 minutes and 3 more for each run.
EOF
}

runs=2
while (($# > 0)); do
  case $1 in
  -h | --help) usage && exit 0 ;;
  --runs) runs=$2 && shift 2 ;;
  *) usage >&2 && exit 2 ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
configuration=${CONFIGURATION:-Release}
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

work=$(mktemp -d /tmp/qrai-proof-XXXXXX)
chmod 755 "$work"
export TMPDIR=$work/tmp
mkdir -m 1777 "$TMPDIR"
development=
clean_up() {
  if [[ -n $development ]]; then
    as_postgres "$bin/pg_ctl" stop --pgdata "$work/development" --mode immediate >/dev/null 2>&1 || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "NOT PROVED: $*" >&2
  exit 1
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid postgres --regid postgres --init-groups "$@"
  else
    "$@"
  fi
}

find_programs() {
  local candidate
  for candidate in $(command -v initdb | xargs -r dirname) /usr/lib/postgresql/*/bin; do
    if [[ -x $candidate/initdb && -x $candidate/pg_dumpall ]]; then
      bin=$candidate
      return
    fi
  done
  fail "PostgreSQL's server programs are required."
}

# Prints the processes of this script's runs, a line each: they have its variable in their environment, or run in folders of
# the tests (PostgreSQL overwrites its environment with its title).
own_processes() {
  local process folder
  for process in /proc/[0-9]*; do
    folder=$(readlink "$process/cwd" || true)
    if [[ $(readlink "$process/exe") != */bash ]] &&
      { [[ $folder == "$TMPDIR"/* || $folder == /dev/shm/qrai-* ]] ||
        grep --quiet --null-data --fixed-strings "QRAI_PROOF=$work" "$process/environ"; }; then
      echo "process ${process#/proc/} $(tr '\0' ' ' <"$process/cmdline" | cut -c 1-400)"
    fi
  done 2>/dev/null
}

# Prints what a run could leave, a line each. A port cannot outlive its process.
left_overs() {
  own_processes | { grep -v "$work/development" || true; }
  find /dev/shm "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'qrai-*' | sed 's/^/file /'
  if command -v docker >/dev/null && timeout 10 docker version >/dev/null 2>&1; then
    docker ps --all --filter label=org.testcontainers=true --format 'container {{.ID}} {{.Image}}'
  fi
}

# Waits for the end of a run's processes, up to 20 s, and fails with the rest.
expect_nothing_left() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    if [[ -z $(comm -13 "$work/before" <(left_overs | sort)) ]]; then
      echo "Nothing remains."
      return
    fi
    sleep 0.2
  done
  comm -13 "$work/before" <(left_overs | sort) >&2
  fail "the above remains."
}

run_tests() {
  local project=$1
  shift
  QRAI_PROOF=$work dotnet test "tests/$project" --no-build --configuration "$configuration" "$@"
}

# Starts a server like a developer's, with a database that has data.
start_development() {
  development=$((20000 + RANDOM % 10000))
  install -d -m 700 "$work/development"
  if ((EUID == 0)); then
    chown postgres "$work/development"
  fi
  as_postgres "$bin/initdb" --pgdata "$work/development" --username developer --auth trust --no-sync >/dev/null
  as_postgres "$bin/pg_ctl" start --wait --pgdata "$work/development" --log "$work/development/log" \
    --options "-p $development -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c fsync=off" >/dev/null
  export PGHOST=127.0.0.1 PGPORT=$development PGUSER=developer
  "$bin/psql" --quiet --output /dev/null --dbname postgres <<'SQL'
CREATE ROLE qrai_user LOGIN;
CREATE DATABASE qrai_dev OWNER qrai_user;
\connect qrai_dev
CREATE TABLE sessions (id serial PRIMARY KEY, title text NOT NULL);
INSERT INTO sessions (title) SELECT 'Session ' || n FROM generate_series(1, 1000) n;
CREATE SEQUENCE numbers;
SELECT nextval('numbers') FROM generate_series(1, 7);
SQL
}

# Prints the content of the server: roles, databases, rows, sequences.
snapshot() {
  "$bin/pg_dumpall" --no-sync | grep -v restrict
}

find_programs
say "Building ($configuration)"
dotnet build QrAi.sln --configuration "$configuration" --verbosity quiet
left_overs | sort >"$work/before"

for ((run = 1; run <= runs; run++)); do
  order=$((RANDOM * 32768 + RANDOM))
  say "Run $run of $runs, QRAI_TEST_ORDER=$order"
  QRAI_PROOF=$work QRAI_TEST_ORDER=$order ./build/test.sh >"$work/run.log" 2>&1 || {
    tail -n 60 "$work/run.log"
    fail "the suite failed."
  }
  grep -E '^PostgreSQL of this run' "$work/run.log" || true
  tail -n 6 "$work/run.log"
  expect_nothing_left
done

say "A thousand small tests in parallel; tests of 25 ms"
for test in A_thousand_small_tests What_tests_of_25_ms; do
  run_tests Integration --filter "Name~$test" -- NUnit.ExplicitMode=Relaxed >"$work/run.log" 2>&1 || {
    cat "$work/run.log"
    fail "these tests failed."
  }
  grep -E '^(A thousand tests|Tests of 25 ms)' "$work/run.log"
done
expect_nothing_left

say "A run against a development server"
start_development
snapshot >"$work/development.before"
QRAI_TEST_DATABASE_URL=postgresql://developer@127.0.0.1:$development/qrai_dev \
  run_tests Integration >"$work/run.log" 2>&1 || {
  tail -n 60 "$work/run.log"
  fail "the suite failed."
}
grep -E '^PostgreSQL of this run' "$work/run.log"
snapshot >"$work/development.after"
diff "$work/development.before" "$work/development.after" || fail "the development database has changed."
echo "Every role, database, row and sequence is unchanged ($(wc -l <"$work/development.before") lines)."
expect_nothing_left

say "Canaries"
canary() {
  local project=$1 name=$2 expected=$3
  if run_tests "$project" --filter "Name~$name" -- NUnit.ExplicitMode=Relaxed >"$work/run.log" 2>&1; then
    cat "$work/run.log"
    fail "the canary $name did not fail."
  fi
  grep --max-count 1 --fixed-strings "$expected" "$work/run.log" || {
    cat "$work/run.log"
    fail "the canary $name was not named."
  }
}
canary Unit A_canary_that_reads_a_file 'It wanted the file /etc/passwd'
canary Integration A_canary_that_calls 'It wanted a connection to canary.example'
canary Integration A_canary_that_throws 'thrown with a database in hand'
canary Integration A_canary_that_leaves_a_connection 'Connections outlived their tests'
expect_nothing_left

say "Runs that are killed while tests run"
for project in Integration E2E; do
  run_tests "$project" >"$work/run.log" 2>&1 &
  runner=$!
  for ((tries = 0; tries < 300; tries++)); do
    # A test is running if it uses a database, or runs the program.
    if [[ $(own_processes) =~ postgres:\ .*\ qrai_test_[0-9a-f]+_|QrAi\.WebApi ]]; then
      break
    fi
    sleep 0.1
  done
  mapfile -t victims < <(own_processes | awk -v tests="QrAi.Tests.$project" 'index($0, tests) { print $2 }')
  kill -KILL "${victims[@]}" || fail "$project had no process to kill."
  if wait "$runner" 2>/dev/null; then
    fail "$project ended before it was killed."
  fi
  echo "$project was killed."
  expect_nothing_left
done

say "Proved"
