import { appendFileSync } from "node:fs";
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

/** The ping that marks a capture's end, which alone is in it. */
const markerPing = / -p ([0-9a-f]+) 127\.0\.0\.1/;

const summary = (packets: number): string =>
  `${packets} packets captured\n${packets} packets received by filter\n0 packets dropped by kernel\n`;

/**
 * For tests only: a node that does what a run asks of one, without a network: servers listen, captures see nothing, every probe
 * ends without a word.
 */
export function fakeMember(where: string, devices: readonly string[], hook: CommandHook = () => undefined): Executor {
  const captures: string[] = [];
  const answer = (argv: readonly string[], { input = "" }: RunOptions = {}): CommandResult => {
    const [, marker] = markerPing.exec(input) ?? [];
    if (marker !== undefined) for (const file of captures.splice(0)) appendFileSync(file, markerRecord(marker));
    hook(where, `${shellQuote(argv)} ${argv[0] === "perl" ? batchLines(input).join("\n") : input}`);
    const stdout = answerTo(argv, input, devices);
    return { where, argv, exitCode: 0, stdout, stderr: "", durationMs: 0 };
  };
  return {
    where,
    tryRun: async (argv, options) => Promise.resolve().then(() => answer(argv, options)),
    run: async (argv, options) => Promise.resolve().then(() => succeeded(answer(argv, options))),
    spawn: async (argv, scope, options = {}) => {
      const isMarked = argv.includes("any");
      const result = { ...answer(argv, options), stderr: summary(isMarked ? 1 : 0) };
      const capture = argv[argv.indexOf("-w") + 1];
      if (argv.includes("tcpdump") && capture !== undefined) {
        await writeFile(capture, emptyCapture);
        if (isMarked) captures.push(capture);
      }
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
  if (argv[0] === "perl") return batchAnswer(input);
  if (command.includes("ip -j link")) {
    return `shared\n${JSON.stringify(devices.map((ifname, index) => ({ ifindex: index + 2, ifname })))}`;
  }
  if (command.trimEnd().endsWith("--count")) return "1 packet\n";
  return argv[0] === "uname" ? "6.1.0-fake\n" : "";
}

/** A record of a capture: a cooked header of no interface, and the marker. */
function markerRecord(hex: string): Buffer {
  const packet = Buffer.concat([Buffer.alloc(20), Buffer.from(hex, "hex")]);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return Buffer.concat([header, packet]);
}

/** The words of each command of a batch (exec/perl-batch.ts), and what it is given to read. */
function batchLines(script: string): readonly string[] {
  const [, jobs = ""] = script.split("\n__END__\n");
  const text = (hex = ""): string => Buffer.from(hex, "hex").toString().replaceAll("\0", " ");
  return jobs
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [, words, input] = line.split(" ");
      return `${text(words)} ${text(input)}`;
    });
}

/** Every command of a batch ended at once and said nothing. */
function batchAnswer(script: string): string {
  const told = batchLines(script).map((_, index) => `${index} 0 1.00 1.01  `);
  return [...told, "all", ""].join("\n");
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
