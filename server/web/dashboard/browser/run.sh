#!/usr/bin/env bash
# Runs the dashboard in real browsers: bash server/web/dashboard/browser/run.sh
# It shares engines and npm packages with the widget's tests. LENSAN_PICTURES
# names a folder for pictures that people look at.
set -euo pipefail
cd "$(dirname "$0")"
widget=../../../../widget/browser

for needed in node npm xvfb-run xdotool /usr/bin/chromium /usr/bin/firefox-esr /usr/bin/WebKitWebDriver; do
  command -v "$needed" >/dev/null || { echo "missing: $needed" >&2; exit 1; }
done
(cd "$widget" && { [ -d node_modules/axe-core ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --silent --fetch-retries=5; })

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd ../../../.. && go build -o "$work/lensan" ./server)
LENSAN_BINARY="$work/lensan" xvfb-run -a -s "-screen 0 1920x1400x24" node --test --test-reporter=spec --test-concurrency=1 ${LENSAN_SUITES:-*.test.mjs}
