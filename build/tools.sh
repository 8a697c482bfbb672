#!/usr/bin/env bash
# build/tools.sh PROGRAM…: installs the missing programs from the Debian or Ubuntu packages of the same names.
set -euo pipefail

# Debian installs servers in a folder that is not in the PATH of unprivileged users.
PATH=$PATH:/usr/sbin

missing=()
for program in "$@"; do
  command -v "$program" >/dev/null || missing+=("$program")
done
if ((${#missing[@]} == 0)); then
  echo "All are installed: $*"
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  as_root=(sudo --non-interactive)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "Missing, and cannot be installed by this script (Debian: apt-get install ${missing[*]}): ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install --yes -qq --no-install-recommends "${missing[@]}" >/dev/null
for program in "${missing[@]}"; do
  command -v "$program" >/dev/null || {
    echo "$program was installed, but cannot be found" >&2
    exit 1
  }
done
echo "Installed: ${missing[*]}"
