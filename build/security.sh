#!/usr/bin/env bash
# Searches for vulnerable packages, leaked secrets and insecure code.
set -euo pipefail

usage() {
  cat <<'EOF'
build/security.sh [packages|secrets|analysers]…

  packages   vulnerable and deprecated packages, transitive ones included; accepted ones, with reasons, are in
             build/packages.allowed
  secrets    text that looks like a secret, in the files and in the whole history
  analysers  rebuilds with all analysers, the security analysers included, and writes their findings to
             artifacts/analysis, as SARIF

Without names it runs all three. The container image has a script of its own, build/scan-image.sh.

The exit code is 0 without findings, 1 with findings, and 2 if the check is not possible: a package source may not report
vulnerabilities, so it is first queried for packages that are known to be vulnerable.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if (($# != 1)); then
  parts=("$@")
  if (($# == 0)); then
    parts=(packages secrets analysers)
  fi
  # All parts run, whatever one finds; the exit code is the highest of theirs.
  status=0
  for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    result=0
    ./build/security.sh "$part" || result=$?
    status=$((result > status ? result : status))
  done
  exit "$status"
fi

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

work=$(mktemp -d "${TMPDIR:-/tmp}/qrai-security-XXXXXX")
trap 'rm -rf "$work"' EXIT

not_checked() {
  echo "NOT CHECKED: $*" >&2
  exit 2
}

# Prints the vulnerable or deprecated packages of a project or solution, a line each: id, version, reason.
packages_that_are() {
  local what=$1 target=$2
  dotnet list "$target" package "--$what" --include-transitive --format json >"$work/list.json" 2>"$work/list.log" ||
    not_checked "dotnet list package failed: $(cat "$work/list.log" "$work/list.json")"
  jq --raw-output '
    [.projects[].frameworks[]? | .topLevelPackages[]?, .transitivePackages[]?] | unique_by([.id, .resolvedVersion])[]
    | "\(.id) \(.resolvedVersion) "
      + ([(.vulnerabilities[]? | "\(.severity) \(.advisoryurl)"), .deprecationReasons[]?] | join(", "))
  ' "$work/list.json"
}

# The findings about these two versions will not change.
create_canary() {
  mkdir "$work/canary"
  cat >"$work/canary/Canary.csproj" <<'EOF'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Newtonsoft.Json" Version="12.0.1" /> <!-- vulnerable: GHSA-5crp-9r3c-p9vr -->
    <PackageReference Include="WindowsAzure.Storage" Version="9.3.3" /> <!-- deprecated -->
  </ItemGroup>
</Project>
EOF
  dotnet restore "$work/canary" --verbosity quiet
}

packages() {
  local what canary found=false line
  create_canary
  dotnet restore QrAi.sln --locked-mode --verbosity quiet
  for what in vulnerable deprecated; do
    canary=Newtonsoft.Json
    if [[ $what == deprecated ]]; then
      canary=WindowsAzure.Storage
    fi
    packages_that_are "$what" "$work/canary" >"$work/canary.list"
    grep --quiet "^$canary " "$work/canary.list" ||
      not_checked "the package source does not report $what packages, not even $canary. Use one that does."
    packages_that_are "$what" QrAi.sln >"$work/packages"
    while read -r line; do
      # shellcheck disable=SC2086 # the first two words
      set -- $line
      if grep --quiet --fixed-strings "$1 $2 " build/packages.allowed; then
        echo "$what, accepted: $line"
      else
        echo "$what: $line"
        found=true
      fi
    done <"$work/packages"
  done
  if [[ $found == true ]]; then
    return 1
  fi
  echo "No package is vulnerable or deprecated."
}

secrets() {
  ./build/hooks/secrets.sh
  ./build/hooks/secrets.sh --history
  echo "No secrets were found."
}

analysers() {
  local report=$PWD/artifacts/analysis project status=0
  rm -rf "$report"
  mkdir -p "$report"
  ./build/hooks/build.sh --no-incremental "-p:AnalysisLog=$report" || status=1
  # Makes paths relative to the repository, and names each project's run.
  for project in "$report"/*.sarif; do
    jq --arg root "file://$PWD/" --arg id "analysis/$(basename "$project" .sarif)/" '
      (.. | .uri? // empty | strings) |= ltrimstr($root) | .runs[].automationDetails.id = $id
    ' "$project" >"$work/sarif"
    cp "$work/sarif" "$project"
  done
  jq --raw-output --slurp '
    [.[].runs[].results[]] | "\(map(select(.suppressions | length == 0)) | length) findings, "
      + "\(map(select(.suppressions | length > 0)) | length) more that are accepted in the code, with a reason"
  ' "$report"/*.sarif
  return "$status"
}

case ${1:-} in
packages) packages ;;
secrets) secrets ;;
analysers) analysers ;;
*) usage >&2 && exit 64 ;;
esac
