#!/usr/bin/env bash
# Starts all services of docker-compose.yml with empty volumes, tests them, and removes them.
set -euo pipefail

usage() {
  cat <<'EOF'
build/compose-test.sh

Builds the image, starts every service of docker-compose.yml under a separate project name and separate ports, and checks that

- a question is answered, and its session is stored across a restart of the service;
- the service runs as an unprivileged user on a read-only file system;
- SIGTERM ends it with exit code 0, and a second migration has nothing to do;
- a backup is created, uploaded, and verified.

Everything is removed at the end. Needs a Docker engine with docker compose or docker-compose; takes 2 to 5 minutes.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export COMPOSE_PROJECT_NAME=qrai-test-$$
export API_PORT=$((20000 + RANDOM % 4000)) POSTGRES_PORT=$((24000 + RANDOM % 4000)) AZURITE_PORT=$((28000 + RANDOM % 3000))
export LLM_PROVIDERS=offline

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "$*" >&2
  compose logs --tail 30 >&2 || true
  exit 1
}

compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose "$@"
  else
    docker-compose "$@"
  fi
}

clean_up() {
  compose down --volumes --timeout 5 >/dev/null 2>&1 || true
}
trap clean_up EXIT

# Runs a command until it succeeds, for at most a minute.
eventually() {
  local tries
  for ((tries = 0; tries < 120; tries++)); do
    if "$@" >/dev/null 2>&1; then
      return
    fi
    sleep 0.5
  done
  fail "Not successful within a minute: $*"
}

api() {
  curl --silent --show-error --fail --max-time 30 --header 'Content-Type: application/json' "http://127.0.0.1:$API_PORT$1" "${@:2}"
}

ready() { api /health/ready; }

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

say "Building the image"
docker build --network host --quiet --tag qrai:local .

say "Starting everything"
compose up --detach --no-build || fail "Some services did not start."
eventually ready
echo "Ready at http://127.0.0.1:$API_PORT"

say "A question"
answer=$(api /api/questions --data '{"question":"日本の首都は？"}')
session=$(field sessionId <<<"$answer")
[[ -n $session && $answer == *'"status":"completed"'* ]] || fail "The question was not answered: $answer"
echo "Answered in session $session"

say "User and file system"
user=$(compose exec -T api id -u)
[[ $user != 0 ]] || fail "The service runs as root."
if compose exec -T api touch /app/written >/dev/null 2>&1; then
  fail "The service can write to its program folder."
fi
echo "It runs as user $user and cannot write to /app"

say "Health"
healthy() { [[ $(docker inspect --format '{{.State.Health.Status}}' "$(compose ps --quiet api)") == healthy ]]; }
eventually healthy
echo "The engine reports it as healthy"

say "SIGTERM"
compose stop --timeout 40 api >/dev/null 2>&1
code=$(docker inspect --format '{{.State.ExitCode}}' "$(compose ps --all --quiet api 2>/dev/null || compose ps --quiet api)")
[[ $code == 0 ]] || fail "It ended with exit code $code."
echo "It ended with exit code 0"

say "A second start"
compose run --rm -T migrate migrate
compose up --detach --no-build api >/dev/null 2>&1
eventually ready
api "/api/sessions/$session/messages" | grep --quiet '日本の首都は？' || fail "The session is lost."
echo "The session is still stored"

say "A backup"
compose exec -T backup /app/QrAi.WebApi backup create
compose exec -T backup /app/QrAi.WebApi backup verify
compose exec -T backup /app/QrAi.WebApi backup list

say "An invalid setting"
container=$(docker create --env DATABASE_URL=nonsense qrai:local)
docker start --attach "$container" || true
code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
docker rm "$container" >/dev/null
[[ $code == 78 ]] || fail "It ended with exit code $code."
echo "It ended with exit code 78"

say "All checks passed"
