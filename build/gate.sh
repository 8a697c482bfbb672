#!/usr/bin/env bash
# The last job of a workflow: fails unless every job that it needs has succeeded, and none was skipped or cancelled.
# NEEDS has their results: ${{ toJSON(needs) }}.
set -euo pipefail

jq --raw-output 'to_entries[] | "\(.key): \(.value.result)"' <<<"${NEEDS:?}"
jq --exit-status 'length > 0 and all(.result == "success")' <<<"$NEEDS" >/dev/null
