#!/usr/bin/env bash
# How sure a red is, and a tear-down: RUNS clean quick runs, of which none may be red, and KILLS runs ended at a random moment by a
# random signal (KILL, TERM, INT, HUP) or by a closed standard output, beside a lab that is kept and one that is running. Nothing of
# what was ended may stay after `down --stale`, and nothing of the two may be touched. Needs root, as labs do.
#
#   RUNS=20 KILLS=40 LOAD=4 ci/clean-runs.sh      LOAD: as many endless loops beside, for a busy machine
set -uo pipefail
cd "$(dirname "$0")/.."
runs=${RUNS:-10} kills=${KILLS:-10} load=${LOAD:-0} mode=${MODE:-VXLANCrossSubnet}
results=$(mktemp -d) own=() failed=0

export NO_COLOR=1
cli() { node scripts/bootstrap.mjs lab "$@"; }
suite() { node scripts/bootstrap.mjs suite --mode "$mode" --no-throughput --out "$results"; }
note() { printf '%s\n' "$*"; }
# What is there of a lab: its namespaces, each with its inode, which is another one after it was made anew.
parts() { (cd /run/netns && ls -i) | awk -v lab="^el$1[.]" '$2 ~ lab' | sort; }
finish() {
  for pid in "${own[@]:-}"; do [ -z "$pid" ] || kill "$pid" 2>/dev/null; done
  [ -z "${kept:-}" ] || cli down "$kept" >/dev/null 2>&1
  rm -rf "$results"
}
trap finish EXIT

for ((n = 0; n < load; n += 1)); do (while :; do :; done) & own+=($!); done

declare -A ended=()
for ((n = 1; n <= runs; n += 1)); do
  suite >"$results/run-$n.log" 2>&1
  code=$?
  ended[$code]=$((${ended[$code]:-0} + 1))
  # 0 passed; 3 with verdicts that could not be told on a busy machine: neither is red.
  [ $code -eq 0 ] || { note "run $n ended with $code:"; grep -E '✘|inconclusive|busy' "$results/run-$n.log" | head -5; }
  [ $code -ne 1 ] || failed=1
done
for code in "${!ended[@]}"; do note "clean runs that ended with $code: ${ended[$code]} of $runs"; done
[ "$kills" -gt 0 ] || exit $failed

kept=$(cli up --mode "$mode" 2>&1 | sed -n 's/^lab \([a-z0-9]*\) is up.*/\1/p')
[ -n "$kept" ] || { note "no lab came up"; exit 3; }
before=$(parts "$kept")
touched=0 left=0 signals=(KILL TERM INT HUP PIPE)
for ((n = 1; n <= kills; n += 1)); do
  suite >"$results/beside.log" 2>&1 &
  beside=$!
  signal=${signals[RANDOM % ${#signals[@]}]}
  if [ "$signal" = PIPE ]; then
    suite 2>&1 | head -n $((RANDOM % 8 + 1)) >/dev/null
  else
    setsid node scripts/bootstrap.mjs suite --mode "$mode" --no-throughput --out "$results" >"$results/killed.log" 2>&1 &
    victim=$!
    sleep "$((RANDOM % 4)).$((RANDOM % 10))"
    kill -s "$signal" "$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
  fi
  wait "$beside" || { code=$?; [ $code -eq 3 ] || { note "kill $n ($signal): the run beside ended with $code"; touched=$((touched + 1)); }; }
  cli down --stale >/dev/null 2>&1
  id=$(sed -n 's/.*· run \([a-z0-9]*\) ·.*/\1/p' "$results/killed.log" 2>/dev/null | head -1)
  if [ -n "$id" ] && [ -n "$(parts "$id")" ]; then
    note "kill $n ($signal): left of $id: $(parts "$id" | tr '\n' ' ')"
    left=$((left + 1))
  fi
  now=$(parts "$kept")
  [ "$now" = "$before" ] || { diff <(echo "$before") <(echo "$now"); note "kill $n ($signal): the kept lab was touched"; touched=$((touched + 1)); }
done
note "$kills kills: something left after $left, something living touched by $touched"
[ $((left + touched)) -eq 0 ] || failed=1
exit $failed
