import { InvalidArgumentError, Option, type Command } from "commander";
import { ExitCode, UsageError, formatError } from "../core/errors.ts";
import { explainCapture, type CaptureSummary } from "../explain/explain-capture.ts";
import { judgeCapture } from "../explain/judge-capture.ts";
import { defaultTop, renderSummary } from "../explain/render-summary.ts";
import { renderVerdict } from "../explain/render-verdict.ts";
import { CaptureError } from "../packet/capture-error.ts";
import { defaultVxlanPorts } from "../packet/read-capture.ts";
import { exitCodeOf, readExpectation, type ExpectOptions } from "./explain-expect.ts";
import { isBundle } from "../bundle/is-bundle.ts";
import { isRun } from "./is-run.ts";
import { readingProgress } from "./reading-progress.ts";
import { refuseReference } from "./refuse-reference.ts";
import { teach, type Example } from "./teach.ts";

interface ExplainOptions extends ExpectOptions {
  readonly json?: boolean;
  readonly out: string;
  readonly strip: number;
  readonly top: number;
  readonly vxlanPort?: number[];
}

const usage = "npm run lab -- explain FILE [options], or explain RUN [path]";

const examples: readonly Example[] = [
  ["npm run lab -- explain capture.pcapng", "which form, between whom"],
  ["npm run lab -- explain node.pcap --expect CrossSubnet --subnets 10.0.1.0/24,10.0.2.0/24", "is it as it must be?"],
  ["tcpdump -i any -c 1000 -w - | npm run lab -- explain -", "what is on these wires now"],
  ["npm run lab -- explain latest pod-to-pod/cross-subnet", "paths of the last run"],
  ["npm run lab -- explain calico-diagnostics-20261127_101500.tar.gz", "a bundle of diagnostics"],
];

/** `explain FILE`: decodes a capture offline, from our labs or not; judges a bundle of diagnostics. */
export function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("decode a capture: conversations, form of encapsulation, outer and inner endpoints, VNI, overhead")
    .argument(
      "<file>",
      "a capture, pcap or pcapng, also packed with gzip; - reads standard input; or a run: its id, its folder, or latest; or a bundle of `calicoctl cluster diags`, packed or not",
    )
    .argument("[path]", "for a run: only paths whose id contains this");
  teach(command, usage, examples)
    .option("--out <dir>", "folder that holds the results of runs", "results")
    .option("--vxlan-port <port>", "UDP port that carries VXLAN; repeatable (default: 4789)", collectPort)
    .option(
      "--strip <levels>",
      "strip this many outer encapsulations first: a port mirror's, a cloud's",
      wholeNumber,
      0,
    )
    .option(
      "--top <rows>",
      "show at most this many conversations: the busiest and those with problems",
      wholeNumber,
      defaultTop,
    )
    .option("--expect <mode>", "judge the packets against this mode, with exit code 0, 1 or 3")
    .addOption(
      new Option("--encap <encap>", "narrows Always and CrossSubnet").choices(["ipip", "vxlan", "all"]).default("all"),
    )
    .option("--subnets <cidrs>", "networks of the nodes' own addresses, for --expect")
    .option("--vni <number>", "VXLAN's network identifier, for --expect (default: Calico's 4096)", vniNumber)
    .option("--blocks <pairs>", "BLOCK=NODE,...: which node owns which pods, if the capture alone cannot tell")
    .option("--json", "print JSON instead of text, with all conversations")
    .action(async (file: string, path: string | undefined, options: ExplainOptions) => {
      await refuseReference(file, path, options.out);
      if (path !== undefined || (await isRun(file, options.out))) {
        // Only here is needed what reads runs and bundles, which takes longer to load than a small capture to explain.
        const { explainRun } = await import("./explain-run.ts");
        await explainRun(file, path, options.out, options.top);
        return;
      }
      const expectation = readExpectation(options);
      if (await isBundle(file)) {
        refuseCaptureOptions(options);
        const { explainBundle } = await import("./explain-bundle.ts");
        await explainBundle(file, options.json === true);
        return;
      }
      const summary = await explainFile(file === "-" ? "/dev/stdin" : file, options);
      const verdict = expectation === undefined ? undefined : judgeCapture(summary, expectation);
      if (options.json === true) {
        console.log(JSON.stringify(verdict === undefined ? summary : { ...summary, verdict }, undefined, 2));
      } else {
        console.log(renderSummary(summary, options.top));
        if (verdict !== undefined) console.log(`\n${renderVerdict(verdict, options.expect ?? "")}`);
      }
      if (summary.damage !== undefined) reportDamage(summary.file, summary.damage);
      if (verdict !== undefined) process.exitCode = exitCodeOf(verdict);
    });
}

async function explainFile(file: string, { vxlanPort, strip }: ExplainOptions): Promise<CaptureSummary> {
  const vxlanPorts: readonly number[] = vxlanPort ?? defaultVxlanPorts;
  const progress = await readingProgress(file);
  try {
    return await explainCapture(file, {
      vxlanPorts,
      strip,
      ...(progress === undefined ? {} : { onProgress: progress.on }),
    });
  } finally {
    progress?.end();
  }
}

function refuseCaptureOptions({ expect, subnets, blocks, vni, strip, vxlanPort }: ExplainOptions): void {
  const given = { expect, subnets, blocks, vni, strip: strip || undefined, "vxlan-port": vxlanPort };
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new UsageError(`--${name} does nothing with a bundle: its own pools and nodes say what is expected`);
}

/** What could be read was printed; that it is not all must not be missed by a script. */
function reportDamage(file: string, { message, fix }: NonNullable<CaptureSummary["damage"]>): void {
  process.stderr.write(`${formatError(new CaptureError(message, file, fix === undefined ? {} : { fix }))}\n`);
  process.exitCode = ExitCode.usage;
}

function collectPort(value: string, before: number[] = []): number[] {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError("a port is 1 to 65535.");
  return [...before, port];
}

/** 24 bits (RFC 7348 section 4). */
function vniNumber(value: string): number {
  if (!/^\d{1,8}$/.test(value) || Number(value) > 0xffffff) throw new InvalidArgumentError("a VNI is 0 to 16777215.");
  return Number(value);
}

function wholeNumber(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError("write a whole number.");
  return Number(value);
}
