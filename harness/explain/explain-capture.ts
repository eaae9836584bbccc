import type { CaptureError } from "../packet/capture-error.ts";
import { formOf, transport } from "../packet/form.ts";
import { layersBefore, levelsOf } from "../packet/levels.ts";
import type { Packet } from "../packet/packet.ts";
import { defaultVxlanPorts, readCapture, type ReadCaptureOptions } from "../packet/read-capture.ts";
import type { RecordsSummary } from "../packet/file/read-records.ts";
import { CaptureFacts } from "./capture-facts.ts";
import { ConversationTable } from "./conversation-table.ts";
import { FlowTunnels } from "./flow-tunnels.ts";
import { IcmpErrors } from "./icmp-errors.ts";
import { hintsFor } from "./hints.ts";
import type { CaptureSummary } from "./summary.ts";

export type { CaptureSummary } from "./summary.ts";

export interface ExplainOptions extends Omit<ReadCaptureOptions, "reuse" | "growing" | "salvage"> {
  /** Encapsulations to take off first, so that what is inside of a mirror is explained; 0 where missing. */
  readonly strip?: number;
  /** Told every packet too, as it is explained: nothing of it may be kept. */
  readonly onPacket?: (packet: Packet) => void;
}

/** Explains any capture: who talks to whom, in which form, and what the encapsulation costs. Reads a damaged one as far as it goes. */
export async function explainCapture(path: string, options: ExplainOptions = {}): Promise<CaptureSummary> {
  const { strip = 0, onPacket, ...reading } = options;
  const explainer = new Explainer();
  const read = await readCapture(path, { ...reading, growing: true, salvage: true, reuse: true }, (packet) => {
    const inside = strip === 0 ? packet : stripped(packet, strip);
    if (inside === undefined) {
      explainer.notInside += 1;
      return;
    }
    explainer.add(inside);
    onPacket?.(inside);
  });
  return explainer.summary(path, read, options);
}

/** The packet inside of `count` encapsulations; missing where it has fewer. */
function stripped(packet: Packet, count: number): Packet | undefined {
  const before = layersBefore(packet.layers, count);
  return before === undefined ? undefined : packet.behind(before);
}

class Explainer {
  /** Packets without the encapsulations that were to be taken off. */
  notInside = 0;
  private readonly facts = new CaptureFacts();
  private readonly table = new ConversationTable();
  private readonly errors = new IcmpErrors();
  private readonly tunnels = new FlowTunnels();

  add(whole: Packet): void {
    this.facts.add(whole);
    const packet = this.tunnels.tell(whole);
    const carried = transport(packet);
    if (carried?.kind === "icmpv6" && carried.isNeighborDiscovery) {
      this.facts.other.neighborDiscovery += 1;
      this.facts.addForm(formOf(packet), levelsOf(packet.layers));
      return;
    }
    const added = this.table.add(packet);
    if (added.as === "packet") this.facts.addSighting(added.sighting);
    if (added.as === "nothing") this.facts.addOther(packet, formOf(packet), levelsOf(packet.layers));
    this.errors.add(packet);
  }

  summary(
    file: string,
    read: RecordsSummary,
    { vxlanPorts = defaultVxlanPorts, strip = 0 }: ExplainOptions,
  ): CaptureSummary {
    const { facts, table, errors, notInside, tunnels } = this;
    const conversations = table.conversations();
    for (const [form, parts] of table.orphans) facts.addForm(form, [], parts);
    const { firstSeconds, lastSeconds } = facts;
    const folded = table.foldedConversations;
    const nested = [...facts.chains.all].filter(([name]) => name.includes(" / "));
    return {
      file,
      packets: read.packets,
      bytes: facts.bytes,
      linkType: read.linkType,
      snaplen: read.snaplen,
      ...(read.interfaces === undefined ? {} : { interfaces: read.interfaces }),
      complete: read.complete,
      ...(read.damage === undefined ? {} : { damage: damageOf(read.damage) }),
      ...(firstSeconds === undefined ? {} : { firstSeconds }),
      ...(lastSeconds === undefined ? {} : { lastSeconds }),
      vxlanPorts,
      forms: facts.forms,
      nested: Object.fromEntries(nested),
      fragments: table.cutOnTheWay,
      conversations,
      ...(folded === undefined ? {} : { folded }),
      icmpErrors: errors.all(),
      other: facts.other,
      notIp: Object.fromEntries(facts.notIp.all),
      suspicions: tunnels.suspicions.all,
      hints: hintsFor({
        facts,
        table,
        tunnels,
        conversations,
        read,
        vxlanPorts,
        strip,
        notInside,
        moreErrors: errors.more,
      }),
    };
  }
}

function damageOf({ message, details }: CaptureError): NonNullable<CaptureSummary["damage"]> {
  return { message, ...(details.fix === undefined ? {} : { fix: details.fix }) };
}
