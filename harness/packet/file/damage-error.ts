import { CaptureError } from "../capture-error.ts";

/** A capture whose packets can be read up to some place, and no further. */
export class DamageError extends CaptureError {}

/** How to get what can be read of a damaged capture into one that every tool reads. */
export function keepWhole(packets: number): string {
  if (packets === 0) return "Record it again: it holds no whole packet.";
  return `Keep the whole packets: tcpdump -r in.pcap -c ${packets} -w out.pcap`;
}

/** The error for a classic pcap that ends within a record. */
export function cutRecord(path: string, left: number, packets: number): DamageError {
  return new DamageError(`cut: ${left} stray bytes of a record follow after packet ${packets}`, path, {
    fix: keepWhole(packets),
  });
}

/** Record headers longer than the magic says: they read as damage within the first two records, and Wireshark tells them by trying. */
const oldDialects =
  "If Nokia IPSO, Red Hat 6.1 or SuSE 6.3 wrote it, its records differ: convert it with editcap in.pcap out.pcapng";

/** The error for a record of a classic pcap whose length nobody believes; `at` is its place in the file. */
export function corruptLength(
  path: string,
  at: number,
  packets: number,
  captured: number,
  original: number,
): DamageError {
  return new DamageError(
    `corrupt at byte ${at}: packet ${packets + 1} claims ${captured} captured of ${original} bytes on the wire`,
    path,
    { fix: packets > 1 ? keepWhole(packets) : `${keepWhole(packets)} ${oldDialects}` },
  );
}
