import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { NodeIdentity } from "../encap/identity.ts";
import { contains } from "../topology/address.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { listOf } from "../verify/words.ts";
import { failuresOf, type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

/** Calico knows nodes by their address in another network of theirs: start-up looked for it and took the wrong device. */
export const autodetection: Rule = {
  name: "autodetection",
  find: (incident) => {
    const found = incident.network.identities.nodes.flatMap((node) => misknown(incident, node));
    const [first] = found;
    return first === undefined ? [] : [causeOf(incident, found, first)];
  },
};

/** A node that Calico knows by another of its own addresses. */
interface Misknown {
  readonly node: NodeIdentity;
  readonly address: string;
  readonly evidence: readonly string[];
}

function misknown({ nodes }: Incident, node: NodeIdentity): readonly Misknown[] {
  const others = Object.values(node.otherAddresses ?? {}).flat();
  return others.flatMap((address) => {
    const evidence = nodes.flatMap((judgment) =>
      signsOf(judgment, node.name, address).map((sign) => `${judgment.expected.node}: ${sign}`),
    );
    return evidence.length === 0 ? [] : [{ node, address, evidence }];
  });
}

/** Where a node's kernel, or what Calico registered for it, takes an address for the node's. */
function signsOf({ expected, facts, troubles }: NodeJudgment, owner: string, address: string): readonly string[] {
  const own = expected.node === owner;
  const registered = troubles.filter(({ kind, what }) => own && kind === "registration" && isOf(what, address));
  return [
    ...registered.map(({ text }) => text),
    ...(facts === undefined ? [] : own ? sendsFrom(facts, address) : sendsTo(facts, address)),
  ];
}

function sendsFrom({ links }: NodeFacts, address: string): readonly string[] {
  const devices = links.filter(({ vxlan }) => isOf(vxlan?.local, address)).map(({ device }) => device);
  return devices.map((device) => `${device} sends from ${address}`);
}

function sendsTo({ fdb, routes }: NodeFacts, address: string): readonly string[] {
  return [
    ...fdb.filter((entry) => isOf(entry.destination, address)).map(({ mac }) => `FDB entry ${mac} dst ${address}`),
    ...routes
      .filter(({ via }) => isOf(via, address))
      .map(({ destination, device }) => `route ${destination} via ${address} dev ${device ?? "?"}`),
  ];
}

function isOf(seen: string | undefined, address: string): boolean {
  return seen !== undefined && isSameAddress(seen.replace(/\/\d+$/, ""), address);
}

function causeOf(incident: Incident, found: readonly Misknown[], { node, address }: Misknown): Cause {
  const { plan } = incident.network;
  const names = found.map((one) => one.node.name);
  const networkOf = (wanted: string): string | undefined =>
    plan.topology.subnets.find(({ cidrs }) => Object.values(cidrs).some((cidr) => contains(cidr, wanted)))?.name;
  const network = networkOf(address);
  const where = network === undefined ? "" : ` in ${network}`;
  const proper = Object.values(node.addresses)[0] ?? "";
  const known =
    found.length === 1
      ? `${node.name} by ${address}${where}, not by ${proper} of its uplink ${node.uplink}`
      : `${listOf(names)} by addresses${where} (${address}), not by those of their uplinks (${proper})`;
  return {
    name: "autodetection",
    sentence: `Calico knows ${known}: its autodetection took the wrong network`,
    fix: `let it look where the pods' packets belong: IP_AUTODETECTION_METHOD=cidr=${racksOf(incident).join(",")} for all nodes (operator: nodeAddressAutodetectionV4.cidrs), and restart calico-node`,
    issues: ["#10901", "#2042", "#8381", "#2542", "k0sproject/k0s#3711"],
    evidence: found.flatMap(({ evidence }) => evidence).slice(0, shownLines),
    explains: [...new Set([...failuresOf(incident, ...names), ...followersOf(incident, found)])],
  };
}

/** Networks of the uplinks' racks, of the first family. */
function racksOf({ network: { plan } }: Incident): readonly string[] {
  const racks = plan.topology.subnets.filter(({ name }) => plan.nodes.some(({ uplink }) => uplink.segment === name));
  return racks.flatMap(({ cidrs }) => cidrs[plan.families[0] ?? 4] ?? []);
}

/** Verdicts on nodes that only follow what Calico told them of the others. */
function followersOf({ nodes, failed }: Incident, found: readonly Misknown[]): readonly string[] {
  const names = found.map(({ node }) => node.name);
  const follows = ({ peer, text }: Trouble): boolean =>
    (peer !== undefined && names.includes(peer)) || found.some(({ address }) => text.includes(address));
  const ends = nodes
    .filter(({ troubles }) => troubles.length > 0 && troubles.every(follows))
    .flatMap(({ expected: { node } }) => ["control-plane", "steady", "sentinel"].map((check) => `/${check}/${node}`));
  return failed.map(({ id }) => id).filter((id) => ends.some((end) => id.endsWith(end)));
}
