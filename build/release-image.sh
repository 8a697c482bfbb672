#!/usr/bin/env bash
# Builds the image of a release, with its SBOM and its provenance.
set -euo pipefail

usage() {
  cat <<'EOF'
build/release-image.sh [--push] [TAG]

TAG is v1.2.3 or v1.2.3-beta.1, by default GITHUB_REF_NAME. Without --push the image, its SBOM and its provenance are written
to artifacts/image/qrai-1.2.3.tar. With it they are pushed to the registry, as {repository}:1.2.3, and checked there; a
release that is not a pre-release is also {repository}:latest.

Environment: IMAGE_REPOSITORY, by default ghcr.io/GITHUB_REPOSITORY or qrai; REGISTRY_USER and REGISTRY_PASSWORD, to sign in;
SOURCE_DATE_EPOCH, by default the commit's time, so that builds of the same commit are equal.
Needs a Docker engine with buildx.
EOF
}

push=false
tag=${GITHUB_REF_NAME:-}
while (($#)); do
  case $1 in
  -h | --help) usage && exit 0 ;;
  --push) push=true ;;
  v*) tag=$1 ;;
  *) usage >&2 && exit 64 ;;
  esac
  shift
done
if [[ ! $tag =~ ^v([0-9]+\.[0-9]+\.[0-9]+)(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "'$tag' is not a version: v1.2.3 is expected." >&2
  exit 64
fi
version=${tag#v} pre_release=${BASH_REMATCH[2]}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
repository=${IMAGE_REPOSITORY:-}
if [[ -z $repository ]]; then
  repository=qrai
  if [[ -n ${GITHUB_REPOSITORY:-} ]]; then
    repository=ghcr.io/${GITHUB_REPOSITORY,,}
  fi
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d "${TMPDIR:-/tmp}/qrai-release-XXXXXX")
builder=qrai-release-$$
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  docker buildx rm "$builder" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

if [[ $push == true ]]; then
  # The password is passed through a pipe, and stored in a folder that is removed at the end.
  export DOCKER_CONFIG=$work/docker
  mkdir --mode 700 "$DOCKER_CONFIG"
  docker login "${repository%%/*}" --username "${REGISTRY_USER:?}" --password-stdin <<<"${REGISTRY_PASSWORD:?}"
  unset REGISTRY_PASSWORD
  outputs=(--push)
else
  mkdir -p artifacts/image
  outputs=(--output "type=oci,dest=artifacts/image/qrai-$version.tar")
fi
labels=(
  --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$(git rev-parse HEAD)"
)
if [[ -n ${GITHUB_REPOSITORY:-} ]]; then
  labels+=(--label "org.opencontainers.image.source=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY")
fi
tags=(--tag "$repository:$version")
if [[ -z $pre_release ]]; then
  tags+=(--tag "$repository:latest")
fi

# Only a builder in a container supports attestations.
docker buildx create --name "$builder" --driver docker-container >/dev/null
docker buildx build --builder "$builder" --pull --sbom=true --provenance=mode=max \
  "${labels[@]}" "${tags[@]}" "${outputs[@]}" .

if [[ $push == true ]]; then
  for attestation in SBOM Provenance; do
    docker buildx imagetools inspect --format "{{ json .$attestation }}" "$repository:$version" >"$work/attestation"
    jq --exit-status 'length > 0' "$work/attestation" >/dev/null || {
      echo "The image in the registry has no $attestation." >&2
      exit 1
    }
  done
  echo "$repository:$version is in the registry, with its SBOM and its provenance."
fi
