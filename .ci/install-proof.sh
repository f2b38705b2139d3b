#!/usr/bin/env bash
# Proves README's first lines on a fresh machine: in clones of this repository's last commit, with the machine's own
# Node and npm and then with an older npm, without a compiler, make or Python on PATH.
#
#   .ci/install-proof.sh            npm as installed here, and npm 10
#   .ci/install-proof.sh 10 11      these majors
#   TESTS=no .ci/install-proof.sh   without running the tests
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# Everything that is on PATH, by name, but for what a fresh machine lacks and what this checkout brings.
bare_path() {
  local folder
  mkdir "$work/bin"
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    case $folder in */node_modules/.bin | */.pyenv/*) continue ;; esac
    find -L "$folder" -maxdepth 1 -type f -perm -u+x -exec ln -s -t "$work/bin" {} + 2>/dev/null || true
  done
  find "$work/bin" -regextype posix-extended \
    -regex '.*/(([a-z0-9_]+-)*(gcc|g\+\+|c\+\+|cc|cpp|clang|clang\+\+)(-[0-9.]+)?|g?make|cmake|ninja|node-gyp|py.*)' -delete
  PATH="$work/bin"
  for tool in gcc g++ cc c++ clang make python python3; do
    if command -v "$tool" >/dev/null; then fail "$tool is still on PATH"; fi
  done
}

# npm of one major, first on PATH.
use_npm() {
  local home="$work/npm$1"
  npm install --silent --no-save --prefix "$home" "npm@$1" >/dev/null
  mkdir "$home/bin"
  ln -s "$home"/node_modules/npm/bin/npm-cli.js "$home/bin/npm"
  ln -s "$home"/node_modules/npm/bin/npx-cli.js "$home/bin/npx"
  PATH="$home/bin:$work/bin"
}

# The sample reaches its last line, and ends when told to.
start_sample() {
  local out="$1/start.log" pid code=0
  npm start >"$out" 2>&1 &
  pid=$!
  for _ in $(seq 600); do
    if grep -q 'Go live' "$out"; then break; fi
    kill -0 "$pid" 2>/dev/null || { cat "$out"; fail "npm start ended by itself"; }
    sleep 0.1
  done
  grep -q 'Go live' "$out" || { cat "$out"; fail "npm start did not reach its last line in a minute"; }
  kill -TERM "$pid"
  wait "$pid" || code=$?
  grep -q 'Ending:' "$out" || { cat "$out"; fail "npm start did not end in order"; }
  echo "npm start: reached 'Go live', ended on SIGTERM (npm's exit code $code)"
}

prove() {
  local clone="$work/clone-$1"
  git clone --quiet "$repository" "$clone"
  cd "$clone"
  say "node $(node --version), npm $(npm --version): npm ci"
  npm ci
  start_sample "$clone"
  echo "npx bulletin --version: $(npx bulletin --version)"
  if [ "${TESTS:-yes}" = yes ]; then
    say "npm $(npm --version): npm run verify && npm test"
    npm run verify
    npm test
  fi
  git diff --exit-code --stat || fail "installing changed tracked files"
  cd "$work" && rm -rf "$clone"
}

production() {
  local clone="$work/production"
  git clone --quiet "$repository" "$clone"
  cd "$clone"
  say "production: npm ci --omit=dev"
  npm ci --omit=dev
  start_sample "$clone"
  echo "size of the production install:"
  du -sm node_modules
  du -sm node_modules/* | sort -rn | head -6
  cd "$work" && rm -rf "$clone"
}

bare_path
[ $# -gt 0 ] || set -- "$(npm --version | cut -d. -f1)" 10
for major in "$@"; do
  use_npm "$major"
  prove "$major"
done
production
say "proven"
