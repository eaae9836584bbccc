import { LabError } from "../core/errors.ts";
import type { BatchCommand } from "./batch-command.ts";
import type { CommandResult } from "./executor.ts";
import { shellQuote } from "./quote.ts";

/** Reads what the script of a batch has printed: each command's result, by id. */
export function shellResults(
  commands: readonly BatchCommand[],
  stdout: string,
  where: string,
): Map<string, CommandResult> {
  const files = splitFiles(stdout, where);
  return new Map(commands.map((command, index) => [command.id, commandResult(where, command, index, files)]));
}

/**
 * The script of a batch, for POSIX sh with mkfifo, mktemp, wc and base64: coreutils or busybox. Tokens in a FIFO bound the parallelism without `wait -n`, which POSIX sh lacks; /proc/uptime is a clock that needs no
 * process. Results go to files first, so that nothing has to read many pipes, and come back as one stream: a table of
 * sizes, an empty line, the files; these as base64, because executors return text.
 */
export function shellScript(commands: readonly BatchCommand[], parallel: number): string {
  return `
LC_ALL=C; export LC_ALL
run=\${ENCAPLAB_RUN:-none:$$}
dir=$(mktemp -d "\${TMPDIR:-/tmp}/encaplab-\${run%%:*}.\${run#*:}.XXXXXX") || exit 1
trap 'cd /; rm -rf "$dir"' EXIT
trap 'exit 143' HUP INT TERM
cd "$dir" && mkfifo tokens && exec 3<>tokens || exit 1
printf '${"\\n".repeat(Math.max(1, Math.min(parallel, commands.length)))}' >&3
job() {
  name=$1; shift
  read -r begin _ </proc/uptime
  "$@" >$name.o 2>$name.e 3>&-
  code=$?
  read -r end _ </proc/uptime
  echo $code $begin $end >$name.c
  echo >&3
}
${commands.map(jobLine).join("\n")}
wait
wc -c *.c *.e *.o
echo
cat *.c *.e *.o | base64
`;
}

function jobLine(command: BatchCommand, index: number): string {
  const { argv, input, timeoutMs } = command;
  const limit = timeoutMs === undefined ? [] : ["timeout", "-s", "KILL", String(Math.ceil(timeoutMs / 1000))];
  const job = `read -r token <&3; job ${fileName(index)} ${shellQuote([...limit, ...argv])}`;
  if (input === undefined) return `${job} </dev/null &`;
  const end = endWord(input);
  return `${job} <<'${end}' &\n${input}\n${end}`;
}

/** A word that ends a here-document, and is no line of it. */
function endWord(input: string): string {
  let word = "END";
  while (input.includes(word)) word += "_";
  return word;
}

/** Equal lengths keep the shell's sorting in the order of commands. */
function fileName(index: number): string {
  return String(index).padStart(6, "0");
}

function splitFiles(stdout: string, where: string): ReadonlyMap<string, Buffer> {
  const tableEnd = stdout.indexOf("\n\n");
  const bytes = Buffer.from(stdout.slice(tableEnd + 2), "base64");
  const files = new Map<string, Buffer>();
  let offset = 0;
  for (const [, size, name] of stdout.slice(0, tableEnd).matchAll(/(\d+) (\d{6}\.[ceo])/g)) {
    if (name === undefined) continue;
    files.set(name, bytes.subarray(offset, offset + Number(size)));
    offset += Number(size);
  }
  if (tableEnd < 0 || offset !== bytes.length)
    throw new LabError("the output of a batch of commands was truncated", { where });
  return files;
}

function commandResult(
  where: string,
  command: BatchCommand,
  index: number,
  files: ReadonlyMap<string, Buffer>,
): CommandResult {
  const text = (kind: "c" | "e" | "o"): string => files.get(`${fileName(index)}.${kind}`)?.toString("utf8") ?? "";
  const [exitCode, begin, end] = text("c").trim().split(" ").map(Number);
  if (exitCode === undefined || begin === undefined || end === undefined) {
    throw new LabError(`a command of a batch left no result: ${shellQuote(command.argv)}`, { where });
  }
  const durationMs = Math.round((end - begin) * 1000);
  return { where, argv: command.argv, exitCode, stdout: text("o"), stderr: text("e"), durationMs };
}
