# shellcheck shell=bash
# Shared by scripts that run programs on a PostgreSQL of their own. Everything lies below $work and is removed at the end.

say() { echo "$*" >&2; }

# Makes $work, a folder named after $1, and exits where the machine lacks something. $2 is how many files a process
# must be able to open.
begin() {
  ulimit -n "$(ulimit -Hn)"
  if (($(ulimit -n) < $2)); then
    say "$2 open files are needed, the limit here is $(ulimit -n)"
    exit 1
  fi
  bin=${POSTGRES_BIN:-$(newest_postgres)}
  [[ -x $bin/initdb ]] || { say "no initdb here: install PostgreSQL or set POSTGRES_BIN" && exit 1; }
  # PostgreSQL refuses to run as root.
  as_postgres=()
  if ((EUID == 0)); then
    as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
  fi
  work=$(mktemp -d "${TMPDIR:-/var/tmp}/qrai-$1.XXXXXX")
  chmod 755 "$work"
  trap end_all EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

newest_postgres() {
  { find /usr/lib/postgresql /usr/pgsql-* -name initdb -printf '%h\n' 2>/dev/null || true; } | sort -V | tail -1
}

# shellcheck disable=SC2317 # the trap calls it
end_all() {
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

# Sets QRAI_PROGRAM to QrAi's program, and publishes it unless it is set.
publish_qrai() {
  if [[ -z ${QRAI_PROGRAM:-} ]]; then
    local more
    read -ra more <<<"${PUBLISH_ARGUMENTS:-}"
    publish src/WebApi programs/qrai "${more[@]}"
    QRAI_PROGRAM=$work/programs/qrai/QrAi.WebApi
  fi
  QRAI_PROGRAM=$(realpath "$QRAI_PROGRAM")
}

# Starts a server on the port $1, and sets $password, that of its user postgres.
start_postgres() {
  password=throwaway
  mkdir "$work/database"
  echo "$password" >"$work/database/password"
  ((EUID != 0)) || chown -R postgres "$work/database"
  (
    cd "$work/database" || exit 1
    "${as_postgres[@]}" "$bin/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C \
      >initdb.log || { cat initdb.log >&2 && exit 1; }
    # fsync, synchronous_commit and all else keep their defaults.
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

# Runs a program, passes signals on to it, and returns its exit code.
run_to_its_end() {
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
