#!/usr/bin/env bash
# Runs the browser tests: bash widget/browser/run.sh [file of items]…
# Fails where an engine is missing.
set -euo pipefail
cd "$(dirname "$0")"

for needed in node npm xvfb-run xdotool pdftoppm /usr/bin/chromium /usr/bin/firefox-esr /usr/bin/WebKitWebDriver; do
  command -v "$needed" >/dev/null || { echo "missing: $needed" >&2; exit 1; }
done
[ -d node_modules/axe-core ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --silent --fetch-retries=5

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd ../.. && go build -o "$work/lensan" ./server)
LENSAN_BINARY="$work/lensan" LENSAN_ITEMS="${*:-${LENSAN_ITEMS:-}}" \
  xvfb-run -a -s "-screen 0 1920x1400x24" node --test --test-reporter=spec suite.test.mjs
