#!/usr/bin/env bash
# Measures the page of the published program: its first and second visit, and opening a chat of 2,000 messages.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

QRAI_PAGE_TIMES=true dotnet test tests/E2E --configuration Release --filter FullyQualifiedName~PageTimes \
  --logger 'console;verbosity=detailed' | grep -E '^ *PAGE|Failed|error'
