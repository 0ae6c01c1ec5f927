#!/usr/bin/env bash
# Packs the examples for NukeViet, WordPress, Joomla, Drupal and Liferay into
# OUT (default: dist under this folder): bash examples/package.sh [OUT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:-$here/dist}"
out=$(cd "${1:-$here/dist}" && pwd)
cd "$here/.."
exec go run ./examples "$here" "$out"
