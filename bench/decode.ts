import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { processorTime } from "./processor-time.ts";
import { printFigures, type Figure } from "./row.ts";
import { localExecutor } from "../harness/exec/local/local.ts";
import { ethernet, ipv4, tcp, udp, vxlan } from "../harness/packet/build.ts";
import { innerIp, outerIp, transport, vxlanOf } from "../harness/packet/form.ts";
import { IpProtocol } from "../harness/packet/ip-protocol.ts";
import type { Packet } from "../harness/packet/packet.ts";
import { readCapture } from "../harness/packet/read-capture.ts";
import { tableLines } from "../harness/packet/table-lines.ts";
import { pcapBytes } from "../harness/packet/write-pcap.ts";
import { vxlanPort } from "../harness/packet/tunnel/vxlan.ts";

/** Decoding a capture is at least this many times faster than tshark on the same fields. */
const bar = 60;
/** Memory must stay flat on a 1 GB file: what Node itself takes, and room for garbage. */
const flatMiB = 160;
const gigabyte = 1e9;
const packets = 300_000;
const ourRuns = 5;
/** Distinct packets, repeated until the file is full. */
const distinct = 1_000;
const tsharkFields = ["ip.src", "ip.dst", "udp.dstport", "vxlan.vni", "tcp.srcport", "tcp.dstport", "frame.len"];

/** What was measured on one file, as ratios of processor time: seconds mean nothing on another or a busy machine. */
interface Comparison {
  readonly file: string;
  /** How many times the work of our decoder each one did; missing where it is not installed. */
  readonly tshark?: number;
  readonly tcpdumpCount?: number;
}

/** A child of this script reads the given file and prints the peak of its memory, undisturbed by the rest. */
const fileToRead = process.argv[2] === "--read" ? process.argv[3] : undefined;
if (fileToRead === undefined) await main();
else await printPeak(fileToRead);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
  try {
    const comparisons = [await compare(folder, "full size", 1_600), await compare(folder, "snaplen 128", 128)];
    const big = join(folder, "big.pcap");
    await generate(big, 128, Math.ceil(gigabyte / (128 + 16)));
    const peakMiB = await peakOf(big);
    report(comparisons, peakMiB);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(comparisons: readonly Comparison[], peakMiB: number): void {
  const times = (ratio: number | undefined) => (ratio === undefined ? "not installed" : `${ratio.toFixed(1)} ×`);
  const rows = comparisons.map(({ file, tshark, tcpdumpCount }) => [file, times(tshark), times(tcpdumpCount)]);
  console.log(tableLines([["our work = 1", "tshark -T fields", "tcpdump --count"], ...rows]).join("\n"));
  console.log(`peak memory on a 1 GB file: ${peakMiB} MiB`);
  const slow = comparisons.some(({ tshark }) => tshark !== undefined && tshark < bar);
  const ok = !slow && peakMiB <= flatMiB;
  const tshark = comparisons.flatMap(({ file, tshark: ratio }): [string, Figure][] =>
    ratio === undefined ? [] : [[`decode ${file}: tshark / ours`, { value: ratio, better: "higher", noise: 0.25 }]],
  );
  const peak: Figure = { value: peakMiB, better: "lower", noise: 0.2 };
  printFigures({ ...Object.fromEntries(tshark), "decode 1 GB: peak MiB": peak });
  if (!ok) process.exitCode = 1;
}

async function compare(folder: string, name: string, snaplen: number): Promise<Comparison> {
  const file = join(folder, `${snaplen}.pcap`);
  await generate(file, snaplen, packets);
  const ours = median(await timesOf(ourRuns, () => decodeAll(file)));
  const tshark = await tsharkSeconds(file);
  const tcpdump = await processorTime(["tcpdump", "-r", file, "--count", `udp port ${vxlanPort}`]);
  await rm(file);
  return {
    file: name,
    ...(tshark === undefined ? {} : { tshark: tshark / ours }),
    ...(tcpdump === undefined ? {} : { tcpdumpCount: tcpdump / ours }),
  };
}

/** Reads every field that tshark is asked for, of every packet; the total proves that none was skipped. */
async function decodeAll(file: string): Promise<void> {
  let total = 0;
  const read = await readCapture(file, { reuse: true }, (packet) => {
    total += fieldTotal(packet);
  });
  if (read.packets !== packets || total < packets * 40_000) throw new Error(`read ${read.packets} of ${packets}`);
}

function fieldTotal(packet: Packet): number {
  const outer = outerIp(packet);
  const inner = innerIp(packet);
  const udpLayer = packet.layers[2];
  const carried = transport(packet);
  if (outer === undefined || inner === undefined || udpLayer?.kind !== "udp" || carried?.kind !== "tcp") return 0;
  const texts = outer.source.length + outer.destination.length + inner.source.length + inner.destination.length;
  const ports = udpLayer.destinationPort + carried.sourcePort + carried.destinationPort;
  return texts + ports + (vxlanOf(packet)?.vni ?? 0) + packet.originalLength;
}

/** The same line that tshark prints for these fields. */
function fieldLine(packet: Packet): string {
  const outer = outerIp(packet);
  const inner = innerIp(packet);
  const udpLayer = packet.layers[2];
  const carried = transport(packet);
  if (outer === undefined || inner === undefined || udpLayer?.kind !== "udp" || carried?.kind !== "tcp") return "";
  const addresses = `${outer.source},${inner.source}\t${outer.destination},${inner.destination}`;
  const outside = `${udpLayer.destinationPort}\t${vxlanOf(packet)?.vni ?? ""}`;
  return `${addresses}\t${outside}\t${carried.sourcePort}\t${carried.destinationPort}\t${packet.originalLength}`;
}

/** Time of tshark without its start-up; first proves on 1 000 packets that it prints what we do. */
async function tsharkSeconds(file: string): Promise<number | undefined> {
  const fields = tsharkFields.flatMap((field) => ["-e", field]);
  const argv = ["tshark", "-n", "-r", file, "-T", "fields", ...fields];
  const sample = await localExecutor()
    .tryRun([...argv, "-c", "1000"])
    .catch(() => undefined);
  if (sample?.exitCode !== 0) return undefined;
  const ours: string[] = [];
  await readCapture(file, {}, (packet) => {
    if (packet.number <= 1_000) ours.push(fieldLine(packet));
  });
  if (sample.stdout.trimEnd() !== ours.join("\n")) throw new Error("tshark reads other fields than we do");
  const startUp = (await processorTime([...argv, "-c", "1"])) ?? 0;
  const whole = await processorTime(argv);
  return whole === undefined ? undefined : whole - startUp;
}

/** Processor seconds of each run, all threads of this process included. */
async function timesOf(runs: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(started);
    times.push((user + system) / 1e6);
  }
  return times;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Writes a capture of VXLAN frames with TCP inside, by repeating the same thousand. */
async function generate(path: string, snaplen: number, count: number): Promise<void> {
  const block = pcapBytes(Array.from({ length: distinct }, (_, index) => frameOf(index, snaplen)));
  const file = await open(path, "w");
  try {
    await file.write(block.subarray(0, 24));
    for (let written = 0; written < count; written += distinct) await file.write(block.subarray(24));
  } finally {
    await file.close();
  }
}

function frameOf(index: number, snaplen: number): { bytes: Buffer; originalLength: number; timeSeconds: number } {
  const node = (index % 4) + 1;
  const segment = tcp({ sourcePort: 30_000 + index, destinationPort: 5201 }, Buffer.alloc(1_398, index));
  const addresses = { source: `198.19.0.${index % 250}`, destination: `198.19.1.${index % 250}` };
  const inner = ethernet(
    { source: "66:00:00:00:00:01", destination: "66:00:00:00:00:02" },
    ipv4({ ...addresses, protocol: IpProtocol.tcp }, segment),
  );
  const outer = udp({ sourcePort: 40_000 + index, destinationPort: vxlanPort }, vxlan({ vni: 4096 }, inner));
  const ends = { source: `198.18.1.1${node}`, destination: `198.18.2.1${node}`, protocol: IpProtocol.udp };
  const frame = ethernet({ source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" }, ipv4(ends, outer));
  const timeSeconds = 1_700_000_000 + index / 1_000;
  return { bytes: frame.subarray(0, snaplen), originalLength: frame.length, timeSeconds };
}

async function peakOf(file: string): Promise<number> {
  const argv = [process.execPath, "--import", "tsx", fileURLToPath(import.meta.url), "--read", file];
  const { stdout } = await localExecutor().run(argv, { timeoutMs: 300_000 });
  return Number(stdout);
}

async function printPeak(file: string): Promise<void> {
  const { bytes } = await readCapture(file, { reuse: true }, (packet) => innerIp(packet));
  if (bytes !== (await stat(file)).size) throw new Error("not the whole file was read");
  console.log(Math.round(process.resourceUsage().maxRSS / 1_024));
}
