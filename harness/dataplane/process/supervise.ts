import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";

/** A program that shall run as long as the lab does. */
export interface Service {
  /** Unique in its folder: names its files. */
  readonly name: string;
  readonly argv: readonly string[];
}

/** One end of a supervised program, which was then started again. */
export interface ServiceEnd {
  readonly name: string;
  readonly exitCode: number;
  /** Seconds since 1970. */
  readonly at: number;
}

/**
 * Keeps one program running and records each of its ends; the node image leaves this to runit, with the same pause of a
 * second. A shell and not this process, because a lab that is kept outlives us.
 */
const supervisor = `
name=$1; shift
start() { shift 21; echo "$1"; }
echo "$$ $(start $(cat /proc/$$/stat))" >"$name.supervisor"
while :; do
  "$@" >>"$name.log" 2>&1 </dev/null &
  echo $! >"$name.pid"
  wait $!
  code=$?
  echo "$(date +%s) $code" >>"$name.ends"
  sleep 1
done
`;

/**
 * Starts programs on a node, each in a process group of its own that is recorded in the folder; their output goes to
 * `<name>.log` there. They end with `stopServices`, or with the provider's clean-up, whose mark they inherit.
 */
export async function startServices(executor: Executor, folder: string, services: readonly Service[]): Promise<void> {
  const starts = services.map(({ name, argv }) => {
    const command = shellQuote(["setsid", "sh", "-c", supervisor, "supervise", name, ...argv]);
    return `${command} >/dev/null 2>&1 </dev/null &`;
  });
  await runScript(executor, [`cd ${shellQuote([folder])}`, ...starts].join("\n"));
}

/**
 * Ends all programs of a folder at once and for good, and returns when none is left; idempotent. A group is killed only if
 * its leader is still the process that was started, because numbers are used again. /proc is read by cat, which goes on where a
 * process ends while it is read; sed stops there, and a group that still lives looks dead.
 */
export async function stopServices(executor: Executor, folder: string): Promise<void> {
  await runScript(
    executor,
    `cd ${shellQuote([folder])} 2>/dev/null || exit 0
start() { shift 21; echo "$1"; }
alive() { cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/.*) \\([A-Z]\\) [0-9]* \\([0-9]*\\) .*/\\1 \\2/p' | grep -v '^[ZX]' | grep -q " $1$"; }
for file in *.supervisor; do
  [ -f "$file" ] || continue
  read -r pid started <"$file"
  now=$(cat "/proc/$pid/stat" 2>/dev/null) || now=
  if [ -n "$now" ] && [ "$(start $now)" = "$started" ]; then
    kill -s KILL -- "-$pid"
    tries=0
    while alive "$pid"; do
      tries=$((tries + 1))
      [ $tries -lt 200 ] || { echo "$file: group $pid does not end" >&2; exit 1; }
      sleep 0.02
    done
  fi
  rm -f "$file"
done`,
  );
}

/**
 * Ends every program of a folder as the end of its container does, and returns when its supervisor has started it again. Told to end, the node image's
 * first process (runsvdir(8)) leaves at once and tells nobody, so that the kernel kills the others: BIRD has no time to take its routes back.
 */
export async function restartServices(executor: Executor, folder: string): Promise<void> {
  await runScript(
    executor,
    `cd ${shellQuote([folder])}
olds=
for file in *.pid; do
  read -r pid <"$file"
  olds="$olds $file:$pid"
  kill -s KILL "$pid" 2>/dev/null || true
done
for pair in $olds; do
  tries=0
  until read -r now <"\${pair%:*}" && [ "$now" != "\${pair#*:}" ]; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] || { echo "\${pair%.pid:*} does not end" >&2; exit 1; }
    sleep 0.05
  done
done`,
  );
}

/** Each end of each program of a folder, in order of time: ends that nobody asked for are worth a line in the report. */
export async function serviceEnds(executor: Executor, folder: string): Promise<readonly ServiceEnd[]> {
  const script = `cd ${shellQuote([folder])} 2>/dev/null || exit 0
for file in *.ends; do [ ! -f "$file" ] || sed "s/^/\${file%.ends} /" "$file"; done`;
  const { stdout } = await runScript(executor, script);
  return stdout
    .split("\n")
    .flatMap((line) => {
      const [name, at, exitCode] = line.split(" ");
      return name === undefined || at === undefined ? [] : [{ name, at: Number(at), exitCode: Number(exitCode) }];
    })
    .toSorted((a, b) => a.at - b.at);
}
