# shellcheck shell=bash
# Sourced by scripts that build: the builds of one script share a compiler server, which saves a quarter of the time of a whole
# build. No process of a build may outlive it, so the server has a name of its own, and `stop_compiler` ends it.

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export UseSharedCompilation=true SharedCompilationId=qrai-$$

stop_compiler() {
  local sdk
  command -v dotnet >/dev/null || return 0
  sdk=$(dotnet --list-sdks | sed -n "s|^$(dotnet --version) \[\(.*\)\]\$|\1/$(dotnet --version)|p")
  if [[ -x $sdk/Roslyn/bincore/VBCSCompiler ]]; then
    "$sdk/Roslyn/bincore/VBCSCompiler" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1 || true
  elif [[ -f $sdk/Roslyn/bincore/VBCSCompiler.dll ]]; then
    dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1 || true
  fi
}
