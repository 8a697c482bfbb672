#!/usr/bin/env bash
# Looks for packages with known vulnerabilities in the container image.
set -euo pipefail

usage() {
  cat <<'EOF'
build/scan-image.sh [image]

Builds the image unless one is named, and scans it with Grype, in a container that sees nothing but the image's archive. Fails
where a vulnerability is high or critical and a version without it exists; what has no such version is not reported, since
nothing can be done about it here. Writes artifacts/image/image.sarif.

Needs a Docker engine, which pulls Grype, and Grype's database from the internet.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# By its digest: a tag can be moved.
grype=anchore/grype:v0.118.0@sha256:8a93fc48da96bd6ec5981279d099b69de11541dc68fdf222fb9161f8ff284af7
image=${1:-qrai:scan}

work=$(mktemp -d "${TMPDIR:-/tmp}/qrai-image-XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

say() { printf '\n== %s\n' "$*"; }

if (($# == 0)); then
  say "Building $image"
  docker build --pull --tag "$image" .
fi
docker save --output "$work/image.tar" "$image"
chmod 644 "$work/image.tar"

say "Scanning $image"
mkdir -p artifacts/image
report=artifacts/image/image.sarif
status=0
docker run --rm --volume "$work/image.tar:/image.tar:ro" "$grype" docker-archive:/image.tar \
  --only-fixed --fail-on high --output sarif >"$report" || status=$?
[[ -s $report ]] || {
  echo "Grype has written no report (exit code $status)." >&2
  exit 1
}
jq --raw-output '.runs[].results[] | "\(.level): \(.ruleId): \(.message.text)"' "$report"
jq --raw-output '"\([.runs[].results[]] | length) vulnerabilities that can be mended, in '"$report"'"' "$report"
exit "$status"
