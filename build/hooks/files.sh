# shellcheck shell=bash
# Shared by the other hooks: the choice of the files to check.

# Sets `files` to the files after `--`; without any, to all tracked and untracked, not ignored files that match one of the
# pathspecs before it. Pathspecs that begin with `:!` exclude files in both cases.
choose_files() {
  local included=() excluded=() file all=()
  while [[ $1 != -- ]]; do
    if [[ $1 == ':!'* ]]; then
      excluded+=("$1")
    else
      included+=("$1")
    fi
    shift
  done
  shift
  if (($# > 0)); then
    included=("${@/#/:(literal)}")
  fi
  mapfile -d '' -t all < <(git ls-files -z --cached --others --exclude-standard -- "${included[@]}" "${excluded[@]}" | sort -zu)
  files=()
  for file in "${all[@]}"; do
    # git lists deleted files too.
    if [[ -f $file && ! -L $file ]]; then
      files+=("$file")
    fi
  done
}
