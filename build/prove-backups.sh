#!/usr/bin/env bash
# Proves that damaged backups are detected, and measures the cost of backups. Removes all that it creates.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-backups.sh [--flips|--cost]

  --flips  only flips 240 single bits of a dump and its manifest, for each kind of database; each is detected or harmless
  --cost   only compares create and verify with the dump alone, and measures a restore of 100,000 messages

Environment: POSTGRES_BIN, the folder of initdb and pg_dump (default: the newest installed version); TMPDIR, the parent
folder of the database and the backups (default /var/tmp: on a disk, not in memory); ROUNDS, the number of rounds (default 7);
PUBLISH_ARGUMENTS, additional arguments for publishing QrAi.
EOF
}

flips=true cost=true
while (($#)); do
  case $1 in
  --flips) cost=false ;;
  --cost) flips=false ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
rounds=${ROUNDS:-7}

say() { printf '\n== %s\n' "$*"; }

if [[ $flips == true ]]; then
  say "Flipping bits"
  dotnet test tests/Integration --configuration Release --logger 'console;verbosity=detailed' \
    --filter "Name=Each_of_240_single_bit_flips_is_caught_or_harmless" | grep -E ' flips: |^ +(Passed|Failed) |^(Passed|Failed)!|Total tests'
  # The exit code of the tests, not of grep.
  ((PIPESTATUS[0] == 0)) || exit 1
fi
[[ $cost == true ]] || exit 0

installed() {
  { find /usr/lib/postgresql /usr/pgsql-* -name initdb -printf '%h\n' 2>/dev/null || true; } | sort -V | tail -1
}
bin=${POSTGRES_BIN:-$(installed)}
[[ -x $bin/initdb ]] || { echo "initdb was not found: install PostgreSQL or set POSTGRES_BIN" >&2 && exit 1; }
export PATH=$bin:$PATH

work=$(mktemp -d "${TMPDIR:-/var/tmp}/qrai-backups.XXXXXX")
chmod 755 "$work"
as_postgres=()
if ((EUID == 0)); then
  as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
fi

# shellcheck disable=SC2317 # the trap calls it
clean() {
  if [[ -f $work/database/data/postmaster.pid ]]; then
    "${as_postgres[@]}" "$bin/pg_ctl" -D "$work/database/data" -m immediate -s stop || true
  fi
  rm -rf "$work"
}
trap clean EXIT

say "Publishing"
read -ra more <<<"${PUBLISH_ARGUMENTS:-}"
dotnet publish src/WebApi -c Release -o "$work/program" -v quiet --nologo "${more[@]}"
qrai=$work/program/QrAi.WebApi

say "Starting PostgreSQL and inserting data"
export PGHOST=127.0.0.1 PGPORT=$((20000 + RANDOM % 10000)) PGUSER=postgres PGPASSWORD=backups
mkdir "$work/database"
echo "$PGPASSWORD" >"$work/database/password"
((EUID != 0)) || chown -R postgres "$work/database"
(
  cd "$work/database"
  "${as_postgres[@]}" "$bin/initdb" -D data -U postgres -A scram-sha-256 --pwfile=password -E UTF8 --locale=C >initdb.log
  "${as_postgres[@]}" "$bin/pg_ctl" -D data -l server.log -w -s \
    -o "-h 127.0.0.1 -p $PGPORT -k $work/database" start
)
"$bin/createdb" qrai
export DATABASE_URL=postgresql://postgres:$PGPASSWORD@127.0.0.1:$PGPORT/qrai
export BACKUP_DIRECTORY=$work/backups LOG_LEVEL=WARNING ENVIRONMENT=test
"$qrai" migrate >/dev/null
# 5,000 sessions with 20 messages each, of 200 to 600 characters that compress about as well as text.
"$bin/psql" -q -v ON_ERROR_STOP=1 qrai <<'EOF'
INSERT INTO sessions (id, title, folded_title, message_count, created_at, updated_at, version)
SELECT gen_random_uuid(), 'Session ' || i, 'session ' || i, 20, now() - i * interval '1 min', now(), 1
FROM generate_series(1, 5000) AS i;
INSERT INTO messages (id, session_id, number, role, content, status, created_at)
SELECT gen_random_uuid(), s.id, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
  (SELECT string_agg(substr('the answer to this question is that nobody has ever seen one', (random() * 40)::int + 1,
    (random() * 12)::int + 3), ' ') FROM generate_series(1, 20 + (random() * 40)::int + 0 * n)),
  'completed', now()
FROM sessions AS s, generate_series(1, 20) AS n;
VACUUM ANALYZE;
EOF
"$bin/psql" -At qrai -c "SELECT count(*) || ' messages, ' || pg_size_pretty(pg_database_size('qrai')) FROM messages"

# Prints the duration of a command in seconds.
seconds() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null
  awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", to - from }'
}
median() {
  awk -v column="$1" '{ print $column }' "$work/rounds" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

say "Measuring, $rounds rounds"
for ((round = 0; round <= rounds; round++)); do
  dump=$(seconds "$bin/pg_dump" -Fc -Z1 -f "$work/alone.dump" qrai)
  plain=$(seconds "$bin/pg_dump" -Fc -f "$work/alone.dump" qrai)
  create=$(seconds "$qrai" backup create)
  verify=$(seconds "$qrai" backup verify)
  # The first round is a warm-up. Ratios are within a round, as the load of the machine may differ between rounds.
  ((round == 0)) || awk -v d="$dump" -v p="$plain" -v c="$create" -v v="$verify" \
    'BEGIN { printf "%s %s %s %s %.2f %.2f %.2f\n", d, p, c, v, c + v, (c + v) / d, (c + v) / p }' >>"$work/rounds"
done
row() { printf '%-36s %6s\n' "$1" "$(median "$2")"; }
row "pg_dump -Fc -Z1 alone, s" 1
row "pg_dump -Fc alone, s" 2
row "backup create, s" 3
row "backup verify, s" 4
row "create and verify, s" 5
row "times pg_dump -Fc -Z1" 6
row "times pg_dump -Fc" 7

say "Restoring into an empty database, and over a full one"
id=$("$qrai" backup list | awk 'NR == 1 { print $1 }')
"$bin/createdb" empty
"$qrai" restore "$id" --into "${DATABASE_URL%/qrai}/empty"
"$qrai" restore "$id" --yes
