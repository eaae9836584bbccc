#!/usr/bin/env bash
# The nightly job, runnable by a person: one mode (or all) on one topology, with Allure history carried along.
#
#   ci/nightly.sh [MODE] [TOPOLOGY] [OUT]      defaults: all two-racks results
#
# HISTORY=dir outlives runs (restore it before, save it after): costs from night to night, and Allure's trend.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-all}
topology=${2:-two-racks}
out=${3:-results}
history=${HISTORY:-$out/history}

status=0
npm run suite --silent -- --mode "$mode" --topology "$topology" --profile full --out "$out" --history "$history" --quiet ||
  status=$?
npm run lab --silent -- down --stale
exit "$status"
