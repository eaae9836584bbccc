#!/usr/bin/env bash
# Tries every case of a folder and prints what came of each: a capture is explained; a change.sh is run on a lab that is up,
# which is then checked. In a change.sh `n NODE CMD` runs CMD in that node or pod, `s NODE "..."` the same by a shell.
# A case's own topology is its *.yaml, in mode None; a file `mode` says another mode than VXLANCrossSubnet.
# Usage: ci/cases.sh FOLDER [NAME-PREFIX...]
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cases=$(cd "${1:?usage: ci/cases.sh FOLDER [NAME-PREFIX...]}" && pwd)
shift
out=$(mktemp -d "${TMPDIR:-/tmp}/encaplab-cases.XXXXXX")
trap 'rm -rf "$out"' EXIT
lab() { node "$here/scripts/bootstrap.mjs" lab "$@"; }

n() { local node=$1; shift; nsenter --net="/run/netns/$prefix$node" -- "$@"; }
s() { local node=$1; shift; n "$node" sh -c "$*"; }

try_change() {
  local folder=$1 topology mode id
  topology=$(ls "$folder"/*.yaml 2>/dev/null | head -n 1)
  mode=$(cat "$folder/mode" 2>/dev/null || echo VXLANCrossSubnet)
  [ -z "$topology" ] || [ -e "$folder/mode" ] || mode=None
  id=$(lab up --provider netns --mode "$mode" --topology "${topology:-two-racks}" | sed -n 's/.*lab -- down \([a-z0-9]*\).*/\1/p' | head -n 1)
  [ -n "$id" ] || { echo "  no lab could be brought up"; return; }
  prefix=$(ls /run/netns | grep "^el$id\.[0-9]*-" | head -n 1 | sed 's/-.*/-/')
  (cd "$out" && . "$folder/change.sh") >"$out/change.log" 2>&1
  lab check "$id" --no-throughput --no-color --out "$out/results" >"$out/check.log" 2>&1
  echo "  exit $?"
  grep -E '^(cause|  cause|PASS|FAIL|INCONCLUSIVE)|^ *[1-3]\. |^  ✘' "$out/check.log" | head -n 12 | cut -c1-200
  lab down "$id" >/dev/null
}

for folder in "$cases"/*/; do
  name=$(basename "$folder")
  [ $# -eq 0 ] || printf '%s\n' "$@" | grep -q "^${name%%-*}$" || continue
  echo "== $name"
  for capture in "$folder"*.pcap "$folder"*.pcapng; do
    [ -e "$capture" ] || continue
    echo "-- $(basename "$capture")"
    lab explain "$capture" 2>&1 | cut -c1-180
    echo "  exit ${PIPESTATUS[0]}"
  done
  [ ! -e "$folder/change.sh" ] || try_change "${folder%/}"
done
