#!/usr/bin/env bash
# Runs every test with the race detector on a fresh machine that has Go and a
# shell: installs what the tests need, fails where a promised part is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# command → Debian package that brings it
needs=(gcc:gcc git:git gs:ghostscript rsvg-convert:librsvg2-bin zbarimg:zbar-tools qrencode:qrencode chromium:chromium php:php-cli
  firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver xvfb-run:xvfb xauth:xauth xdotool:xdotool pdftoppm:poppler-utils node:nodejs npm:npm)

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
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libc6-dev fonts-dejavu-core "${missing[@]}" >/dev/null
  for pair in "${needs[@]}"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || { echo "missing after installation: ${pair%%:*}" >&2; exit 1; }
  done
}

# fetch_kses gets WordPress's own filter, one file of Debian's package (8 MB
# with dozens of dependencies), without installing it.
fetch_kses() {
  local file=usr/share/wordpress/wp-includes/kses.php folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/lensan-test
  export LENSAN_KSES=${LENSAN_KSES:-/$file}
  [ -f "$LENSAN_KSES" ] && return 0
  LENSAN_KSES=$folder/$file
  [ -f "$LENSAN_KSES" ] && return 0
  say "fetching WordPress's filter"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  mkdir -p "$folder"
  (
    cd "$folder"
    apt-get download -q wordpress >/dev/null 2>&1 || { "${as_root[@]}" apt-get update -q >/dev/null; apt-get download -q wordpress >/dev/null; }
    dpkg-deb --fsys-tarfile wordpress_*.deb | tar x "./$file"
    rm -f wordpress_*.deb
  )
}

install_needs
fetch_kses
export LENSAN_TEST_FULL=1 CGO_ENABLED=1

say "format and vet"
unformatted=$(gofmt -l widget server assets examples)
[ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }
go vet ./...

say "built files are what the sources make"
go generate ./widget ./assets
git diff --exit-code --stat -- widget/dist assets/js

say "tests with the race detector"
go test -race -timeout 20m ./...

say "the widget on hostile pages, and the public pages, in three engines"
bash widget/browser/run.sh

say "the dashboard in real browsers: weight, speed, axe, keyboard, no scripts"
bash server/web/dashboard/browser/run.sh

say "redirects with durable clicks against bare ones"
go build -o "${TMPDIR:-/tmp}/lensan-bench.$$" ./server
trap 'rm -f "${TMPDIR:-/tmp}/lensan-bench.$$"' EXIT
LANG=en "${TMPDIR:-/tmp}/lensan-bench.$$" bench --pairs 3 --duration 3s --min-ratio 0.4
