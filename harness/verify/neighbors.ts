import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { UnansweredAsk } from "../observe/arp-ledger.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import type { Plan } from "../topology/plan.ts";
import { defineCheck, type NetworkCase } from "./check.ts";
import { machinesIn } from "./machines.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Whoever asked while probes ran who has an address of its segment, or of its pod or gateway, got an answer. What nodes and routers asked
 * their kernels tell; what pods asked shows on the wire, by ARP.
 */
export const neighbors = defineCheck({
  of: "network",
  name: "neighbors",
  part: "encapsulation",
  proves: "nodes, routers and pods that asked who has an address of the lab (ARP, neighbor discovery) got an answer",
  judge: (networkCase) => {
    const { facts, before } = networkCase;
    if (before === undefined) return [];
    return machinesIn(facts).map((own) => verdictOn(networkCase, own, machinesIn(before)));
  },
});

/** The address that pods have for a gateway (cni-plugin, dataplane/linux). */
const podGateway = "169.254.1.1";

/** How many questions a reason spells out. */
const spelledOut = 3;

function verdictOn(networkCase: NetworkCase, own: NodeFacts, before: readonly NodeFacts[]): Verdict {
  const { mode } = networkCase;
  const { node } = own;
  const base = {
    id: `${mode.id}/neighbors/${node}`,
    check: "neighbors",
    expected: "an answer to whoever asks",
  } as const;
  const earlier = before.find((candidate) => candidate.node === node);
  const asked = [...new Set([...askedByKernel(networkCase, own, earlier), ...askedOnWire(networkCase, node)])];
  if (asked.length > 0) {
    const more = asked.length > spelledOut ? `; and ${asked.length - spelledOut} more` : "";
    const reason = `${asked.slice(0, spelledOut).join("; ")}${more}`;
    const observed = `${asked.length} question${asked.length === 1 ? "" : "s"} without an answer`;
    return { ...base, status: "fail", observed, reason, category: "control plane", evidence: asked };
  }
  const blind = [own, earlier].flatMap((facts) => facts?.unreadable ?? []).find(({ what }) => what === "neighbors");
  if (blind !== undefined || earlier === undefined) {
    const why = blind === undefined ? "" : ` (${blind.because})`;
    const reason = `the neighbors of ${node} could not be read both before and after the probes${why}: check that ip(8) works there`;
    return { ...base, status: "inconclusive", observed: "nothing", reason, category: "inconclusive", evidence: [] };
  }
  return { ...base, status: "pass", observed: "nobody was left without", evidence: [] };
}

/** What the kernel gave up to ask, or asks still: of that which lies on its own segments, and of its pods. */
function askedByKernel(networkCase: NetworkCase, own: NodeFacts, before: NodeFacts | undefined): readonly string[] {
  const known = addressesNear(networkCase, own.node);
  return own.neighbors.flatMap((entry): readonly string[] => {
    const { address, device } = entry;
    const whose = known.get(`${device} ${destinationOf(address)}`);
    if (whose === undefined || !isOpen(entry)) return [];
    const former = before?.neighbors.find((one) => one.device === device && one.address === address);
    return former === undefined || wasAskedAgain([own, entry], [before, former])
      ? [`${own.node} asks by ${device} who has ${address} (${whose}), and nobody answers`]
      : [];
  });
}

type Neighbor = NodeFacts["neighbors"][number];

function isOpen({ mac, state }: Neighbor): boolean {
  return mac === "" && /FAILED|INCOMPLETE/.test(state);
}

type Aged = readonly [facts: NodeFacts | undefined, entry: Neighbor];

/** An entry that failed long ago stays in the table for a while. */
function wasAskedAgain(now: Aged, before: Aged): boolean {
  if (now[1].state.includes("INCOMPLETE") || !isOpen(before[1])) return true;
  const [later, earlier] = [lastAskedAt(now), lastAskedAt(before)];
  return later !== undefined && earlier !== undefined && later > earlier + rounding;
}

/** Seconds: ip(8) tells ages in whole ones. */
const rounding = 1.5;

/** In seconds of the machine's uptime. */
function lastAskedAt([facts, { age }]: Aged): number | undefined {
  return facts?.uptime === undefined || age === undefined ? undefined : facts.uptime - age;
}

/** What a machine may ask for: "device address" to whose it is. */
function addressesNear({ plan, identities }: NetworkCase, name: string): ReadonlyMap<string, string> {
  const ports = portsOf(plan);
  const own = ports.filter((port) => port.name === name);
  const near = own.flatMap(({ device, segment }) =>
    ports
      .filter((port) => port.segment === segment && port.name !== name)
      .flatMap((port) => port.addresses.map((address) => [`${device} ${destinationOf(address)}`, port.name] as const)),
  );
  const pods = identities.pods
    .filter(({ node }) => node === name)
    .flatMap((pod) =>
      Object.values(pod.addresses).map(
        (address) => [`${pod.hostDevice} ${destinationOf(address)}`, `pod ${pod.name}`] as const,
      ),
    );
  return new Map([...near, ...pods]);
}

interface NamedPort {
  readonly name: string;
  readonly device: string;
  readonly segment: string;
  readonly addresses: readonly string[];
}

function portsOf({ nodes, routers }: Plan): readonly NamedPort[] {
  const all = [
    ...nodes.map(({ name, uplink }) => ({ name, port: uplink })),
    ...routers.flatMap(({ name, ports }) => ports.map((port) => ({ name, port }))),
  ];
  return all.map(({ name, port: { device, segment, addresses } }) => ({
    name,
    device,
    segment,
    addresses: Object.values(addresses).map(withoutPrefix),
  }));
}

/** A pod's own questions: nobody but its node can answer them. */
function askedOnWire({ identities, unanswered = [] }: NetworkCase, node: string): readonly string[] {
  return unanswered.flatMap(({ tap, asker, target, times }: UnansweredAsk): readonly string[] => {
    const pod = identities.pods.find(({ hostDevice }) => tap.node === node && hostDevice === tap.device);
    const isPods = pod !== undefined && Object.values(pod.addresses).some((address) => address === asker);
    if (!isPods || target !== podGateway) return [];
    return [
      `pod ${pod.name} asks at ${tap.device} who has ${podGateway} (its gateway, ${times} times), and ${node} does not answer`,
    ];
  });
}
