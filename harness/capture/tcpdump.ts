import type { CaptureOptions, CaptureTarget } from "./capture.ts";

/** Seconds after which a capture ends by itself, so that nothing captures forever when its owner was killed. */
export const longestCaptureSeconds = 3600;

/** What tcpdump prints (on stderr) once its socket is open and its filter is set: packets from now on are seen. */
export const listening = /^tcpdump: listening on any/;

/**
 * One tcpdump on all interfaces of a node. `-y LINUX_SLL2` records the interface with each packet; `--immediate-mode`
 * and `-U` bring each packet to the file at once; `-Z root` keeps distributions' builds from giving up the right to write
 * into the folder; `-n` asks no name server.
 */
export function tcpdumpArgv(
  file: string,
  target: Partial<Pick<CaptureTarget, "filter" | "tapsOnly" | "devices">>,
  options: CaptureOptions,
  interfaces: ReadonlyMap<number, string> = new Map(),
): readonly string[] {
  const filter =
    target.filter ?? (target.tapsOnly === true ? onlyDevices(target.devices ?? [], interfaces) : undefined);
  const { snaplen, bufferKiB, maxPackets } = options;
  return [
    ...["tcpdump", "-i", "any", "-y", "LINUX_SLL2", "--immediate-mode", "-U", "-n", "-Z", "root"],
    ...["-s", String(snaplen), "-B", String(bufferKiB), "-c", String(maxPackets), "-w", file],
    ...(filter === undefined ? [] : [filter]),
  ];
}

/** By the interface's number in the cooked header, which the kernel compares itself (SKF_AD_IFINDEX). */
function onlyDevices(devices: readonly string[], interfaces: ReadonlyMap<number, string>): string | undefined {
  const wanted = new Set([...devices, "lo"]);
  const indexes = [...interfaces].filter(([, device]) => wanted.has(device)).map(([index]) => index);
  return indexes.length === 0 ? undefined : indexes.map((index) => `link[4:4] = ${index}`).join(" or ");
}

/** The numbers that tcpdump prints when it ends. */
export interface TcpdumpSummary {
  readonly captured: number;
  readonly receivedByFilter: number;
  readonly droppedByKernel: number;
}

/** Reads tcpdump's last words; missing where it was killed before it could say them. */
export function parseSummary(stderr: string): TcpdumpSummary | undefined {
  const captured = numberBefore(stderr, "captured");
  const receivedByFilter = numberBefore(stderr, "received by filter");
  const droppedByKernel = numberBefore(stderr, "dropped by kernel");
  if (captured === undefined || receivedByFilter === undefined || droppedByKernel === undefined) return undefined;
  return { captured, receivedByFilter, droppedByKernel };
}

function numberBefore(text: string, words: string): number | undefined {
  const number = new RegExp(`^(?:tcpdump: )?(\\d+) packets? ${words}`, "m").exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Counts the packets of a file, with tcpdump's own reader: a check that shares no code with ours. */
export function countArgv(file: string): readonly string[] {
  return ["tcpdump", "-Z", "root", "-r", file, "--count"];
}

/** The same for many files, whose paths it reads from its standard input: their sum. */
export const countTogetherArgv: readonly string[] = ["tcpdump", "-Z", "root", "-V", "-", "--count"];

/** Reads the answer of `--count` (tcpdump 4.99 or newer): "42 packets". */
export function parseCount(stdout: string): number | undefined {
  const number = /^(\d+) packets?$/m.exec(stdout)?.[1];
  return number === undefined ? undefined : Number(number);
}
