#!/usr/bin/env bash
# How sure a red is: RUNS clean quick runs, WIDTH of them side by side, of which none may be red. ci/kills.sh does the same for what
# is ended in the middle. Needs root, as labs do.
#
#   RUNS=20 WIDTH=2 LOAD=4 ci/clean-runs.sh      LOAD: as many endless loops beside, for a busy machine; MODE=VXLAN another mode
set -uo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-10} width=${WIDTH:-1} load=${LOAD:-0} mode=${MODE:-VXLANCrossSubnet}
results=$(mktemp -d) loops=() pids=() failed=0

export NO_COLOR=1
suite() { node scripts/bootstrap.mjs suite --mode "$mode" --no-throughput --out "$results"; }
finish() {
  for pid in ${loops[@]:-} ${pids[@]:-}; do kill "$pid" 2>/dev/null; done
  wait
  # What was red or could not be told is kept, to find out why.
  if [ $failed -eq 0 ]; then rm -rf "$results"; else printf 'kept: %s\n' "$results"; fi
}
trap finish EXIT

for ((n = 0; n < load; n += 1)); do (while :; do :; done) & loops+=($!); done

declare -A ended=()
for ((n = 1; n <= runs;)); do
  pids=()
  for ((side = 0; side < width && n + side <= runs; side += 1)); do
    suite >"$results/run-$((n + side)).log" 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid"
    code=$?
    ended[$code]=$((${ended[$code]:-0} + 1))
    # 3 with verdicts that could not be told on a busy machine is not red, and is shown.
    [ $code -eq 0 ] || {
      printf 'run %s ended with %s:\n' "$n" "$code"
      grep -E '✘|inconclusive|busy' "$results/run-$n.log" | head -5
    }
    case $code in 0) ;; 3) [ $failed -eq 1 ] || failed=3 ;; *) failed=1 ;; esac
    n=$((n + 1))
  done
done
pids=()
for code in "${!ended[@]}"; do printf 'clean runs that ended with %s: %s of %s\n' "$code" "${ended[$code]}" "$runs"; done
exit $failed
