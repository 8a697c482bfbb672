# shellcheck shell=bash
# Sourced by scripts that build: the builds of one script share a compiler server, which saves a quarter of the time of a whole
# build. No process of a build may outlive it, so the server has a name of its own, and `stop_compiler` ends it.

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export UseSharedCompilation=true SharedCompilationId=qrai-$$

stop_compiler() {
  local version sdk
  command -v dotnet >/dev/null || return 0
  version=$(dotnet --version)
  sdk=$(dotnet --list-sdks | sed -n "s|^$version \[\(.*\)\]\$|\1/$version|p")
  # It fails if no server was started, as in a build that had nothing to compile.
  dotnet "$sdk/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1 || true
}
