#!/usr/bin/env bash
# Proves that every hook finds what it is for: plants one fault after the other in a clone that is thrown away.
set -euo pipefail

usage() {
  cat <<'EOF'
build/prove-hooks.sh [hook…]

1. Everything that is committed here passes `pre-commit run --all-files`, in a clone that build/setup-dev.sh has set up twice.
2. Each hook of .pre-commit-config.yaml, or each that is named, fails on the faults planted for it, and tells them; each rule
   for secrets has one of its own. What is allowed passes.
3. Each hook, and build/setup-dev.sh, fails without a program that it needs, and says in one line how to get it.
4. `git commit` is refused with a fault, and done without.

Takes 3 minutes and more, most of them for the hook that builds.
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

# Runs something whose output is only wanted if it is not as it should be.
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
[[ -z $(git status --porcelain) ]] || fail "setting up has changed what is in git."

say "All files"
pre-commit run --all-files || fail "not all files pass."

: >"$work/proved"
# Plants what standard input holds in a file, and expects the hook to fail and to tell why.
expect_failure() {
  local hook=$1 file=$2 told=$3
  mkdir -p "$(dirname "$file")"
  cat >"$file"
  git add --all
  if pre-commit run "$hook" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    fail "$hook did not find what was planted in $file."
  fi
  grep --quiet --fixed-strings -- "$told" "$work/log" || {
    cat "$work/log" >&2
    fail "$hook did not say '$told'."
  }
  printf '%-14s found it in %-32s %s\n' "$hook" "$file" "$told" | tee -a "$work/proved"
  git reset --quiet --hard
}

expect_success() {
  local hook=$1 file=$2
  cat >"$file"
  git add --all
  quietly pre-commit run "$hook"
  printf '%-14s lets pass  %s\n' "$hook" "$file"
  git reset --quiet --hard
}

# Characters of chance, of a kind.
chance() {
  local kind=$1 count=$2
  # What is read last is cut off in the middle.
  (set +o pipefail && LC_ALL=C tr --delete --complement "$kind" </dev/urandom | head --bytes "$count")
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
  # The pieces are put together here only: this file must pass too.
  declare -A plants=(
    ["private-key"]="-----BEGIN RSA PRIVATE"" KEY-----"
    ["openrouter-key"]="sk-or-""v1-$(chance 0-9a-f 64)"
    ["anthropic-key"]="sk-""ant-api03-$(chance A-Za-z0-9 40)"
    ["openai-key"]="sk-""proj-$(chance A-Za-z0-9 48)"
    ["google-key"]="AI""za$(chance A-Za-z0-9 35)"
    ["google-oauth"]="GOC""SPX-$(chance A-Za-z0-9 28)"
    ["azure-account-key"]="AccountName=a;Account""Key=$(chance A-Za-z0-9 86)=="
    ["azure-signature"]="https://a.example/b?sv=1&s""ig=$(chance A-Za-z0-9 43)%3D"
    ["azure-client-secret"]="abc8""Q~$(chance A-Za-z0-9 34)"
    ["aws-access-key"]="AK""IA$(chance A-Z2-7 16)"
    ["github-token"]="gh""p_$(chance A-Za-z0-9 36)"
    ["gitlab-token"]="gl""pat-$(chance A-Za-z0-9 20)"
    ["slack-token"]="xo""xb-$(chance 0-9 24)"
    ["stripe-key"]="sk_""live_$(chance A-Za-z0-9 24)"
    ["npm-token"]="np""m_$(chance A-Za-z0-9 36)"
    ["nuget-key"]="oy""2$(chance a-z0-9 43)"
    ["docker-token"]="dc""kr_pat_$(chance A-Za-z0-9 27)"
    ["qrai-key"]="qr""ai_4$(chance A-Za-z0-9 42)"
    ["json-web-token"]="ey""J$(chance A-Za-z0-9 20).ey""J$(chance A-Za-z0-9 20).$(chance A-Za-z0-9 43)"
    ["bearer-token"]="Authorization: Bea""rer 12ab$(chance A-Za-z0-9 30)"
    ["password-in-address"]="postgresql://user:12ab$(chance A-Za-z0-9 12)@""db.example/qrai"
    ["named-secret"]="\"Pass""word\": \"12ab$(chance A-Za-z0-9 20)\""
  )
  while read -r name rest; do
    if [[ -z $name || $name == \#* ]]; then
      continue
    fi
    value=${plants[$name]:-}
    [[ -n $value ]] || fail "nothing is planted for the rule $name: $rest"
    echo "$value" | expect_failure secrets plant.txt "plant.txt:1: $name"
    ! grep --quiet --fixed-strings -- "$value" "$work/log" || fail "the finding tells the secret."
  done <build/hooks/secrets.rules

  echo "${plants["github-token"]} # pragma: allowlist secret" | expect_success secrets plant.txt
  echo "${plants["github-token"]}" >plant.txt
  git add plant.txt
  git commit --quiet --no-verify --message 'Plant'
  git rm --quiet plant.txt
  git commit --quiet --no-verify --message 'Take it away'
  quietly ./build/hooks/secrets.sh
  if ./build/hooks/secrets.sh --history >"$work/log" 2>&1; then
    fail "the history hides a secret that is no more."
  fi
  echo "$(awk '/mark/ { print substr($NF, 1, 16) }' "$work/log") planted" >>build/hooks/secrets.allowed
  quietly ./build/hooks/secrets.sh --history
  echo "The history tells a secret that is no more, and allows its mark."
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
  # shellcheck disable=SC2016 # it is planted as it stands
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

# Makes a PATH with all programs of this one but one.
path_without() {
  local program=$1 folders folder
  rm -rf "$work/path"
  mkdir "$work/path"
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    # Of programs of the same name the first one counts, as in PATH.
    ln --symbolic "$folder"/* "$work/path" 2>/dev/null || true
  done
  rm -f "$work/path/$program"
}

# Runs a script with that PATH, and expects it to fail with one line.
expect_missing() {
  local script=$1 program=$2 told=$3
  if PATH=$work/path "$script" >"$work/out" 2>"$work/log"; then
    fail "$script succeeded without $program."
  fi
  if ! grep --quiet --fixed-strings -- "$told" "$work/log" || (($(wc -l <"$work/log") != 1)); then
    cat "$work/log" >&2
    fail "$script did not say in one line '$told'."
  fi
  printf '%-14s needs %-12s %s\n' "$(basename "$script" .sh)" "$program" "$(<"$work/log")"
}

# The hook, the program that it needs, and where to get it.
missing() {
  local hook=$1 program=$2 told=$3
  if ((${#chosen[@]} > 0)) && [[ " ${chosen[*]} " != *" $hook "* ]]; then
    return
  fi
  path_without "$program"
  if [[ $program == grep ]]; then
    # One that is not GNU's.
    # shellcheck disable=SC2016 # it is for the script
    printf '#!/bin/sh\ncase " $* " in *" --perl-regexp "*) exit 2 ;; esac\nexec %s "$@"\n' "$(command -v grep)" >"$work/path/grep"
    chmod +x "$work/path/grep"
  fi
  expect_missing "./build/hooks/$hook.sh" "$program" "$told"
}

while read -r hook; do
  if ((${#chosen[@]} == 0)) || [[ " ${chosen[*]} " == *" $hook "* ]]; then
    say "$hook"
    plant=${hook//-/_}
    [[ $(type -t "$plant") == function ]] || fail "nothing is planted for the hook $hook."
    "$plant"
    grep --quiet "^$hook " "$work/proved" || fail "nothing was planted for the hook $hook."
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
# Commits what there is, and tells how long it took.
commit() {
  local start=$EPOCHREALTIME
  git add --all
  quietly git commit --quiet --message 'Plant'
  awk -v what="$1" -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "A commit of %s took %.1f s.\n", what, to - from }'
}
# As it is for somebody who has built before.
quietly ./build/hooks/build.sh
printf 'one\n' >plant.md
commit 'a text'
echo '// Planted.' >>"$(git ls-files 'tests/Unit/*.cs' | head -n 1)"
commit 'a unit test'
echo '// Planted.' >>"$(git ls-files 'src/Domain/*.cs' | head -n 1)"
commit 'a file of the domain'

say "Proved ($(wc -l <"$work/proved") faults)"
