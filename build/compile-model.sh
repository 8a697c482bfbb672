#!/usr/bin/env bash
# Writes EF Core's compiled models, src/Infrastructure/Persistence/{Postgres,Sqlite}/CompiledModel, from the code.
set -euo pipefail

usage() {
  cat <<'EOF'
build/compile-model.sh

To be run after every change of the model, of its converters or of EF Core's version; a unit test fails until it was.
The service reads its model from there, since building it at every start takes a quarter of a second.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# An old model need not compile with the code of today.
export WithoutCompiledModel=true

dotnet tool restore --verbosity quiet >/dev/null
dotnet build src/Infrastructure --verbosity quiet --nologo
for database in Postgres Sqlite; do
  folder=src/Infrastructure/Persistence/$database/CompiledModel
  rm -rf "$folder"
  # With --nativeaot the accessors of properties are written too: otherwise 300 of them are compiled at every start.
  dotnet ef dbcontext optimize --no-build --nativeaot --project src/Infrastructure --context "${database}DbContext" \
    --output-dir "Persistence/$database/CompiledModel" --namespace "QrAi.Infrastructure.Persistence.$database.CompiledModel" \
    >/dev/null
  echo "$folder"
done
