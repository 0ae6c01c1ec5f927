#!/usr/bin/env bash
# Runs every test with the race detector on a fresh machine that has Go and a
# shell: installs what the tests need, fails where a promised part is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# command → Debian package that brings it
needs=(gcc:gcc git:git zbarimg:zbar-tools chromium:chromium)

install_needs() {
  local missing=() pair
  for pair in "${needs[@]}"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair#*:}")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -q >/dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libc6-dev "${missing[@]}" >/dev/null
  for pair in "${needs[@]}"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || { echo "missing after installation: ${pair%%:*}" >&2; exit 1; }
  done
}

install_needs
export LENSAN_TEST_FULL=1 CGO_ENABLED=1

say "format and vet"
unformatted=$(gofmt -l widget server assets examples)
[ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }
go vet ./...

say "built files are what the sources make"
go generate ./widget
git diff --exit-code --stat -- widget/dist

say "tests with the race detector"
go test -race -timeout 20m ./...

say "redirects with durable clicks against bare ones"
go build -o "${TMPDIR:-/tmp}/lensan-bench.$$" ./server
trap 'rm -f "${TMPDIR:-/tmp}/lensan-bench.$$"' EXIT
LANG=en "${TMPDIR:-/tmp}/lensan-bench.$$" bench --pairs 3 --duration 3s --min-ratio 0.6
