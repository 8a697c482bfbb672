#!/usr/bin/env bash
# Proves that every hook detects its faults: inserts one fault after the other into a temporary clone.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-hooks.sh [hook…]

1. All committed files pass `pre-commit run --all-files`, in a clone that build/setup-dev.sh has set up twice.
2. Each hook of .pre-commit-config.yaml, or each that is named, fails on its planted faults, and reports them; each rule for
   secrets has a fault of its own. Allowed text passes.
3. Each hook, and build/setup-dev.sh, fails without a program that it needs, and states in one line how to install it.
4. `git commit` is refused with a fault, and succeeds without one.

Takes at least 3 minutes, most of them for the hook that builds.
EOF
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  usage
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
chosen=("$@")

work=$(mktemp -d "${TMPDIR:-/tmp}/qrai-hooks-XXXXXX")
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/pre-commit
export GIT_AUTHOR_NAME=nobody GIT_AUTHOR_EMAIL=nobody@localhost GIT_COMMITTER_NAME=nobody GIT_COMMITTER_EMAIL=nobody@localhost

say() { printf '\n== %s\n' "$*"; }

fail() {
  echo "NOT PROVED: $*" >&2
  exit 1
}

# Runs a command, and prints its output only if it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "$* failed."
  }
}

git clone --quiet --no-local . "$work/clone"
cd "$work/clone"

say "Setting up, twice"
./build/setup-dev.sh
quietly ./build/setup-dev.sh
[[ -z $(git status --porcelain) ]] || fail "the set-up has changed files in git."

say "All files"
pre-commit run --all-files || fail "not all files pass."

: >"$work/proved"
# Writes standard input to a file, and expects the hook to fail with a message that contains the third argument.
expect_failure() {
  local hook=$1 file=$2 expected=$3
  mkdir -p "$(dirname "$file")"
  cat >"$file"
  git add --all
  if pre-commit run "$hook" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    fail "$hook did not find the fault in $file."
  fi
  grep --quiet --fixed-strings -- "$expected" "$work/log" || {
    cat "$work/log" >&2
    fail "$hook did not report '$expected'."
  }
  printf '%-14s found it in %-32s %s\n' "$hook" "$file" "$expected" | tee -a "$work/proved"
  git reset --quiet --hard
}

expect_success() {
  local hook=$1 file=$2
  cat >"$file"
  git add --all
  quietly pre-commit run "$hook"
  printf '%-14s accepts     %s\n' "$hook" "$file"
  git reset --quiet --hard
}

# Prints random characters of a set.
random() {
  local set=$1 count=$2
  # head closes the pipe early, which fails tr.
  (set +o pipefail && LC_ALL=C tr --delete --complement "$set" </dev/urandom | head --bytes "$count")
}

text() {
  printf 'one\r\ntwo\n' | expect_failure text plant.md 'ends with CR LF'
  printf 'one  \ntwo\n' | expect_failure text plant.md 'white space at its end'
  printf 'one\ntwo' | expect_failure text plant.md 'does not end with one line feed'
  printf 'one\n\n\n' | expect_failure text plant.md 'does not end with one line feed'
  printf '\xEF\xBB\xBFone\n' | expect_failure text plant.md 'byte order mark'
  printf 'na\xEFve\n' | expect_failure text plant.md 'not UTF-8'
  printf '\x00\r\n  \xEF' | expect_success text plant.bin
}

merge_markers() {
  printf '%s HEAD\none\n' '<<<<<<''<' | expect_failure merge-markers plant.md 'HEAD'
  printf 'one\n%s\ntwo\n' '======''=' | expect_failure merge-markers plant.md '==='
  printf '%s other\n' '>>>>>>''>' | expect_failure merge-markers plant.md 'other'
}

large_files() {
  head --bytes 300000 /dev/urandom | expect_failure large-files plant.bin 'at most 256 KiB'
}

secrets() {
  local name rest value
  # Each secret is written in two parts, as the hook checks this file too.
  declare -A plants=(
    ["private-key"]="-----BEGIN RSA PRIVATE"" KEY-----"
    ["openrouter-key"]="sk-or-""v1-$(random 0-9a-f 64)"
    ["anthropic-key"]="sk-""ant-api03-$(random A-Za-z0-9 40)"
    ["openai-key"]="sk-""proj-$(random A-Za-z0-9 48)"
    ["google-key"]="AI""za$(random A-Za-z0-9 35)"
    ["google-oauth"]="GOC""SPX-$(random A-Za-z0-9 28)"
    ["azure-account-key"]="AccountName=a;Account""Key=$(random A-Za-z0-9 86)=="
    ["azure-signature"]="https://a.example/b?sv=1&s""ig=$(random A-Za-z0-9 43)%3D"
    ["azure-client-secret"]="abc8""Q~$(random A-Za-z0-9 34)"
    ["aws-access-key"]="AK""IA$(random A-Z2-7 16)"
    ["github-token"]="gh""p_$(random A-Za-z0-9 36)"
    ["gitlab-token"]="gl""pat-$(random A-Za-z0-9 20)"
    ["slack-token"]="xo""xb-$(random 0-9 24)"
    ["stripe-key"]="sk_""live_$(random A-Za-z0-9 24)"
    ["npm-token"]="np""m_$(random A-Za-z0-9 36)"
    ["nuget-key"]="oy""2$(random a-z0-9 43)"
    ["docker-token"]="dc""kr_pat_$(random A-Za-z0-9 27)"
    ["qrai-key"]="qr""ai_4$(random A-Za-z0-9 42)"
    ["json-web-token"]="ey""J$(random A-Za-z0-9 20).ey""J$(random A-Za-z0-9 20).$(random A-Za-z0-9 43)"
    ["bearer-token"]="Authorization: Bea""rer 12ab$(random A-Za-z0-9 30)"
    ["password-in-address"]="postgresql://user:12ab$(random A-Za-z0-9 12)@""db.example/qrai"
    ["named-secret"]="\"Pass""word\": \"12ab$(random A-Za-z0-9 20)\""
  )
  while read -r name rest; do
    if [[ -z $name || $name == \#* ]]; then
      continue
    fi
    value=${plants[$name]:-}
    [[ -n $value ]] || fail "there is no fault for the rule $name: $rest"
    echo "$value" | expect_failure secrets plant.txt "plant.txt:1: $name"
    ! grep --quiet --fixed-strings -- "$value" "$work/log" || fail "the finding contains the secret."
  done <build/hooks/secrets.rules

  echo "${plants["github-token"]} # pragma: allowlist secret" | expect_success secrets plant.txt
  echo "${plants["github-token"]}" >plant.txt
  git add plant.txt
  git commit --quiet --no-verify --message 'Plant'
  git rm --quiet plant.txt
  git commit --quiet --no-verify --message 'Take it away'
  quietly ./build/hooks/secrets.sh
  if ./build/hooks/secrets.sh --history >"$work/log" 2>&1; then
    fail "a removed secret was not found in the history."
  fi
  echo "$(awk '/fingerprint/ { print substr($NF, 1, 16) }' "$work/log") planted" >>build/hooks/secrets.allowed
  quietly ./build/hooks/secrets.sh --history
  echo "A removed secret is found in the history, and its fingerprint is allowed."
  git reset --quiet --hard HEAD~2
}

json() {
  printf '{ "one":1 }\n' | expect_failure json plant.json '"one": 1'
  printf '{\n  "one": 1,\n}\n' | expect_failure json plant.json 'parse error'
}

yaml() {
  printf 'one: 1\none: 2\n' | expect_failure yaml plant.yml 'duplication of key'
  printf 'one:   1\n' | expect_failure yaml plant.yaml 'too many spaces'
}

shell() {
  printf '#!/usr/bin/env bash\nif true; then\n      echo yes\nfi\n' | expect_failure shell plant.sh '+  echo yes'
  # shellcheck disable=SC2016 # it is written literally
  printf '#!/usr/bin/env bash\nrm -rf $1/bin\n' | expect_failure shell plant.sh 'SC2086'
}

csharp() {
  printf 'namespace QrAi.Domain;\n\ninternal  enum Plant { One }\n' | expect_failure csharp src/Domain/Plant.cs 'Plant.cs'
}

lock_files() {
  sed 's|</Project>|  <ItemGroup><PackageReference Include="Cronos" /></ItemGroup>\n</Project>|' src/Domain/Domain.csproj >"$work/csproj"
  expect_failure lock-files src/Domain/Domain.csproj 'NU1004' <"$work/csproj"
}

# A method with a fault in it, for the hook that builds.
method() {
  printf 'namespace QrAi.Infrastructure;\n\n/// <summary>Planted.</summary>\ninternal static class Plant\n{\n'
  printf '    /// <summary>Planted.</summary>\n    public static %s\n}\n' "$1"
}

build() {
  local plant=src/Infrastructure/Plant.cs
  method 'int Warned() { int unused; return 1; }' | expect_failure build "$plant" CS0168
  method 'object Analysed() => System.Text.Encoding.UTF8.GetBytes("one".ToLower());' | expect_failure build "$plant" CA1304
  method 'System.DateTime Banned() => System.DateTime.UtcNow;' | expect_failure build "$plant" RS0030
  method 'byte[] Insecure(byte[] data) => System.Security.Cryptography.MD5.HashData(data);' |
    expect_failure build "$plant" CA5351
  method 'Npgsql.NpgsqlCommand Insecure(string name) => new("DROP TABLE " + name);' | expect_failure build "$plant" CA2100
}

# Creates a PATH with all programs of this one except one.
path_without() {
  local program=$1 folders folder
  rm -rf "$work/path"
  mkdir "$work/path"
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    # The first program of a name is used, as in PATH.
    ln --symbolic "$folder"/* "$work/path" 2>/dev/null || true
  done
  rm -f "$work/path/$program"
}

# Runs a script with that PATH, and expects it to fail with one line that contains the third argument.
expect_missing() {
  local script=$1 program=$2 expected=$3
  if PATH=$work/path "$script" >"$work/out" 2>"$work/log"; then
    fail "$script succeeded without $program."
  fi
  if ! grep --quiet --fixed-strings -- "$expected" "$work/log" || (($(wc -l <"$work/log") != 1)); then
    cat "$work/log" >&2
    fail "$script did not report '$expected' in one line."
  fi
  printf '%-14s needs %-12s %s\n' "$(basename "$script" .sh)" "$program" "$(<"$work/log")"
}

# Expects a hook to fail without a program that it needs, with a line that states where to get it.
missing() {
  local hook=$1 program=$2 expected=$3
  if ((${#chosen[@]} > 0)) && [[ " ${chosen[*]} " != *" $hook "* ]]; then
    return
  fi
  path_without "$program"
  if [[ $program == grep ]]; then
    # A grep other than GNU's.
    # shellcheck disable=SC2016 # the script expands it
    printf '#!/bin/sh\ncase " $* " in *" --perl-regexp "*) exit 2 ;; esac\nexec %s "$@"\n' "$(command -v grep)" >"$work/path/grep"
    chmod +x "$work/path/grep"
  fi
  expect_missing "./build/hooks/$hook.sh" "$program" "$expected"
}

while read -r hook; do
  if ((${#chosen[@]} == 0)) || [[ " ${chosen[*]} " == *" $hook "* ]]; then
    say "$hook"
    plant=${hook//-/_}
    [[ $(type -t "$plant") == function ]] || fail "there is no fault for the hook $hook."
    "$plant"
    grep --quiet "^$hook " "$work/proved" || fail "the hook $hook was not tested."
  fi
done < <(sed -n 's/^ *- id: //p' .pre-commit-config.yaml)

say "Missing programs"
missing json jq 'apt-get install jq'
missing yaml yamllint 'apt-get install yamllint'
missing shell shfmt 'apt-get install shfmt'
missing shell shellcheck 'apt-get install shellcheck'
missing text grep 'apt-get install grep'
missing secrets grep 'apt-get install grep'
missing csharp dotnet 'https://dotnet.microsoft.com/download'
missing lock-files dotnet 'https://dotnet.microsoft.com/download'
missing build dotnet 'https://dotnet.microsoft.com/download'
path_without jq
rm -f "$work/path/apt-get"
expect_missing ./build/setup-dev.sh jq 'apt-get install jq'

say "Commits"
printf 'one  \n' >plant.md
git add plant.md
if git commit --quiet --message 'Plant' >"$work/log" 2>&1; then
  fail "a commit with a fault was not refused."
fi
grep --fixed-strings 'white space at its end' "$work/log"
# Commits all changes, and prints the duration.
commit() {
  local start=$EPOCHREALTIME
  git add --all
  quietly git commit --quiet --message 'Plant'
  awk -v what="$1" -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "A commit of %s took %.1f s.\n", what, to - from }'
}
# A developer has usually built before.
quietly ./build/hooks/build.sh
printf 'one\n' >plant.md
commit 'a text'
echo '// Planted.' >>"$(git ls-files 'tests/Unit/*.cs' | head -n 1)"
commit 'a unit test'
echo '// Planted.' >>"$(git ls-files 'src/Domain/*.cs' | head -n 1)"
commit 'a file of the domain'

say "Proved ($(wc -l <"$work/proved") faults)"
