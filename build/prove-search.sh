#!/usr/bin/env bash
# Measures what the search in documents finds, and how long it takes.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-search.sh DIRECTORY [--fill N] [--only postgres|sqlite] [--dimension N]

Adds each passage of DIRECTORY/passages.jsonl (id, title, text) as a document through the API of a service, searches for each
question of DIRECTORY/questions.jsonl (question, passage), and prints the recall at 1, 3 and 10, MRR@10, the times of the
searches, the time from the first request to the last readable document, the size of the index, and the time until the first token
of an answer with passages and of one without; on PostgreSQL and on SQLite.

--fill N adds passages that are made of the sentences of the others, until there are N.
--dimension N compares vectors of N components too. They have no meaning: this measures times, and not what is found.
Everything is removed at the end.

Environment: POSTGRES_BIN, the folder of initdb and postgres (default: the newest installed version);
TMPDIR, the parent folder of the databases (default /var/tmp);
PUBLISH_ARGUMENTS, additional arguments for publishing QrAi; QRAI_PROGRAM, a published program to use instead.
EOF
}

data='' fill=0 only='' dimension=0
while (($#)); do
  case $1 in
  --fill) fill=${2:?--fill needs a number} && shift ;;
  --only) only=${2:?--only needs a database} && shift ;;
  --dimension) dimension=${2:?--dimension needs a number} && shift ;;
  -h | --help) usage && exit 0 ;;
  *) data=$1 ;;
  esac
  shift
done
[[ -f $data/passages.jsonl && -f $data/questions.jsonl && $fill =~ ^[0-9]+$ && $dimension =~ ^[0-9]+$ ]] || { usage >&2 && exit 2; }
data=$(realpath "$data")

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
  --work "$work" --data "$data" --fill "$fill" --only "$only" --dimension "$dimension"
