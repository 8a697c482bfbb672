#!/usr/bin/env bash
# Compares QrAi with the provider alone, with the minimal program that could do its work, and with the minimal program with the
# same guarantees, on a PostgreSQL server of its own, and prints the tables of docs/performance.md. Removes all that it creates.
set -euo pipefail

usage() {
  cat <<'EOF'
build/benchmark.sh [--quick] [--only baseline|durable|qrai] [--sizes]

  --quick  at most 2 minutes after publishing instead of 7: fewer and shorter rounds
  --only   measure only these programs, separated by commas
  --sizes  measure instead that the cost does not grow with the data: a page among 1,000,000 sessions, a question in a
           session of 10,000 messages

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest installed version);
TMPDIR, the parent folder of the database (default /var/tmp: on a disk, not in memory);
PUBLISH_ARGUMENTS, additional arguments for publishing QrAi; QRAI_PROGRAM, a published program to use instead.
EOF
}

limit=420
arguments=()
only=baseline,durable,qrai
while (($#)); do
  case $1 in
  --quick) limit=120 arguments+=(--quick) ;;
  --sizes) arguments+=(--sizes) ;;
  --only) only=${2:?--only needs a name} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
  esac
  shift
done
[[ $only =~ ^(baseline|durable|qrai)(,(baseline|durable|qrai))*$ ]] || { usage >&2 && exit 2; }
arguments+=(--only "$only")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/postgres.sh

# A stream needs two file descriptors in the server.
prepare benchmark 10000

say "publishing"
publish build/Benchmark programs/benchmark
if [[ $only == *qrai* ]]; then
  publish_qrai
  arguments+=(--qrai "$QRAI_PROGRAM")
fi
benchmark=$work/programs/benchmark/QrAi.Benchmark

say "starting PostgreSQL"
port=$("$benchmark" port)
start_postgres "$port"
create_databases "$port" baseline durable qrai

run_to_completion "$benchmark" run "${arguments[@]}" --seconds "$limit" \
  --postgres "127.0.0.1:$port" --password "$password" --work "$work"
