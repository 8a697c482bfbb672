#!/usr/bin/env bash
# Measures QrAi against the provider alone and against the least program that could do its work, on a PostgreSQL
# made for it, and prints the table of docs/performance.md. Everything it makes is gone afterwards.
set -euo pipefail

usage() {
  cat <<'EOF'
build/benchmark.sh [--quick] [--only baseline|qrai]

  --quick  at most 2.5 minutes instead of 8: fewer and shorter rounds
  --only   measure one of the programs

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest that is installed);
TMPDIR, where the database lies (default /var/tmp: on a disk, not in memory);
PUBLISH_ARGUMENTS, more arguments for publishing QrAi; QRAI_PROGRAM, one that is already published.
EOF
}

limit=480
arguments=()
only=baseline,qrai
while (($#)); do
  case $1 in
  --quick) limit=150 arguments+=(--quick) ;;
  --only) only=${2:?--only needs a name} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
  esac
  shift
done
[[ $only =~ ^(baseline|qrai|baseline,qrai)$ ]] || { usage >&2 && exit 2; }
arguments+=(--only "$only")

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A stream takes two descriptors of the server.
ulimit -n "$(ulimit -Hn)"
if (($(ulimit -n) < 10000)); then
  echo "4,000 streams need 10,000 open files, the limit here is $(ulimit -n)" >&2
  exit 1
fi

installed() {
  { find /usr/lib/postgresql /usr/pgsql-* -name initdb -printf '%h\n' 2>/dev/null || true; } | sort -V | tail -1
}
bin=${POSTGRES_BIN:-$(installed)}
[[ -x $bin/initdb ]] || { echo "no initdb here: install PostgreSQL or set POSTGRES_BIN" >&2 && exit 1; }

work=$(mktemp -d "${TMPDIR:-/var/tmp}/qrai-benchmark.XXXXXX")
chmod 755 "$work"
as_postgres=()
if ((EUID == 0)); then
  as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
fi

# shellcheck disable=SC2317 # the trap calls it
clean() {
  trap '' INT TERM
  if [[ -f $work/pids ]]; then
    while read -r pid; do
      # Only if it is still what was started: its working folder is below ours.
      if [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$work"/* ]]; then
        kill -KILL "$pid" 2>/dev/null || true
      fi
    done <"$work/pids"
  fi
  if [[ -f $work/database/data/postmaster.pid ]]; then
    "${as_postgres[@]}" "$bin/pg_ctl" -D "$work/database/data" -m immediate -s stop || true
  fi
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { echo "$*" >&2; }

say "publishing"
publish() {
  dotnet publish "$1" -c Release -o "$work/$2" -v quiet --nologo "${@:3}" >"$work/publish.log" 2>&1 || {
    cat "$work/publish.log" >&2
    say "$1 cannot be published"
    exit 1
  }
}
publish build/Benchmark programs/benchmark
if [[ $only == *qrai* ]]; then
  if [[ -z ${QRAI_PROGRAM:-} ]]; then
    read -ra more <<<"${PUBLISH_ARGUMENTS:-}"
    publish src/WebApi programs/qrai "${more[@]}"
    QRAI_PROGRAM=$work/programs/qrai/QrAi.WebApi
  fi
  arguments+=(--qrai "$(realpath "$QRAI_PROGRAM")")
fi
benchmark=$work/programs/benchmark/QrAi.Benchmark

say "starting PostgreSQL"
password=benchmark
mkdir "$work/database"
echo "$password" >"$work/database/password"
((EUID != 0)) || chown -R postgres "$work/database"
port=$("$benchmark" port)
(
  cd "$work/database"
  "${as_postgres[@]}" "$bin/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C \
    >initdb.log || { cat initdb.log >&2 && exit 1; }
  # fsync, synchronous_commit and all else stay as they are in use.
  "${as_postgres[@]}" "$bin/pg_ctl" -D data -l server.log -w -s \
    -o "-h 127.0.0.1 -p $port -k $work/database" start || { cat server.log >&2 && exit 1; }
)
for name in baseline qrai; do
  PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$port" -U postgres "$name"
done

# Ends by itself; the few seconds are for ending all and cleaning up.
left=$((limit - SECONDS - 8))
"$benchmark" run "${arguments[@]}" --seconds "$left" --postgres "127.0.0.1:$port" --password "$password" --work "$work" &
running=$!
status=0
trap 'kill -TERM "$running" 2>/dev/null || true' INT TERM
# A signal ends the first wait; the second one is for the program's own end.
wait "$running" || status=$?
if kill -0 "$running" 2>/dev/null; then
  status=0
  wait "$running" || status=$?
fi
exit "$status"
