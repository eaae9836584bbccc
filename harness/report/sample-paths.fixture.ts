import type { ExpectedDirection, ExpectedHop, Form, HopRole, PathExpectation } from "../encap/expectation.ts";
import type { ModeId } from "../encap/mode.ts";
import type { Locality, Path, Traffic } from "../encap/path.ts";
import type { HopRecord, PathRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";

/** For tests only: a path with its verdicts. */
export interface Sample {
  readonly path: PathRecord;
  readonly verdicts: readonly Verdict[];
}

export const mode: ModeId = "vxlan-cross-subnet";
export const nodes = ["a1", "a2", "b1", "b2"];
export const pairs = nodes.flatMap((source) => nodes.map((target) => [source, target] as const));

const nodeAddress = (node: string): string => `198.18.${node.startsWith("a") ? 1 : 2}.1${node.slice(1)}`;
const podAddress = (node: string, index: number): string => `198.19.0.${nodes.indexOf(node) * 64 + 1 + index}`;
const podDevice = (node: string): string => `cali${(nodes.indexOf(node) + 10).toString(16)}e4f1c0d9b7`;

const rackOf = (node: string): string => node.slice(0, 1);

function localityOf(source: string, target: string): Locality {
  if (source === target) return "same-node";
  return rackOf(source) === rackOf(target) ? "same-subnet" : "cross-subnet";
}

/** For tests only: passing paths of three kinds of traffic between two nodes. */
export function samplePaths(source: string, target: string): readonly Sample[] {
  const traffics: readonly Traffic[] = ["pod-to-pod", "host-to-pod", "pod-to-clusterip"];
  return traffics.map((traffic) => sampleOf(traffic, source, target));
}

/** For tests only: one passing path. */
export function sampleOf(traffic: Traffic, source: string, target: string): Sample {
  const expectation = expectationOf(traffic, source, target);
  const { id } = expectation.path;
  const dials = expectation.dials;
  const path: PathRecord = {
    expectation,
    hops: [...hopsOf("forward", expectation.forward), ...hopsOf("reverse", expectation.reverse)],
    commands: [`ip netns exec el7f3kq-${source}-p1 ping -n -c 10 -i 0.05 -p 7f3kq0000000001 ${dials}`],
    evidence: [
      { title: `${source}: ip route`, lines: routesOf(source) },
      ...firstPackets("forward", expectation.forward, source, target),
      ...firstPackets("reverse", expectation.reverse ?? expectation.forward, target, source),
      { title: `pod ${source}-p1: ping ${dials}`, lines: ["10 packets transmitted, 10 received, 0% packet loss"] },
    ],
    pcaps: [`pcaps/${source}.pcap`, `pcaps/${target}.pcap`].filter((file, index, all) => all.indexOf(file) === index),
  };
  return { path, verdicts: passingVerdicts(id, expectation) };
}

function expectationOf(traffic: Traffic, source: string, target: string): PathExpectation {
  const locality = localityOf(source, target);
  const fromPod = traffic.startsWith("pod");
  const path: Path = {
    id: `${mode}/${traffic}/${locality}/v4/${source}->${target}`,
    mode,
    traffic,
    locality,
    family: 4,
    source: fromPod ? { node: source, pod: `${source}-p1` } : { node: source },
    target: { node: target, pod: `${target}-p2` },
    ...(traffic === "pod-to-clusterip" ? { service: `${target}-p2` } : {}),
  };
  const from = fromPod ? podAddress(source, 1) : nodeAddress(source);
  const to = podAddress(target, 2);
  return {
    path,
    forward: directionOf(source, target, from, to),
    reverse: directionOf(target, source, to, from),
    serverSees: [from],
    dials: traffic === "pod-to-clusterip" ? `198.19.128.${nodes.indexOf(target) + 10}` : to,
    overhead: locality === "cross-subnet" ? 50 : 0,
    podMtu: 1450,
    silent: locality === "same-node" ? nodes.map((node) => ({ node, device: "eth0" })) : [],
  };
}

function directionOf(source: string, target: string, from: string, to: string): ExpectedDirection {
  const locality = localityOf(source, target);
  const form: Form = locality === "cross-subnet" ? "vxlan" : "plain";
  const hop = (node: string, device: string, role: HopRole, form: Form): ExpectedHop => ({
    tap: { node, device },
    role,
    form,
  });
  const sides = source.startsWith("a") ? ["eth0", "eth1"] : ["eth1", "eth0"];
  const router =
    locality === "cross-subnet"
      ? [hop("tor", sides[0] ?? "", "router-in", form), hop("tor", sides[1] ?? "", "router-out", form)]
      : [];
  const wire = [hop(source, "eth0", "source-uplink", form), ...router, hop(target, "eth0", "target-uplink", form)];
  const outer = {
    source: nodeAddress(source),
    destination: nodeAddress(target),
    vxlan: {
      vni: 4096,
      port: 4789,
      innerSourceMac: `66:00:00:00:00:0${nodes.indexOf(source)}`,
      innerDestinationMac: `66:00:00:00:00:0${nodes.indexOf(target)}`,
    },
  };
  return {
    hops: [
      hop(source, podDevice(source), "source-pod", "plain"),
      ...(locality === "same-node" ? [] : wire),
      hop(target, podDevice(target), "target-pod", "plain"),
    ],
    underlay: locality === "same-node" ? "none" : form,
    ...(form === "vxlan" ? { outer } : {}),
    sources: [from],
    destination: to,
  };
}

function hopsOf(direction: "forward" | "reverse", expected: ExpectedDirection | undefined): readonly HopRecord[] {
  return (expected?.hops ?? []).map(({ tap, role, form }) => ({
    direction,
    node: tap.node,
    device: tap.device,
    role,
    expected: form,
    observed: `${form} ×10`,
    packets: 10,
    ok: true,
  }));
}

/** For tests only: routes of a node as ip(8) prints them. */
export function routesOf(node: string): readonly string[] {
  const [rack, far] = node.startsWith("a") ? ["a", "b"] : ["b", "a"];
  const gateway = `198.18.${rack === "a" ? 1 : 2}.1`;
  return [
    `default via ${gateway} dev eth0`,
    `blackhole 198.19.0.${nodes.indexOf(node) * 64}/26 proto 80`,
    ...nodes
      .filter((other) => other.startsWith(far))
      .map((other) => {
        const tunnel = podAddress(other, 0);
        return `198.19.0.${nodes.indexOf(other) * 64}/26 via ${tunnel} dev vxlan.calico proto 80 onlink`;
      }),
  ];
}

function firstPackets(
  name: string,
  direction: ExpectedDirection,
  source: string,
  target: string,
): PathRecord["evidence"] {
  return direction.hops.map(({ tap, form }, index) => ({
    title: `ping, ${name}, first of 10 at ${tap.node}/${tap.device} (${tap.node}.pcap #${index + 1})`,
    lines: packetLines(form === "plain" ? withoutOuter(direction) : direction, source, target),
  }));
}

function withoutOuter(direction: ExpectedDirection): ExpectedDirection {
  const { hops, underlay, sources, destination } = direction;
  return { hops, underlay, sources, destination };
}

function packetLines(direction: ExpectedDirection, source: string, target: string): readonly string[] {
  const { outer } = direction;
  const inner = `IPv4 ${direction.sources[0] ?? ""} > ${direction.destination}, ttl 63, ICMP echo request`;
  if (outer === undefined) return [`Ethernet ${source} > ${target}`, inner];
  return [
    `Ethernet 02:00:00:00:01:0${nodes.indexOf(source)} > 02:00:00:00:01:01`,
    `IPv4 ${outer.source} > ${outer.destination}, ttl 64`,
    "UDP 52344 > 4789",
    "VXLAN vni 4096, flags 0x08",
    `Ethernet ${outer.vxlan?.innerSourceMac ?? ""} > ${outer.vxlan?.innerDestinationMac ?? ""}`,
    inner,
  ];
}

function passingVerdicts(id: string, expectation: PathExpectation): readonly Verdict[] {
  const { forward } = expectation;
  const verdict = (check: Verdict["check"], expected: string, observed: string): Verdict => ({
    id,
    check,
    status: "pass",
    expected,
    observed,
    evidence: [],
  });
  const encapsulated =
    forward.underlay === "vxlan"
      ? verdict("encapsulated", "VXLAN at every underlay tap, both directions", "VXLAN 10 of 10, both directions")
      : verdict("not-encapsulated", "plain at every underlay tap", "plain 10 of 10, both directions");
  return [
    verdict("reached", "10 of 10 answered", "10 of 10 answered"),
    encapsulated,
    verdict("mtu", "1450 B fit, 1451 B do not", "1450 B fit, 1451 B do not"),
  ];
}
