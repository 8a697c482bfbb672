#!/usr/bin/env bash
# Takes the pictures of the page in docs/pictures from the running program.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

QRAI_PICTURES=$(mktemp -d)
export QRAI_PICTURES
trap 'rm -rf "$QRAI_PICTURES"' EXIT

dotnet test tests/E2E --configuration Release --filter FullyQualifiedName~PagePictures
mkdir -p docs/pictures
for picture in page-chat page-ja-dark-source page-ja-narrow-chat; do
  cp "$QRAI_PICTURES/$picture.png" docs/pictures/
done
ls -l docs/pictures
