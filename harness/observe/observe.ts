import { basename } from "node:path";
import type { CaptureFile, CaptureTarget } from "../capture/capture.ts";
import type { TapId } from "../encap/expectation.ts";
import { CaptureError } from "../packet/capture-error.ts";
import type { Packet } from "../packet/packet.ts";
import { suspectedVxlanPort } from "../packet/form.ts";
import { defaultVxlanPorts, readCapture } from "../packet/read-capture.ts";
import type { Probe } from "../probe/probe.ts";
import { ArpLedger, type UnansweredAsk } from "./arp-ledger.ts";
import { icmpErrorOf } from "./icmp-error.ts";
import type { ProbeObservation, TapHealth } from "./observation.ts";
import { PacketOwners } from "./packet-owners.ts";
import { plainPortsOf } from "./plain-ports.ts";
import { Recognizer, type Quotation } from "./recognizer.ts";
import { sightingsOf } from "./sightings.ts";
import type { FlowSubject, PatternSubject } from "./subject.ts";
import { Tally, type Variants } from "./tally.ts";
import { unwrapping, type Encryption, type Unwrap } from "./unwrap-wireguard.ts";

export interface ObserveOptions {
  /** UDP ports that carry VXLAN, beside those at which the captures themselves show it; default 4789. */
  readonly vxlanPorts?: readonly number[];
  /** Who encrypts what; missing where nobody does. */
  readonly encryption?: Encryption;
}

/** What the captures showed of every probe, in the order of the probes, and how far each tap can be trusted. */
export interface Observations {
  readonly observations: readonly ProbeObservation[];
  readonly health: readonly TapHealth[];
  /** Who asked by ARP and was not answered, tap by tap. */
  readonly unanswered: readonly UnansweredAsk[];
  /** Knows of every packet that was read whose it was. */
  readonly owners: PacketOwners;
}

/**
 * Turns captures into observations: each file is read once, each packet is attributed to its probe by token. A file that
 * cannot be read makes its taps doubtful, not the run fail: nobody can claim anything from them. Where packets look like VXLAN at a
 * port that nobody named, all is read once more with it: a tunnel at the wrong port is wrong, and not nothing.
 */
export async function observe(
  probes: readonly Probe[],
  captures: readonly CaptureFile[],
  targets: readonly CaptureTarget[],
  { vxlanPorts = defaultVxlanPorts, encryption }: ObserveOptions = {},
): Promise<Observations> {
  const unwrap = await unwrapping(captures, encryption);
  const observed = await readAll(probes, captures, targets, vxlanPorts, unwrap);
  const further = observed.suspected.filter((port) => !vxlanPorts.includes(port));
  if (further.length === 0) return observed;
  return readAll(probes, captures, targets, [...vxlanPorts, ...further], unwrap);
}

async function readAll(
  probes: readonly Probe[],
  captures: readonly CaptureFile[],
  targets: readonly CaptureTarget[],
  vxlanPorts: readonly number[],
  unwrap: Unwrap,
): Promise<Observations & { readonly suspected: readonly number[] }> {
  const taps = targets.flatMap(({ node, devices }) => devices.map((device) => ({ node, device })));
  const listener = new Listener(probes, taps, unwrap);
  const doubts = new Map<string, readonly string[]>();
  for (const { node } of targets) {
    const capture = captures.find((candidate) => candidate.node === node);
    doubts.set(
      node,
      capture === undefined ? ["there is no capture of this node"] : await listen(listener, capture, vxlanPorts),
    );
  }
  return {
    observations: listener.observations(),
    health: taps.map((tap, index) => ({ tap, packets: listener.heardAt(index), doubts: doubts.get(tap.node) ?? [] })),
    unanswered: listener.unanswered,
    owners: listener.owners,
    suspected: listener.suspectedPorts,
  };
}

/** Reads one file; returns what makes it doubtful. */
async function listen(
  listener: Listener,
  capture: CaptureFile,
  vxlanPorts: readonly number[],
): Promise<readonly string[]> {
  try {
    const hear = listener.on(capture);
    const reading = { vxlanPorts, plainPorts: listener.plainPorts, growing: true, reuse: true };
    const { packets, complete } = await readCapture(capture.file, reading, hear);
    return [
      ...capture.doubts,
      ...(complete ? [] : ["the last packet of the file is cut"]),
      ...(packets === capture.captured ? [] : [`tcpdump counted ${capture.captured} packets, we read ${packets}`]),
    ];
  } catch (error) {
    if (error instanceof CaptureError) return [...capture.doubts, error.message];
    throw error;
  }
}

/** Hears packets of all captures and remembers whose they were. */
class Listener {
  readonly #probes: readonly Probe[];
  readonly #taps: readonly TapId[];
  readonly #recognizer: Recognizer;
  readonly owners: PacketOwners;
  readonly #heard: number[];
  readonly #unwrap: Unwrap;
  /** Of probes that are known by a pattern, by probe and place. */
  readonly #variants = new Map<number, Variants>();
  readonly #suspected = new Set<number>();
  readonly #arp = new ArpLedger();
  readonly #errors: { tap: number; from: string; text: string; quotation: Quotation }[] = [];

  constructor(probes: readonly Probe[], taps: readonly TapId[], unwrap: Unwrap) {
    this.#unwrap = unwrap;
    this.#probes = probes;
    this.#taps = taps;
    this.#recognizer = new Recognizer(probes);
    this.owners = new PacketOwners(this.#recognizer);
    this.#heard = taps.map(() => 0);
  }

  /** UDP ports to which packets went that look like VXLAN, and that are none of VXLAN's as far as anybody knew. */
  get suspectedPorts(): readonly number[] {
    return [...this.#suspected];
  }

  get unanswered(): readonly UnansweredAsk[] {
    return this.#arp.unanswered(this.#taps);
  }

  get plainPorts(): readonly number[] {
    return plainPortsOf(this.#probes);
  }

  heardAt(tap: number): number {
    return this.#heard[tap] ?? 0;
  }

  /** What to do with each packet of one file. */
  on(capture: CaptureFile): (packet: Packet) => void {
    const taps = this.#tapsOf(capture);
    const { file } = capture;
    const name = basename(file);
    return (packet) => {
      const tap = packet.interfaceIndex === undefined ? undefined : taps.get(packet.interfaceIndex);
      if (tap === undefined) return;
      this.#heard[tap] = this.heardAt(tap) + 1;
      const owner = this.#count(this.#unwrap(packet), tap, name);
      if (owner !== undefined) this.owners.note(file, packet.number, owner);
    };
  }

  observations(): readonly ProbeObservation[] {
    const sightings = sightingsOf(this.#recognizer, this.#taps);
    // What is told from here on is whose a packet is.
    for (const { tallies } of this.#recognizer.subjects()) tallies.clear();
    const errors = this.#errorsByProbe();
    return this.#probes.map((probe, index) => ({
      probe,
      sightings: sightings.get(index) ?? [],
      icmpErrors: errors.get(index) ?? [],
    }));
  }

  #tapsOf({ node, interfaces }: CaptureFile): ReadonlyMap<number, number> {
    const taps = new Map<number, number>();
    for (const [index, device] of interfaces) {
      const tap = this.#taps.findIndex((candidate) => candidate.node === node && candidate.device === device);
      if (tap >= 0) taps.set(index, tap);
    }
    return taps;
  }

  /** Returns the number of the packet's owner. */
  #count(packet: Packet, tap: number, file: string): number | undefined {
    const identified = this.#recognizer.identify(packet);
    if (identified === undefined) {
      const suspected = suspectedVxlanPort(packet);
      if (suspected !== undefined) this.#suspected.add(suspected);
      this.#arp.add(packet, tap);
      return this.#countError(packet, tap);
    }
    const { subject, side } = identified;
    const place = tap * 2 + side;
    let tally = subject.tallies.get(place);
    if (tally === undefined) {
      tally = new Tally(this.owners.add({ tap, subject, side }), this.#variantsOf(subject, place));
      subject.tallies.set(place, tally);
    }
    tally.add(packet, file);
    return tally.owner;
  }

  /** Those of a probe's flows are one: a hundred nodes have a hundred thousand tallies, each with the lines of a packet. */
  #variantsOf(subject: PatternSubject | FlowSubject, place: number): Variants {
    if (subject.kind === "flow") return new Map();
    const key = subject.probe * 2 * this.#taps.length + place;
    const variants = this.#variants.get(key) ?? (new Map() as Variants);
    this.#variants.set(key, variants);
    return variants;
  }

  #countError(packet: Packet, tap: number): number | undefined {
    const quotation = this.#recognizer.quotation(packet);
    if (quotation === undefined) return undefined;
    const error = icmpErrorOf(packet);
    if (error !== undefined) this.#errors.push({ tap, ...error, quotation });
    return this.owners.add({ tap, quotation });
  }

  #errorsByProbe(): ReadonlyMap<number, ProbeObservation["icmpErrors"]> {
    const byProbe = new Map<number, { tap: TapId; from: string; text: string }[]>();
    for (const { tap: index, from, text, quotation } of this.#errors) {
      const probe = this.#recognizer.resolveQuotation(quotation);
      const tap = this.#taps[index];
      if (probe === undefined || tap === undefined) continue;
      const errors = byProbe.get(probe) ?? [];
      byProbe.set(probe, errors);
      errors.push({ tap, from, text });
    }
    return byProbe;
  }
}
