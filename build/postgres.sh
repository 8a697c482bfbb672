# shellcheck shell=bash
# Functions for scripts that run programs on a PostgreSQL server of their own. All files are in $work, which is removed at the end.

say() { echo "$*" >&2; }

# Creates the folder $work, with $1 in its name, and exits if the machine does not meet a requirement. $2 is the number of
# files that a process must be able to open.
prepare() {
  ulimit -n "$(ulimit -Hn)"
  if (($(ulimit -n) < $2)); then
    say "$2 open files are needed, the limit here is $(ulimit -n)"
    exit 1
  fi
  bin=${POSTGRES_BIN:-$(newest_postgres)}
  [[ -x $bin/initdb ]] || { say "initdb was not found: install PostgreSQL or set POSTGRES_BIN" && exit 1; }
  # PostgreSQL refuses to run as root.
  as_postgres=()
  if ((EUID == 0)); then
    as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
  fi
  work=$(mktemp -d "${TMPDIR:-/var/tmp}/qrai-$1.XXXXXX")
  chmod 755 "$work"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

newest_postgres() {
  { find /usr/lib/postgresql /usr/pgsql-* -name initdb -printf '%h\n' 2>/dev/null || true; } | sort -V | tail -1
}

# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  trap '' INT TERM
  local pid
  if [[ -f $work/pids ]]; then
    while read -r pid; do
      # A reused id has another working directory.
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

# publish PROJECT FOLDER [ARGUMENT…]
publish() {
  dotnet publish "$1" -c Release -o "$work/$2" -v quiet --nologo "${@:3}" >"$work/publish.log" 2>&1 || {
    cat "$work/publish.log" >&2
    say "$1 cannot be published"
    exit 1
  }
}

# Sets QRAI_PROGRAM to the published program; publishes it if QRAI_PROGRAM is not set.
publish_qrai() {
  if [[ -z ${QRAI_PROGRAM:-} ]]; then
    local more
    read -ra more <<<"${PUBLISH_ARGUMENTS:-}"
    publish src/WebApi programs/qrai "${more[@]}"
    QRAI_PROGRAM=$work/programs/qrai/QrAi.WebApi
  fi
  QRAI_PROGRAM=$(realpath "$QRAI_PROGRAM")
}

# Starts a server on port $1, and sets $password, the password of its user postgres.
start_postgres() {
  password=throwaway
  mkdir "$work/database"
  echo "$password" >"$work/database/password"
  ((EUID != 0)) || chown -R postgres "$work/database"
  (
    cd "$work/database" || exit 1
    "${as_postgres[@]}" "$bin/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C \
      >initdb.log || { cat initdb.log >&2 && exit 1; }
    # fsync, synchronous_commit and all other settings have their defaults.
    "${as_postgres[@]}" "$bin/pg_ctl" -D data -l server.log -w -s \
      -o "-h 127.0.0.1 -p $1 -k $work/database" start || { cat server.log >&2 && exit 1; }
  )
}

# create_databases PORT NAME…
create_databases() {
  local name
  for name in "${@:2}"; do
    PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$1" -U postgres "$name"
  done
}

# Runs a program, forwards signals to it, and returns its exit code.
run_to_completion() {
  local running status=0
  "$@" &
  running=$!
  trap 'kill -TERM "$running" 2>/dev/null || true' INT TERM
  # A signal interrupts the first wait; the second one waits for the program's end.
  wait "$running" || status=$?
  if kill -0 "$running" 2>/dev/null; then
    status=0
    wait "$running" || status=$?
  fi
  return "$status"
}
