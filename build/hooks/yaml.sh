#!/usr/bin/env bash
# build/hooks/yaml.sh [file…]: fails on YAML that yamllint reports. Its rules are in .yamllint.yaml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. build/hooks/files.sh
. build/hooks/tools.sh
require_tools yamllint

choose_files '*.yml' '*.yaml' -- "$@"
if ((${#files[@]} > 0)); then
  yamllint --strict "${files[@]}"
fi
