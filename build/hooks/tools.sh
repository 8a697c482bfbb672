# shellcheck shell=bash
# Shared by the other hooks: checks for required programs. Each function fails with one line that states how to install it.

# Requires programs from Debian's packages of the same names.
require_tools() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || {
    echo "${0##*/}: ${missing[*]} missing: run build/setup-dev.sh, or install it (Debian: apt-get install ${missing[*]})" >&2
    return 1
  }
}

require_dotnet() {
  command -v dotnet >/dev/null || {
    echo "${0##*/}: dotnet missing: install the .NET SDK of global.json, https://dotnet.microsoft.com/download" >&2
    return 1
  }
}

# Requires a grep with support for Perl expressions.
require_gnu_grep() {
  grep --quiet --perl-regexp . <<<x 2>/dev/null || {
    echo "${0##*/}: GNU grep missing: install it (Debian: apt-get install grep)" >&2
    return 1
  }
}
