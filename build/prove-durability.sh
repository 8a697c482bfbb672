#!/usr/bin/env bash
# Proves that no answer is lost when processes are killed, paused or stopped while they generate answers.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-durability.sh [--kills N] [--only NAME,…]

kills     three replicas on one PostgreSQL answer 40 callers, and N times (100 by default) one of them is killed (-9): no
          question is lost or answered twice, every caller has received exactly the stored text, no temporary rows remain
pause     one is paused (SIGSTOP) for longer than its lease and resumed: it does not overwrite the text of another one
deaths    an answer whose processes always die fails as interrupted after three takeovers
replicas  a replica follows, reads, cancels and deletes the answers of another one in time
sqlite    the only process, on SQLite, is killed during answers, and restarted
shutdown  one is stopped (SIGTERM) while it generates an answer: another one takes the answer over at once
limits    60 callers spend the limit of a key over three replicas, one of which is killed every 5 s: it is not exceeded
rates     three replicas together allow as many questions as the rate limit says

Prints a line for each check, ok or FAILED, with its measurements. The exit code is 1 if any failed; the logs of the processes
are then in artifacts/durability. Everything is removed at the end. Takes about 2 minutes, and 5 s for each kill.

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest installed version);
TMPDIR, the parent folder of the databases (default /var/tmp);
PUBLISH_ARGUMENTS, additional arguments for publishing QrAi; QRAI_PROGRAM, a published program to use instead.
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

prepare durability 1024

say "publishing"
publish build/Durability programs/durability
publish_qrai
durability=$work/programs/durability/QrAi.Durability

say "starting PostgreSQL"
port=$("$durability" port)
start_postgres "$port"

status=0
run_to_completion "$durability" run --qrai "$QRAI_PROGRAM" --postgres "127.0.0.1:$port" --password "$password" \
  --work "$work" --kills "$kills" --only "$only" || status=$?
if ((status != 0)); then
  mkdir -p artifacts/durability
  cp "$work"/*.log artifacts/durability/
fi
exit "$status"
