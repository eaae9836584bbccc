import { parseArgs } from "node:util";
import { UsageError } from "../harness/core/errors.ts";
import { kindOptions } from "./kind-options.ts";

/** The benchmarks in the order in which they run, and the peer of each. */
export const benchmarks = {
  "start-up": "lab list and lab explain of a small capture, beside Node alone and tshark",
  suite: "two racks from command to verdicts and to reports, beside a script by hand that only sends",
  build: "a lab's namespaces, beside one ip -batch by hand and Mininet",
  decode: "captures of 300 000 packets and of 1 GB, beside tshark and tcpdump --count",
  scale: "20, 50 and 100 nodes, beside the script by hand",
  machines: "--mode CrossSubnet, beside its two modes as two commands",
  kind: "a cluster, beside a bare script that makes the same (needs --node-image and --calico-manifests)",
} as const;

/** Name of a benchmark. */
export type Benchmark = keyof typeof benchmarks;

/** What `npm run bench` was asked for. */
export interface BenchOrder {
  readonly help: boolean;
  readonly save: boolean;
  /** Empty: all that this command can run. */
  readonly named: readonly Benchmark[];
  /** Options of the cluster's benchmark, as `suite` takes them. */
  readonly kind: Readonly<Partial<Record<keyof typeof kindOptions, string>>>;
}

const options = {
  ...kindOptions,
  only: { type: "string", multiple: true },
  save: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** The text of `npm run bench -- --help`. */
export const benchHelp = `Usage: npm run bench -- [benchmark …] [options]

Every figure is a ratio to a named peer, measured side by side in this run, and compared with bench/baseline.json:
${Object.entries(benchmarks)
  .map(([name, peer]) => `  ${name.padEnd(10)}${peer}`)
  .join("\n")}

  --only <benchmark>        the same as its name alone; repeatable
  --save                    what was measured becomes the baseline; rows that were not run stay as they were
  --node-image <image>      the cluster's benchmark; this and the next ones as suite takes them (suite --help all)
  --calico-manifests <dir>, --image-archive <file>, --kind <file>, --kubectl <file>

Exit codes: 0 nothing slower than noise, 1 something is, or a bar is not held, 2 wrong usage.
Compare on a machine that does nothing else: where others compute, only processor time is compared.`;

/** Reads the words after `npm run bench --`; throws UsageError on unknown ones. */
export function readBenchOrder(argv: readonly string[]): BenchOrder {
  const { values, positionals } = parse(argv);
  const { help = false, save = false, only = [], ...kind } = values;
  const named = [...only, ...positionals];
  const unknown = named.filter((name) => !isBenchmark(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown benchmark ${unknown.join(", ")}; known: ${Object.keys(benchmarks).join(", ")}`);
  return { help, save, named: named.filter(isBenchmark), kind };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const [what = ""] = error instanceof Error ? error.message.split(". ") : [];
    throw new UsageError(`${what}; npm run bench -- --help lists all options`);
  }
}

function isBenchmark(name: string): name is Benchmark {
  return Object.hasOwn(benchmarks, name);
}
