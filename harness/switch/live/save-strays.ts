import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CaptureFile } from "../../capture/capture.ts";
import { innerIp } from "../../packet/form.ts";
import type { Packet } from "../../packet/packet.ts";
import { trimCapture } from "../../packet/trim-capture.ts";
import type { Moments } from "../moments.ts";
import type { StrayRecord, StreamRecord } from "../switch-record.ts";
import { wireFormOf, wireForms } from "../wire-form.ts";

/** Packets kept of each tap and form: enough to see what they are. */
const mostPerStray = 50;

/** Milliseconds by which a packet may miss the times that a record tells to a tenth. */
const slackMs = 1;

/** How strays are found again in whole captures. */
interface SavingStrays {
  /** Made where there is something to put into it. */
  readonly folder: string;
  readonly moments: Moments;
  /** Seconds by which each node's clock is ahead; missing = 0. */
  readonly clocks: ReadonlyMap<string, number>;
  /** Of the ends of streams: other packets of the same form are none of theirs. */
  readonly addresses: ReadonlySet<string>;
}

/** Copies the first packets in a form of neither mode into a small capture for each node that saw some; names the files. */
export async function saveStrays(
  streams: readonly StreamRecord[],
  captures: readonly CaptureFile[],
  saving: SavingStrays,
): Promise<readonly string[]> {
  const leaks = streams.flatMap(({ directions }) => directions.flatMap((direction) => direction.leaks));
  const files: string[] = [];
  for (const capture of captures) {
    const own = leaks.filter(({ tap }) => tap.startsWith(`${capture.node}/`));
    if (own.length === 0) continue;
    await mkdir(saving.folder, { recursive: true });
    const file = join(saving.folder, `${capture.node}.pcap`);
    await trimCapture(capture.file, file, keeper(own, capture, saving), mostPerStray * own.length, {
      growing: true,
    });
    files.push(file);
  }
  return files;
}

function keeper(
  leaks: readonly StrayRecord[],
  { node, interfaces }: CaptureFile,
  { moments, clocks, addresses }: SavingStrays,
): (packet: Packet) => boolean {
  const ahead = clocks.get(node) ?? 0;
  const kept = new Map<string, number>();
  return (packet) => {
    const tap = `${node}/${interfaces.get(packet.interfaceIndex ?? -1) ?? ""}`;
    const at = moments.ms(packet.timeSeconds - ahead);
    const form = wireForms[wireFormOf(packet)];
    const isOne = leaks.some(
      (leak) => leak.tap === tap && leak.form === form && at >= leak.fromMs - slackMs && at <= leak.toMs + slackMs,
    );
    const ip = isOne ? innerIp(packet) : undefined;
    if (ip === undefined || !addresses.has(ip.source) || !addresses.has(ip.destination)) return false;
    const key = `${tap} ${form ?? ""}`;
    const count = (kept.get(key) ?? 0) + 1;
    kept.set(key, count);
    return count <= mostPerStray;
  };
}
