#!/usr/bin/env bash
# Proves that no answer is lost when processes are killed, paused or told to end while they answer.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-durability.sh [--kills N] [--only NAME,…]

kills     three replicas on one PostgreSQL answer 40 callers, and N times (100 by default) one of them is killed (-9): no
          question is lost or answered twice, every caller has exactly what is stored, nothing is left over
pause     one is stopped (SIGSTOP) past its lease and resumed: what another has written stays
deaths    an answer whose processes always die fails as interrupted after three takeovers
replicas  another replica than the one that answers follows, reads, cancels and deletes in time
sqlite    the only process, on SQLite, is killed in the middle of answers, and started again
shutdown  one is told to end (SIGTERM) while it answers: another takes the answer at once

Prints a line for each check, ok or FAILED, with its figures. The exit code is 1 if any failed; the logs of the processes are
then in artifacts/durability. Everything it starts is removed at the end. Takes about 2 minutes, and 5 s for each kill.

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest that is installed);
TMPDIR, where the databases lie (default /var/tmp);
PUBLISH_ARGUMENTS, more arguments for publishing QrAi; QRAI_PROGRAM, one that is already published.
EOF
}

kills=100
only=
while (($#)); do
  case $1 in
  --kills) kills=${2:?--kills needs a number} && shift ;;
  --only) only=${2:?--only needs names} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
  esac
  shift
done
[[ $kills =~ ^[1-9][0-9]*$ ]] || { usage >&2 && exit 2; }

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/postgres.sh

begin durability 1024

say "publishing"
publish build/Durability programs/durability
publish_qrai
durability=$work/programs/durability/QrAi.Durability

say "starting PostgreSQL"
port=$("$durability" port)
start_postgres "$port"

status=0
run_to_its_end "$durability" run --qrai "$QRAI_PROGRAM" --postgres "127.0.0.1:$port" --password "$password" \
  --work "$work" --kills "$kills" --only "$only" || status=$?
if ((status != 0)); then
  mkdir -p artifacts/durability
  cp "$work"/*.log artifacts/durability/
fi
exit "$status"
