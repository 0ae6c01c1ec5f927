#!/usr/bin/env bash
# Runs every test with the race detector on a fresh machine that has Go and a
# shell: installs what the tests need, fails where a promised part is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# command → Debian package that brings it
needs=(gcc:gcc git:git gs:ghostscript rsvg-convert:librsvg2-bin zbarimg:zbar-tools qrencode:qrencode chromium:chromium php:php-cli
  firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver xvfb-run:xvfb xauth:xauth xdotool:xdotool pdftoppm:poppler-utils openssl:openssl systemd-analyze:systemd node:nodejs npm:npm
  pg_lsclusters:postgresql)

apt=(apt-get -q -o Acquire::Retries=5)

install_needs() {
  local missing=() pair
  for pair in "${needs[@]}"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair#*:}")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then # no server but the tests' own
    "${as_root[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  "${as_root[@]}" "${apt[@]}" update >/dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends libc6-dev fonts-dejavu-core "${missing[@]}" >/dev/null
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
    "${apt[@]}" download wordpress >/dev/null 2>&1 || { "${as_root[@]}" "${apt[@]}" update >/dev/null; "${apt[@]}" download wordpress >/dev/null; }
    dpkg-deb --fsys-tarfile wordpress_*.deb | tar x "./$file"
    rm -f wordpress_*.deb
  )
}

# start_postgres runs a private server, of the machine's own version, on a free
# port of the loopback; what is in it is gone at the end.
start_postgres() {
  local bin port as_owner=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  work=$(mktemp -d)
  if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown postgres "$work"
    as_owner=(runuser -u postgres --)
  fi
  for port in $(shuf -i 20000-32000 -n 20); do
    (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || break
  done
  say "PostgreSQL $("$bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1) on port $port"
  (cd "$work" && "${as_owner[@]}" "$bin/initdb" -D "$work/data" -A trust -U lensan -E UTF8 --locale=C.UTF-8 >/dev/null &&
    "${as_owner[@]}" "$bin/pg_ctl" -D "$work/data" -l "$work/log" -w -o "-p $port -k $work -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=off" start >/dev/null) ||
    { cat "$work/log" >&2 || true; exit 1; }
  stop_postgres=("${as_owner[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate -w stop)
  export LENSAN_TEST_POSTGRES="postgres://lensan@127.0.0.1:$port/postgres?sslmode=disable"
}

finish() {
  ((${#stop_postgres[@]})) && (cd / && "${stop_postgres[@]}" >/dev/null) || true
  rm -rf "$work" "${TMPDIR:-/tmp}/lensan-bench.$$"
}
work='' stop_postgres=()
trap finish EXIT

# fetch_servers gets the programs that check and run examples/deploy, without
# installing them: their packages would start services on this machine.
fetch_servers() {
  local folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/lensan-test/servers
  export PATH=$PATH:/usr/sbin:$folder/usr/bin:$folder/usr/sbin
  command -v caddy >/dev/null && command -v nginx >/dev/null && command -v promtool >/dev/null && return 0
  say "fetching Caddy, nginx and promtool"
  local as_root=() file
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  mkdir -p "$folder"
  (
    cd "$folder"
    "${apt[@]}" download caddy nginx prometheus >/dev/null 2>&1 || { "${as_root[@]}" "${apt[@]}" update >/dev/null; "${apt[@]}" download caddy nginx prometheus >/dev/null; }
    for file in *.deb; do dpkg-deb -x "$file" .; done
    rm -f -- *.deb
  )
}

install_needs
fetch_kses
fetch_servers
start_postgres
export LENSAN_TEST_FULL=1 CGO_ENABLED=1

say "format and vet"
unformatted=$(gofmt -l widget server assets examples)
[ -z "$unformatted" ] || { echo "gofmt would change: $unformatted" >&2; exit 1; }
go vet ./...

say "built files are what the sources make"
go generate ./widget ./assets
git diff --exit-code --stat -- widget/dist assets/js

# SQLite itself, translated from C, works in memory of its own. With it under
# the race detector the tests of the store would take four times as long.
# One package more than there are processors at a time: some always wait.
say "tests with the race detector"
go test -p $(($(nproc) + 1)) -race -gcflags='modernc.org/sqlite/lib=-race=false' -timeout 40m ./...

say "the widget on hostile pages, and the public pages, in three engines"
timeout -k 20 30m bash widget/browser/run.sh

say "the dashboard in real browsers: weight, speed, axe, keyboard, no scripts"
timeout -k 20 30m bash server/web/dashboard/browser/run.sh

say "what the race detector would distort: memory, rates, waits"
go test -count=1 -v -run 'TestHostile|TestSoak|TestBacklog|TestRestart|TestPostgres_(twoServers|words)' ./server | grep -v ' level=\(INFO\|WARN\) \| INFO '

say "redirects with durable clicks against bare ones"
go build -o "${TMPDIR:-/tmp}/lensan-bench.$$" ./server
for try in 1 2 3; do # what else the machine does may spoil one measurement, and counts agree in each
  failed=0
  said=$(LANG=en "${TMPDIR:-/tmp}/lensan-bench.$$" bench --pairs 3 --duration 3s --min-ratio 0.4 2>&1) || failed=$?
  printf '%s\n' "$said"
  ((failed)) || break
  [[ $try != 3 && $said == *"ratio "*" < 0.40"* ]] || exit 1
done
