#!/usr/bin/env bash
# Scans the container image for packages with known vulnerabilities.
set -euo pipefail

usage() {
  cat <<'EOF'
build/scan-image.sh [image]

Builds the image unless one is named, and scans it with Grype, in a container that can access only the image's archive. Fails
if a vulnerability is high or critical and a fixed version exists; vulnerabilities without a fixed version are not reported.
Writes artifacts/image/image.sarif.

Needs a Docker engine, which pulls Grype, and Grype's database from the internet.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Pinned by its digest, as a tag can be moved.
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
  echo "Grype did not write a report (exit code $status)." >&2
  exit 1
}
jq --raw-output '.runs[].results[] | "\(.level): \(.ruleId): \(.message.text)"' "$report"
jq --raw-output '"\([.runs[].results[]] | length) vulnerabilities with a fixed version, in '"$report"'"' "$report"
exit "$status"
