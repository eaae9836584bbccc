import { writeFile } from "node:fs/promises";
import { LabError } from "../core/errors.ts";
import { succeeded } from "../exec/command-error.ts";
import type { CommandResult, Executor, RunningCommand, RunOptions } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";

/** For tests only: looks at every command before it is answered; what it throws is the answer. */
export type CommandHook = (where: string, command: string) => void;

/** For tests only: bytes of a capture without packets, of link type LINUX_SLL2 (276). */
const emptyCapture = Buffer.from("d4c3b2a102000400000000000000000000010000" + "14010000", "hex");

/** For tests only: what servers and captures say when they are ready. */
const places = /exec perl -e '[^]*\}' (\d+) /g;
const captureLine = "tcpdump: listening on any, link-type LINUX_SLL2";

const summary = "0 packets captured\n0 packets received by filter\n0 packets dropped by kernel\n";

/**
 * For tests only: a node that does what a run asks of one, without a network: servers listen, captures see nothing, every probe
 * ends without a word.
 */
export function fakeMember(where: string, devices: readonly string[], hook: CommandHook = () => undefined): Executor {
  const answer = (argv: readonly string[], { input = "" }: RunOptions = {}): CommandResult => {
    hook(where, `${shellQuote(argv)} ${input}`);
    const stdout = answerTo(argv, input, devices);
    return { where, argv, exitCode: 0, stdout, stderr: "", durationMs: 0 };
  };
  return {
    where,
    tryRun: async (argv, options) => Promise.resolve().then(() => answer(argv, options)),
    run: async (argv, options) => Promise.resolve().then(() => succeeded(answer(argv, options))),
    spawn: async (argv, scope, options = {}) => {
      const result = { ...answer(argv, options), stderr: summary };
      const capture = argv[argv.indexOf("-w") + 1];
      if (argv.includes("tcpdump") && capture !== undefined) await writeFile(capture, emptyCapture);
      const lines = [captureLine, ...[...(options.input ?? "").matchAll(places)].map(([, id]) => `${id ?? ""} ready`)];
      const running = runningUntilStopped(result, lines);
      scope.defer(`stop on ${where}: ${shellQuote(argv)}`, async () => {
        await running.stop();
      });
      return running;
    },
  };
}

function answerTo(argv: readonly string[], input: string, devices: readonly string[]): string {
  const command = `${shellQuote(argv)} ${input}`;
  if (input.includes("mkfifo tokens")) return batchAnswer(input);
  if (command.includes("ip -j link")) {
    return `shared\n${JSON.stringify(devices.map((ifname, index) => ({ ifindex: index + 2, ifname })))}`;
  }
  if (command.endsWith("--count")) return "0 packets\n";
  return argv[0] === "uname" ? "6.1.0-fake\n" : "";
}

/** Every command of a batch ended at once and said nothing. */
function batchAnswer(script: string): string {
  const names = [...script.matchAll(/; job (\d{6}) /g)].map((match) => match[1] ?? "");
  const end = "0 1.00 1.01\n";
  const table = [
    ...names.map((name) => `${end.length} ${name}.c`),
    ...names.map((name) => `0 ${name}.e`),
    ...names.map((name) => `0 ${name}.o`),
  ];
  return `${table.join("\n")}\n\n${Buffer.from(end.repeat(names.length)).toString("base64")}\n`;
}

function runningUntilStopped(result: CommandResult, lines: readonly string[]): RunningCommand {
  let end: (result: CommandResult) => void = () => undefined;
  const finished = new Promise<CommandResult>((resolve) => {
    end = resolve;
  });
  const waitForLine = (pattern: RegExp): Promise<string> => {
    const line = lines.find((each) => pattern.test(each));
    const missing = new LabError(`a fake member never prints ${pattern.source}`, { where: result.where });
    return line === undefined ? Promise.reject(missing) : Promise.resolve(line);
  };
  const stop = (): Promise<CommandResult> => {
    end(result);
    return finished;
  };
  return { argv: result.argv, finished, stop, waitForLine };
}
