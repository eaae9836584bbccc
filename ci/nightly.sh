#!/usr/bin/env bash
# The nightly job, runnable by a person.
#
#   ci/nightly.sh cell [SUITE OPTIONS]   one cell of the matrix: runs the suite, and once more after a lab error
#   ci/nightly.sh merge [SIGNOFF OPTIONS]  all runs below OUT as one sign-off, with a summary for the CI's page
#   ci/nightly.sh [SUITE OPTIONS]        both, one after the other
#
# `npm run lab -- list --format github-matrix --axis …` prints the cells; its `args` are the suite options.
# OUT=dir (results) holds the runs. HISTORY=dir (OUT/history) outlives runs: restore it before, save it after.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${OUT:-results}
history=${HISTORY:-$out/history}
mkdir -p "$out" "$history"

# A lab that broke says nothing about encapsulation and is tried again, once; both runs stay, and the sign-off shows it.
# What failed or is inconclusive on the wire is never repeated.
broke_only() {
  node -e '
    const { troubles, summary } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    process.exit(troubles.length > 0 && summary.fail === 0 && summary.inconclusive === 0 ? 0 : 1);
  ' "$out/latest/run.json"
}

cell() {
  local status=0
  local command=(npm run suite --silent -- --profile full --out "$out" --history "$history" --quiet "$@")
  "${command[@]}" || status=$?
  if [ "$status" -eq 3 ] && broke_only; then
    echo "lab error: trying once more" >&2
    status=0
    "${command[@]}" || status=$?
  fi
  npm run lab --silent -- down --stale
  return "$status"
}

merge() {
  local status=0 runs=()
  for run in "$out"/*/run.json "$out"/*/*/run.json; do
    case $run in */latest/run.json | *"*"*) continue ;; esac
    runs+=("$(dirname "$run")")
  done
  rm -rf "$out/signoff"
  npm run lab --silent -- signoff "${runs[@]}" --out "$out" --to "$out/signoff" --history "$history/signoff.ndjson" "$@" ||
    status=$?
  if [ -e "$out/signoff/signoff.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    cat "$out/signoff/signoff.md" >>"$GITHUB_STEP_SUMMARY"
  fi
  return "$status"
}

case ${1:-} in
cell | merge)
  "$@"
  ;;
*)
  status=0
  cell "$@" || status=$?
  merge || status=$?
  exit "$status"
  ;;
esac
