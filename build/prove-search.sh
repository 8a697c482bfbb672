#!/usr/bin/env bash
# Measures what the search in documents finds, and how long it and the search in sessions take.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-search.sh DIRECTORY [--fill N] [--only postgres|sqlite] [--dimension N]
build/prove-search.sh --sessions N

Adds each passage of DIRECTORY/passages.jsonl (id, title, text) as a document through the API of a service, searches for each
question of DIRECTORY/questions.jsonl (question, passage), and prints the recall at 1, 3 and 10, MRR@10, the times of the
searches, the time from the first request to the last readable document, the size of the index, and the time until the first token
of an answer with passages and of one without; on PostgreSQL and on SQLite.

--fill N adds passages that are made of the sentences of the others, until there are N.
--dimension N compares vectors of N components too. They have no meaning: this measures times, and not what is found.
Everything is removed at the end.

--sessions N fills PostgreSQL with N sessions of one owner, each with a question and an answer, waits until they are indexed, and
prints how long searches take for words of different frequency.

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest installed version);
TMPDIR, the parent folder of the databases (default /var/tmp);
PUBLISH_ARGUMENTS, additional arguments for publishing QrAi; QRAI_PROGRAM, a published program to use instead.
EOF
}

data='' fill=0 sessions=0 only='' dimension=0
while (($#)); do
  case $1 in
  --fill) fill=${2:?--fill needs a number} && shift ;;
  --sessions) sessions=${2:?--sessions needs a number} && shift ;;
  --only) only=${2:?--only needs a database} && shift ;;
  --dimension) dimension=${2:?--dimension needs a number} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) data=$1 ;;
  esac
  shift
done
[[ $fill =~ ^[0-9]+$ && $sessions =~ ^[0-9]+$ && $dimension =~ ^[0-9]+$ ]] || { usage >&2 && exit 2; }
if ((sessions > 0)); then
  what=(--sessions "$sessions")
else
  [[ -f $data/passages.jsonl && -f $data/questions.jsonl ]] || { usage >&2 && exit 2; }
  what=(--data "$(realpath "$data")" --fill "$fill" --only "$only" --dimension "$dimension")
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/postgres.sh

prepare search 1024

say "publishing"
publish build/SearchProof programs/search
publish_qrai
search=$work/programs/search/QrAi.SearchProof

say "starting PostgreSQL"
port=$("$search" port)
start_postgres "$port"

run_to_completion "$search" run --qrai "$QRAI_PROGRAM" --postgres "127.0.0.1:$port" --password "$password" \
  --work "$work" "${what[@]}"
