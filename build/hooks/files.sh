# shellcheck shell=bash
# What the other hooks share: which files they look at.

# Sets `files` to those that are given after `--`; where none are, to all that git has or would add and that match one of the
# path specifications before it. Those that begin with `:!` count for both.
choose_files() {
  local wanted=() unwanted=() file all=()
  while [[ $1 != -- ]]; do
    if [[ $1 == ':!'* ]]; then
      unwanted+=("$1")
    else
      wanted+=("$1")
    fi
    shift
  done
  shift
  if (($# > 0)); then
    wanted=("${@/#/:(literal)}")
  fi
  mapfile -d '' -t all < <(git ls-files -z --cached --others --exclude-standard -- "${wanted[@]}" "${unwanted[@]}" | sort -zu)
  files=()
  for file in "${all[@]}"; do
    # A deleted file is named too.
    if [[ -f $file && ! -L $file ]]; then
      files+=("$file")
    fi
  done
}
