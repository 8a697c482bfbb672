#!/usr/bin/env bash
# Proves that limits hold over all replicas: what a key may spend, also when processes are killed, and the rate of questions.
set -euo pipefail

exec "$(dirname "${BASH_SOURCE[0]}")/prove-durability.sh" --only limits,rates
