import { InvalidArgumentError, type Command } from "commander";
import { ExitCode, formatError } from "../core/errors.ts";
import { explainCapture, type CaptureSummary } from "../explain/explain-capture.ts";
import { defaultTop, renderSummary } from "../explain/render-summary.ts";
import { CaptureError } from "../packet/capture-error.ts";
import { defaultVxlanPorts } from "../packet/read-capture.ts";
import { readingProgress } from "./reading-progress.ts";

interface ExplainOptions {
  readonly json?: boolean;
  readonly strip: number;
  readonly top: number;
  readonly vxlanPort?: number[];
}

/** `explain FILE`: decodes a capture offline, from our labs or not. */
export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("decode a capture: conversations, form of encapsulation, outer and inner endpoints, VNI, overhead")
    .argument("<file>", "a capture, pcap or pcapng; - reads one from a pipe")
    .option("--vxlan-port <port>", "UDP port that carries VXLAN; repeatable (default: 4789)", collectPort)
    .option("--strip <levels>", "take off so many encapsulations first: a mirror's, a cloud's", wholeNumber, 0)
    .option(
      "--top <rows>",
      "conversations shown at most, the busiest and those with something wrong",
      wholeNumber,
      defaultTop,
    )
    .option("--json", "print JSON instead of text, with all conversations")
    .addHelpText("after", examples())
    .action(async (file: string, options: ExplainOptions) => {
      const summary = await explainFile(file === "-" ? "/dev/stdin" : file, options);
      console.log(options.json === true ? JSON.stringify(summary, undefined, 2) : renderSummary(summary, options.top));
      if (summary.damage !== undefined) reportDamage(summary.file, summary.damage);
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

function wholeNumber(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError("write a whole number.");
  return Number(value);
}

function examples(): string {
  return `
Examples:
  npm run lab -- explain capture.pcapng
  npm run lab -- explain results/latest/pcaps/vxlan-cross-subnet/a1.pcap
  tcpdump -i any -c 1000 -w - | npm run lab -- explain -`;
}
