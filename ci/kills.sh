#!/usr/bin/env bash
# Ends commands at random moments, and looks for what stays of them: KILLS times one of `suite`, `check`, `up`, `switch`, `down` and
# `explain`, by a signal (KILL, TERM, INT, HUP; to the process or, as a terminal does, to its whole group), by a closed standard output,
# or by a full disk below its results; beside a lab that is kept and a run that goes on. After the next `down --stale` nothing of the
# command may be there: no namespace, process or temporary folder; and the two labs must not have noticed. Needs root, as labs do.
#
#   KILLS=200 ci/kills.sh     WIDTH=5 as many at a time, MODE=VXLAN another mode, VERBS="up down" only those
set -uo pipefail
cd "$(dirname "$0")/.."
kills=${KILLS:-20} width=${WIDTH:-5} mode=${MODE:-VXLANCrossSubnet}
read -ra verbs <<<"${VERBS:-suite suite check up switch down explain}"
signals=(KILL KILL TERM INT HUP PIPE FULL)
work=$(mktemp -d) logs=$(mktemp -d) kept='' beside=''
mkdir "$work/tmp" "$work/full" "$work/out" "$work/beside"
mount -t tmpfs -o size=256k none "$work/full"
export NO_COLOR=1

cli() { node scripts/bootstrap.mjs lab "$@"; }
note() { printf '%s\n' "$*"; }
# What is there of a lab: its namespaces with their inodes, which change when one is made anew, and what runs in them.
parts() {
  (cd /run/netns && ls -i) | awk -v lab="^el$1[.]" '$2 ~ lab' | sort
  for name in $(cd /run/netns && ls | grep "^el$1[.]"); do ip netns pids "$name" 2>/dev/null | sed "s/^/$name /"; done | sort
}
# What is left of a process that is dead: by its pid, which its namespaces, children and folders carry.
left_of() {
  (cd /run/netns && ls) | grep -E "^el[a-z0-9]+\.$1[-+]"
  for environ in /proc/[0-9]*/environ; do
    tr '\0' '\n' <"$environ" 2>/dev/null | grep -qE "^ENCAPLAB_RUN=[^:]+:$1\$" && tr '\0' ' ' <"${environ%environ}cmdline" && echo
  done 2>/dev/null
  ls -d /tmp/encaplab-*."$1".* 2>/dev/null
}
bring_up() { cli up --mode "$mode" >"$work/up.log" 2>&1; sed -n 's/^lab \([a-z0-9]*\) is up.*/\1/p' "$work/up.log"; }
start_beside() {
  node scripts/bootstrap.mjs suite --mode "$mode" --no-throughput --out "$work/beside" >"$work/beside.log" 2>&1 &
  beside=$!
}
end_beside() {
  wait "$beside"
  local code=$?
  # 3: verdicts that could not be told on a busy machine, or a lab that did not come up; the log says which.
  [ $code -eq 0 ] && return
  note "a run beside ended with $code: $(grep -E '✘|inconclusive|error|cannot' "$work/beside.log" | head -3 | tr '\n' '|')"
  grep -q '✘' "$work/beside.log" && { touched=$((touched + 1)); cp "$work/beside.log" "$logs/beside-$n.log"; }
}
finish() {
  [ -z "$beside" ] || { kill "$beside" 2>/dev/null; wait "$beside" 2>/dev/null; }
  for lab in $kept ${lab_of[@]:-}; do cli down "$lab" >/dev/null 2>&1; done
  umount "$work/full"
  rm -rf "$work"
}
trap finish EXIT

# The words of a verb on the lab that it may use, with results in a folder.
words() {
  case $1 in
  suite) echo suite --mode "$mode" --no-throughput --out "$3" ;;
  check) echo check "$2" --no-throughput --out "$3" ;;
  up) echo up --mode "$mode" ;;
  switch) echo switch "$2" --to VXLAN --out "$3" ;;
  down) echo down "$2" ;;
  explain) echo explain - ;;
  esac
}
# Longest moment at which it makes sense to end a verb, in tenths of a second: as long as it takes on a busy machine.
longest() { case $1 in suite) echo 160 ;; check) echo 130 ;; up) echo 50 ;; switch) echo 140 ;; down) echo 30 ;; explain) echo 30 ;; esac; }
feed() { for _ in {1..20}; do cat "$capture" || return; sleep 0.2; done 2>/dev/null; }

start_victim() {
  verb_of[n]=${verbs[RANDOM % ${#verbs[@]}]} signal_of[n]=${signals[RANDOM % ${#signals[@]}]} lab_of[n]=''
  case ${verb_of[n]} in check | switch | down) lab_of[n]=$(bring_up) ;; esac
  # These write no results.
  case ${verb_of[n]}/${signal_of[n]} in up/FULL | down/FULL | explain/FULL) signal_of[n]=KILL ;; esac
  local out=$work/out argv moment target
  [ "${signal_of[n]}" != FULL ] || out=$work/full
  read -ra argv <<<"$(words "${verb_of[n]}" "${lab_of[n]}" "$out")"
  local command=(setsid node scripts/bootstrap.mjs lab "${argv[@]}")
  case ${verb_of[n]}/${signal_of[n]} in
  explain/*) TMPDIR=$work/tmp "${command[@]}" < <(feed) >"$work/$n.log" 2>&1 & ;;
  */PIPE) TMPDIR=$work/tmp "${command[@]}" > >(head -n $((RANDOM % 6)) >/dev/null) 2>"$work/$n.log" & ;;
  *) TMPDIR=$work/tmp "${command[@]}" >"$work/$n.log" 2>&1 & ;;
  esac
  pid_of[n]=$!
  moment=$((RANDOM % $(longest "${verb_of[n]}"))) target=${pid_of[n]}
  ((RANDOM % 2)) || target=-$target
  about[n]="${verb_of[n]}, ${signal_of[n]}"
  case ${signal_of[n]} in PIPE | FULL) return ;; esac
  about[n]+=" after 0.1 s × $moment"
  (sleep "$((moment / 10)).$((moment % 10))" && kill -s "${signal_of[n]}" -- "$target" 2>/dev/null) &
}
end_victim() {
  local waited
  for ((waited = 0; waited < 3000; waited += 1)); do kill -0 "${pid_of[n]}" 2>/dev/null || break; sleep 0.1; done
  if kill -0 "${pid_of[n]}" 2>/dev/null; then
    complain "still there after five minutes"
    kill -KILL "${pid_of[n]}"
  fi
  wait "${pid_of[n]}" 2>/dev/null
}
complain() {
  note "kill $n (${about[n]}): $*"
  tail -4 "$work/$n.log"
  cp "$work/$n.log" "$logs/"
  left=$((left + 1))
}
judge_victim() {
  local remains come
  # An `up` that had come far enough made a lab that stays, and a `down` may not have got to its lab.
  [ "${verb_of[n]}" != up ] || lab_of[n]=$(kept_of "${pid_of[n]}")
  if [ -n "${lab_of[n]}" ] && [ -n "$(parts "${lab_of[n]}")" ]; then
    TMPDIR=$work/tmp cli down "${lab_of[n]}" >"$work/down.log" 2>&1 || complain "down ${lab_of[n]} ended with $?: $(cat "$work/down.log")"
    [ -z "$(parts "${lab_of[n]}")" ] || complain "${lab_of[n]} would not go"
  fi
  lab_of[n]=''
  remains=$(left_of "${pid_of[n]}")
  [ -z "$remains" ] || complain "left of ${pid_of[n]}: $(head -8 <<<"$remains" | tr '\n' '|'); $(cat "$work/stale.log")"
  ! grep -qE 'unexpected error|^ +at .*[.](ts|js|mjs):' "$work/$n.log" || complain "an error that nobody foresaw"
  done_of[${verb_of[n]}]=$((${done_of[${verb_of[n]}]:-0} + 1))
  done_of[${signal_of[n]}]=$((${done_of[${signal_of[n]}]:-0} + 1))
}
kept_of() {
  cli status --json | node -e '
    const labs = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    for (const { ownerPid, runId, state } of labs) if (ownerPid === Number(process.argv[1]) && state === "kept") console.log(runId);
  ' "$1"
}

capture=$(find harness -name '*.pcap' -size +20k | head -1)
left=0 touched=0 n=0
declare -a verb_of signal_of pid_of lab_of about
declare -A done_of=()
kept=$(bring_up)
[ -n "$kept" ] || { cat "$work/up.log"; note "no lab came up"; exit 3; }
before=$(parts "$kept")
start_beside
while [ "$n" -lt "$kills" ]; do
  kill -0 "$beside" 2>/dev/null || { end_beside; start_beside; }
  first=$((n + 1)) last=$((n + width < kills ? n + width : kills))
  for ((n = first; n <= last; n += 1)); do start_victim; done
  for ((n = first; n <= last; n += 1)); do end_victim; done
  n=$last
  TMPDIR=$work/tmp cli down --stale >"$work/stale.log" 2>&1 || complain "down --stale ended with $?: $(tail -3 "$work/stale.log")"
  for ((n = first; n <= last; n += 1)); do judge_victim; done
  n=$last
  remains=$(ls "$work/tmp")
  [ -z "$remains" ] || { complain "left in the folder for temporary files: $remains"; rm -rf "$work"/tmp/*; }
  rm -rf "$work"/full/* "$work"/out/*
  note "$n ended, left after $left, touched $touched"
  now=$(parts "$kept")
  [ "$now" = "$before" ] || { diff <(echo "$before") <(echo "$now"); note "by kill $n: the kept lab was touched"; touched=$((touched + 1)); before=$now; }
done
end_beside
for what in "${!done_of[@]}"; do printf '%s %s  ' "$what" "${done_of[$what]}"; done; echo
note "$kills kills: something left after $left, something living touched by $touched"
rmdir "$logs" 2>/dev/null || note "logs: $logs"
[ $((left + touched)) -eq 0 ]
