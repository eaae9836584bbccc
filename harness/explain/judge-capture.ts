import { formBetween } from "../encap/flow.ts";
import { defaultVni } from "../encap/tunnel.ts";
import type { NodeIdentity } from "../encap/identity.ts";
import type { CaptureExpectation } from "./capture-expectation.ts";
import { contains, familyOf, prefixLength } from "../topology/address.ts";
import type { Conversation, ConversationVariant } from "./conversation.ts";
import { endsOf, interfaceOf, ownersOf, uplinksOf } from "./places.ts";
import type { CaptureSummary } from "./summary.ts";
import type { Suspicion } from "./suspicion.ts";
import { wantedVni } from "./vni.ts";

/** Packets from one node to another in a form that no expected mode gives them. */
interface WrongPair {
  readonly from: string;
  readonly to: string;
  readonly sameSubnet: boolean;
  readonly expected: string;
  readonly observed: string;
  readonly packets: number;
  /** One of the conversations: "198.19.0.2 > 198.19.0.66 TCP 80". */
  readonly example: string;
}

export interface CaptureVerdict {
  readonly status: "pass" | "fail" | "inconclusive";
  /** Pairs of nodes whose packets had a form that is expected. */
  readonly right: number;
  readonly wrong: readonly WrongPair[];
  /** What kept packets from being judged, a sentence each. */
  readonly doubts: readonly string[];
}

/** Judges a capture against a mode: every packet between two nodes must have the form that the mode gives to that pair. */
export function judgeCapture(summary: CaptureSummary, expectation: CaptureExpectation): CaptureVerdict {
  const judge = new Judge(
    expectation,
    ownersOf(summary),
    uplinksOf(summary, expectation),
    wantedVni(summary.conversations, expectation.vni),
  );
  for (const conversation of summary.conversations) {
    for (const variant of conversation.variants) judge.hear(conversation, variant);
  }
  for (const suspicion of summary.suspicions) judge.suspect(suspicion);
  if (summary.damage !== undefined)
    judge.doubts.add(`the file could not be read to its end: ${summary.damage.message}`);
  if (summary.folded !== undefined) {
    judge.doubts.add(`${summary.folded.conversations} conversations of a very large capture were merged`);
  }
  return judge.verdict();
}

class Judge {
  readonly doubts = new Set<string>();
  private readonly expectation: CaptureExpectation;
  private readonly owners: ReadonlyMap<string, string>;
  private readonly uplinks: ReadonlySet<string> | undefined;
  private readonly vni: number | undefined;
  private readonly right = new Set<string>();
  private readonly wrong = new Map<string, WrongPair>();

  constructor(
    expectation: CaptureExpectation,
    owners: ReadonlyMap<string, string>,
    uplinks: ReadonlySet<string> | undefined,
    vni: number | undefined,
  ) {
    this.expectation = expectation;
    this.owners = owners;
    this.uplinks = uplinks;
    this.vni = vni;
  }

  hear(conversation: Conversation, variant: ConversationVariant): void {
    const [source, destination] = endsOf(conversation, variant.direction);
    if (conversation.protocol.endsWith("error")) return;
    // A tunnel that nodes make is between nodes: what has another end is plain, whatever it carries.
    const isPlain = variant.form === "unknown" && !(this.isNode(source) && this.isNode(destination));
    if (isPlain) this.hearPlain(conversation, { ...variant, form: "plain" }, source, destination);
    else if (variant.form === "plain") this.hearPlain(conversation, variant, source, destination);
    else if (variant.form === "unknown") {
      this.doubts.add(`${source} > ${destination}: cut before what would tell the form`);
    } else if (variant.overheadBytes === undefined) {
      this.hearUnread(conversation, variant, source, destination);
    } else if (variant.outerSource !== undefined && variant.outerDestination !== undefined) {
      this.judge(conversation, variant, variant.outerSource, variant.outerDestination);
    }
  }

  /** What nobody can read is in doubt, but for pods' own tunnels: what is around these is all that nodes made. */
  private hearUnread(
    conversation: Conversation,
    { levels, ...outermost }: ConversationVariant,
    source: string,
    destination: string,
  ): void {
    const [from, to] = [outermost.outerSource, outermost.outerDestination];
    const arePods = this.ownerOf(source) !== undefined && this.ownerOf(destination) !== undefined;
    if (!arePods) this.doubts.add(`${source} > ${destination}: what is inside of ${outermost.form} cannot be read`);
    else if (levels === undefined) this.hearPlain(conversation, { ...outermost, form: "plain" }, source, destination);
    else if (from !== undefined && to !== undefined) {
      const outer = levels.slice(0, -1);
      this.judge(conversation, outer.length < 2 ? outermost : { ...outermost, levels: outer }, from, to);
    }
  }

  /** What may be a tunnel between two nodes may carry what is looked for; between others it is their own. */
  suspect({ source, destination, port, looksLike }: Suspicion): void {
    if (!this.isNode(source) || !this.isNode(destination)) return;
    this.doubts.add(
      `${source} > ${destination} ${port} looks like ${looksLike}: whether it carries pods' packets is open`,
    );
  }

  verdict(): CaptureVerdict {
    const wrong = [...this.wrong.values()];
    if (this.right.size === 0 && wrong.length === 0 && this.doubts.size === 0) {
      this.doubts.add("no packet between pods of two nodes is in this capture");
    }
    const isClear = this.doubts.size === 0 && this.right.size > 0;
    const status = wrong.length > 0 ? "fail" : isClear ? "pass" : "inconclusive";
    return { status, right: this.right.size, wrong, doubts: [...this.doubts] };
  }

  /** Plain packets to a node's own address are no pod traffic; those of pods count where both nodes are known. */
  private hearPlain(
    conversation: Conversation,
    variant: ConversationVariant,
    source: string,
    destination: string,
  ): void {
    // The pods' side of what is encapsulated at the uplink.
    if ((conversation.throughNode === true && !conversation.mixed) || this.isNode(destination)) return;
    if (!this.isUplink(conversation)) return;
    const from = this.isNode(source) ? source : this.ownerOf(source);
    const to = this.ownerOf(destination);
    if (from !== undefined && to !== undefined) this.judge(conversation, variant, from, to);
    else if (!this.isNode(source) && this.expectation.modes.some(({ policy }) => policy !== "Never")) {
      this.doubts.add(
        `${source} > ${destination} is plain, and nothing here shows which nodes these are on: name them with ` +
          "--blocks BLOCK=NODE,...",
      );
    }
  }

  private judge(conversation: Conversation, variant: ConversationVariant, from: string, to: string): void {
    if (from === to) return;
    const [one, other] = [this.identityOf(from), this.identityOf(to)];
    if (one === undefined || other === undefined) {
      const stranger = one === undefined ? from : to;
      this.doubts.add(`${stranger} sends or receives ${variant.form} packets, and is in none of the subnets`);
      return;
    }
    const family = familyOf(from);
    const forms = [...new Set(this.expectation.modes.map((mode) => formBetween(mode, family, one, other, to)))];
    const pair = `${from} ${to}`;
    const observed = this.observedIn(variant);
    if (forms.some((form) => form === observed)) {
      this.right.add(pair);
      return;
    }
    const isForeign = observed !== variant.form && variant.levels === undefined;
    const expected = forms.map((form) => (form === "vxlan" && isForeign ? `vxlan in VNI ${this.vni ?? ""}` : form));
    const key = `${pair} ${observed}`;
    const before = this.wrong.get(key);
    const [source, destination] = endsOf(conversation, variant.direction);
    const port = conversation.port === undefined ? "" : ` ${conversation.port}`;
    this.wrong.set(key, {
      from,
      to,
      sameSubnet: this.subnetOf(from) === this.subnetOf(to),
      expected: expected.join(" or "),
      observed,
      packets: (before?.packets ?? 0) + variant.packets,
      example: before?.example ?? `${source} > ${destination} ${conversation.protocol}${port}`,
    });
  }

  /** Of several encapsulations in each other no mode makes more than the outermost; VXLAN in a foreign VNI is another network's. */
  private observedIn({ form, vni, levels }: ConversationVariant): string {
    if (levels !== undefined) return levels.map((level) => level.form).join(" / ");
    if (form !== "vxlan" || vni === undefined || vni === this.vni) return form;
    if (this.vni !== undefined) return `vxlan in VNI ${vni}`;
    this.doubts.add(
      `VXLAN is in VNI ${vni}, and Calico's default is ${defaultVni}: if vxlanVNI says so, add --vni ${vni}`,
    );
    return form;
  }

  private isUplink(conversation: Conversation): boolean {
    return this.uplinks?.has(interfaceOf(conversation)) ?? true;
  }

  private ownerOf(address: string): string | undefined {
    const block = this.expectation.blocks.find((owned) => contains(owned.block, address));
    return block?.node ?? this.owners.get(address);
  }

  private isNode(address: string): boolean {
    return this.subnetOf(address) !== undefined;
  }

  private subnetOf(address: string): string | undefined {
    return this.expectation.subnets.find((subnet) => contains(subnet, address));
  }

  /** A node as the oracle wants it: registered with the prefix of its subnet. */
  private identityOf(address: string): NodeIdentity | undefined {
    const subnet = this.subnetOf(address);
    if (subnet === undefined) return undefined;
    const family = familyOf(address);
    return {
      name: address,
      addresses: { [family]: address },
      registered: { [family]: `${address}/${prefixLength(subnet)}` },
      uplink: "",
      blocks: {},
      tunnelAddresses: {},
    };
  }
}
