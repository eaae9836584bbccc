#!/usr/bin/env bash
# Changes the pure rooms of harness/ in thousands of small ways, and asks for each change whether the room's own tests notice
# (mutation testing, by Stryker). Takes hours for all: for nights, not for each change. Its packages are installed apart.
#
#   ci/mutation.sh                  all rooms: the score of each must be 90 % or more
#   ci/mutation.sh stats encap      only these; prints what no test noticed, less what ci/mutation/survivors.md explains
#   CONCURRENCY=4 ci/mutation.sh    so many test processes side by side (1)
#   ONLY=rank-sum.ts ci/mutation.sh stats     one file of the room
set -euo pipefail
cd "$(dirname "$0")/.."

[ -d node_modules/mocha ] || npm ci --no-progress --loglevel=error
[ -d ci/mutation/node_modules/@stryker-mutator ] || npm ci --prefix ci/mutation --no-progress --loglevel=error
rooms=("$@")
[ ${#rooms[@]} -gt 0 ] || rooms=(stats encap observe cause verify packet)
reports=()
for room in "${rooms[@]}"; do
  FOLDER=$room node ci/mutation/node_modules/@stryker-mutator/core/bin/stryker.js run ci/mutation/stryker.config.mjs
  reports+=("results/mutation/$room.json")
done
node ci/mutation/survivors.mjs "${reports[@]}"
