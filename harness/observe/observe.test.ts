import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureFile, CaptureTarget } from "../capture/capture.ts";
import { startCapture } from "../capture/session.ts";
import { newRunId } from "../core/run-id.ts";
import { Scope } from "../core/scope.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Endpoint, Traffic } from "../encap/path.ts";
import type { Executor } from "../exec/executor.ts";
import { localExecutor } from "../exec/local/local.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import { runScript } from "../exec/script.ts";
import { planProbes } from "../probe/plan-probes.ts";
import type { Probe, ProbeKind, ProbeResult } from "../probe/probe.ts";
import type { Places } from "../probe/places.ts";
import { runProbes } from "../probe/run-probes.ts";
import { startServers } from "../probe/servers.ts";
import type { ProbeObservation, TapSighting } from "./observation.ts";
import { observe, type Observations } from "./observe.ts";
import { trimCaptures } from "./trim-captures.ts";
import { skipFor } from "../core/skip.fixture.ts";

/** Two nodes with a pod each, a VXLAN between them, ClusterIPs, and masquerading as Calico does it (felix/rules). */
const labScript = `
for n in n1 n2 p1 p2; do ip netns add $run-$n; ip -n $run-$n link set lo up; done
ip link add eth0 netns $run-n1 type veth peer name eth0 netns $run-n2
n=1; peer=2
for n in 1 2; do
  peer=$((3 - n))
  ip link add cali0 netns $run-n$n type veth peer name eth0 mtu 1450 netns $run-p$n
  ip -n $run-n$n -b - <<B
addr add 198.18.8.$n/24 dev eth0
link set eth0 up
route add default via 198.18.8.$peer
link set cali0 up
link add vxlan.calico address 66:00:00:00:00:0$n mtu 1450 type vxlan id 4096 dstport 4789 local 198.18.8.$n nolearning
addr add 10.99.$n.0/32 dev vxlan.calico
link set vxlan.calico up
route add 10.99.$n.2/32 dev cali0
neigh add 10.99.$peer.0 lladdr 66:00:00:00:00:0$peer dev vxlan.calico
route add 10.99.$peer.0/24 via 10.99.$peer.0 dev vxlan.calico onlink
B
  bridge -n $run-n$n fdb add 66:00:00:00:00:0$peer dev vxlan.calico dst 198.18.8.$peer
  ip -n $run-p$n -b - <<B
addr add 10.99.$n.2/32 dev eth0
link set eth0 up
route add 169.254.1.1 dev eth0
route add default via 169.254.1.1 dev eth0
B
  nsenter --net=/run/netns/$run-n$n sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/cali0/proxy_arp; echo 0 >/proc/sys/net/ipv4/neigh/cali0/proxy_delay'
  [ $n = 1 ] || ip -n $run-n2 route add unreachable 203.0.113.0/24
  nsenter --net=/run/netns/$run-n$n nft -f - <<B
table ip t {
chain pre {
type nat hook prerouting priority -100
ip daddr 10.98.0.2 meta l4proto { tcp, udp } th dport 80 dnat to 10.99.2.2:8080
}
chain out {
type nat hook output priority -100
ip daddr 10.98.0.2 meta l4proto { tcp, udp } th dport 80 dnat to 10.99.2.2:8080
}
chain post {
type nat hook postrouting priority 100
oifname "vxlan.calico" fib saddr type local ip saddr != 10.99.$n.0 masquerade fully-random
ip saddr 10.99.0.0/16 ip daddr != 10.99.0.0/16 masquerade fully-random
}
}
B
done`;

const kinds = new Set<ProbeKind>(["ping", "udp", "curl", "bulk", "mtu"]);
const pod1: Endpoint = { node: "n1", pod: "p1" };
const pod2: Endpoint = { node: "n2", pod: "p2" };
const host1: Endpoint = { node: "n1" };
const host2: Endpoint = { node: "n2" };

const expectations: readonly PathExpectation[] = [
  expectation("pod-to-pod", pod1, pod2, "10.99.2.2"),
  expectation("pod-to-pod", pod2, pod1, "10.99.1.2"),
  expectation("pod-to-clusterip", pod1, pod2, "10.98.0.2", "p2"),
  expectation("host-to-clusterip", host1, pod2, "10.98.0.2", "p2"),
  expectation("host-to-pod", host1, pod2, "10.99.2.2"),
  expectation("pod-to-host", pod1, host2, "198.18.8.2"),
  dying(expectation("pod-to-pod", pod1, pod1, "203.0.113.9")),
];

describe("from probe to observation, on a real wire", function () {
  const scope = new Scope();
  const temporary: string[] = [];
  let folder: string;
  let probes: readonly Probe[];
  let results: readonly ProbeResult[];
  let captures: readonly CaptureFile[];
  let targets: readonly CaptureTarget[];
  let observed: Observations;

  before(async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    folder = await mkdtemp(join(tmpdir(), "encaplab-observe-test-"));
    temporary.push(folder);
    const places = await buildLab(scope);
    probes = planProbes(expectations, { seed: "test", kinds, bulkBytes: 256 * 1024 });
    targets = places.nodes.map(({ name, executor }) => ({ node: name, executor, devices: ["eth0", "cali0"] }));
    await startServers(probes, places, scope);
    const options = { folder, snaplen: 256, bufferKiB: 8192, maxPackets: 100_000 };
    const session = await startCapture(targets, options, scope);
    results = await runProbes(probes, places);
    captures = await session.stop();
    observed = await observe(probes, captures, targets);
  });

  after(async () => {
    assert.deepEqual(await scope.close(), []);
    for (const path of temporary) await rm(path, { recursive: true });
  });

  it("gets an answer to every probe", () => {
    for (const { probe, sent, received, errors, output } of results) {
      if (probe.kind === "mtu" || probe.dies === true) continue;
      assert.equal(received, sent, `${probe.path.id} ${probe.kind}: ${output}`);
      assert.ok(sent > 0);
      assert.deepEqual(errors, []);
    }
    assert.equal(results.length, probes.length);
  });

  it("learns from the responder whose address it saw", () => {
    const saw = (traffic: Traffic): (string | undefined)[] =>
      results.filter(({ probe }) => probe.path.traffic === traffic && probe.kind === "curl").map((r) => r.serverSaw);
    assert.deepEqual(saw("pod-to-clusterip"), ["10.99.1.2"]);
    assert.deepEqual(saw("host-to-clusterip"), ["10.99.1.0"]);
    assert.deepEqual(saw("pod-to-host"), ["198.18.8.1"]);
  });

  it("finds the pod MTU to fit exactly", () => {
    const mtu = results.filter(({ probe }) => probe.kind === "mtu");
    assert.equal(mtu.length, 2);
    for (const result of mtu) {
      assert.deepEqual(result.mtu, { fits: true, oneMore: false });
      assert.match(result.errors.join(), /message too long, mtu=1450/);
    }
  });

  it("sees every ping at every tap, once, in the right form", () => {
    const { sightings } = observation("pod-to-pod", "n1->n2", "ping");
    assert.deepEqual(sightings.map(brief), [
      "n1/eth0 forward vxlan ×5",
      "n1/eth0 reverse vxlan ×5",
      "n1/cali0 forward plain ×5",
      "n1/cali0 reverse plain ×5",
      "n2/eth0 forward vxlan ×5",
      "n2/eth0 reverse vxlan ×5",
      "n2/cali0 forward plain ×5",
      "n2/cali0 reverse plain ×5",
    ]);
  });

  it("tells outer and inner headers exactly, with the overhead", () => {
    const { sightings } = observation("pod-to-pod", "n1->n2", "ping");
    const variant = sightings.find(({ tap, direction }) => tap.device === "eth0" && direction === "forward")
      ?.variants[0];
    assert.ok(variant);
    const { firstPacket, ...headers } = variant;
    assert.deepEqual(headers, {
      form: "vxlan",
      outerSource: "198.18.8.1",
      outerDestination: "198.18.8.2",
      outerTtl: 64,
      outerTos: 0,
      outerDontFragment: false,
      vxlan: {
        vni: 4096,
        port: 4789,
        flags: 8,
        innerSourceMac: "66:00:00:00:00:01",
        innerDestinationMac: "66:00:00:00:00:02",
      },
      source: "10.99.1.2",
      destination: "10.99.2.2",
      ttl: 63,
      tos: 0,
      packets: 5,
      overhead: 50,
    });
    assert.equal(firstPacket.file, "n1.pcap");
    assert.match(firstPacket.lines.join("\n"), /VXLAN vni 4096\n.*\nIPv4 10.99.1.2 > 10.99.2.2 .*\nICMP echo request/);
  });

  it("sees every datagram and its answer at every tap, by flow and number, through any translation", () => {
    for (const traffic of [
      "pod-to-pod",
      "pod-to-clusterip",
      "host-to-clusterip",
      "host-to-pod",
      "pod-to-host",
    ] as const) {
      const { probe, sightings } = observation(traffic, "n1->n2", "udp");
      const numbers = probe.datagrams?.map((_, number) => number) ?? [];
      for (const { tap, direction, flows, packets } of sightings) {
        const where = `${traffic} at ${tap.node}/${tap.device} ${direction}`;
        const heard = flows.flatMap(({ pieces }) =>
          pieces.flatMap(({ from, to, times }) => {
            assert.equal(times, 1, where);
            return Array.from({ length: to - from }, (_, step) => from + step);
          }),
        );
        assert.deepEqual(
          heard.sort((a, b) => a - b),
          numbers,
          where,
        );
        assert.equal(packets, numbers.length, where);
      }
      assert.ok(sightings.length >= 4, traffic);
    }
  });

  it("tells the outer source port of each flow, which differ", () => {
    const { sightings } = observation("pod-to-pod", "n1->n2", "udp");
    const uplink = sightings.find(({ tap, direction }) => tap.device === "eth0" && direction === "forward");
    const ports = uplink?.flows.map(({ sourcePorts }) => sourcePorts) ?? [];
    assert.ok(ports.length >= 4 && ports.every((own) => own.length === 1));
    assert.ok(new Set(ports.flat()).size > 1);
  });

  it("knows flows whose client port was masqueraded, from their SYN on", () => {
    for (const kind of ["curl", "bulk"] as const) {
      for (const traffic of ["host-to-clusterip", "pod-to-host"] as const) {
        const there = observation(traffic, "n1->n2", kind).sightings.filter(({ tap }) => tap.node === "n2");
        const both = there.map(({ direction }) => direction);
        assert.ok(both.includes("forward") && both.includes("reverse"), `${traffic} ${kind}`);
        const [forward] = there;
        assert.match(
          forward?.variants[0]?.firstPacket.lines.join() ?? "",
          /\[S\]/,
          `${traffic} ${kind} begins with its SYN`,
        );
      }
    }
  });

  it("takes a bulk flow's overhead from packets, not from frames that are still to be cut", () => {
    for (const { probe, sightings } of observed.observations.filter(({ probe }) => probe.kind === "bulk")) {
      const encapsulated = sightings.flatMap(({ variants }) => variants).filter(({ form }) => form === "vxlan");
      if (probe.path.traffic !== "pod-to-host") assert.ok(encapsulated.length > 0, probe.path.id);
      for (const { overhead } of encapsulated) assert.equal(overhead, 50, probe.path.id);
    }
  });

  it("does not see what never left the pod", () => {
    const { sightings } = observation("pod-to-pod", "n1->n2", "mtu");
    assert.deepEqual(new Set(sightings.map(({ packets }) => packets)), new Set([1]));
  });

  it("sees a packet dropped, and who said so, through masquerading", () => {
    const { sightings, icmpErrors } = observation("pod-to-pod", "n1->n1", "ping");
    assert.deepEqual(sightings.map(brief), [
      "n1/eth0 forward plain ×2",
      "n1/cali0 forward plain ×2",
      "n2/eth0 forward plain ×2",
    ]);
    const heard = icmpErrors.map(({ tap, from, text }) => `${tap.node}/${tap.device} ${from} ${text}`);
    const text = "198.18.8.2 ICMP unreachable code 1 (host unreachable)";
    assert.deepEqual(new Set(heard), new Set([`n1/eth0 ${text}`, `n1/cali0 ${text}`, `n2/eth0 ${text}`]));
    const reported = results.find(({ probe }) => probe.dies === true)?.errors;
    assert.deepEqual(reported, ["Destination Host Unreachable from 198.18.8.2"]);
  });

  it("trusts every tap that saw something", () => {
    for (const { packets, doubts } of observed.health) {
      assert.ok(packets > 0);
      assert.deepEqual(doubts, []);
    }
    assert.equal(observed.health.length, 4);
  });

  it("keeps the first packets of each flow in small captures that read the same", async () => {
    const chosen = probes.filter(({ path }) => path.traffic === "host-to-clusterip");
    const { owners } = await observe(chosen, captures, targets);
    const options = { folder: join(folder, "pcaps"), perFlow: () => 4, owners };
    const trimmed = await trimCaptures(chosen, captures, options);
    assert.deepEqual(
      trimmed.map(({ node }) => node),
      ["n1", "n2"],
    );
    const files = captures.map((capture) => {
      const small = trimmed.find(({ node }) => node === capture.node);
      assert.ok(small);
      return { ...capture, file: small.file, captured: small.packets };
    });
    const again = await observe(chosen, files, targets);
    const [curl] = again.observations;
    assert.deepEqual(curl?.sightings.map(brief), [
      "n1/eth0 forward vxlan ×4",
      "n1/eth0 reverse vxlan ×4",
      "n2/eth0 forward vxlan ×4",
      "n2/eth0 reverse vxlan ×4",
      "n2/cali0 forward plain ×4",
      "n2/cali0 reverse plain ×4",
    ]);
  });

  it("keeps errors about a flow in small captures", async () => {
    const chosen = probes.filter(({ dies }) => dies === true);
    const { owners, observations } = await observe(chosen, captures, targets);
    const errors = observations.flatMap(({ icmpErrors }) => icmpErrors);
    assert.ok(errors.length > 0);
    const small = await trimCaptures(chosen, captures, { folder: join(folder, "errors"), owners });
    const files = captures.map((capture, index) => ({ ...capture, file: small[index]?.file ?? "" }));
    const again = await observe(chosen, files, targets);
    assert.deepEqual(
      again.observations.flatMap(({ icmpErrors }) => icmpErrors),
      errors,
    );
  });

  it("doubts the taps of a node without a capture, and of one whose file is not a capture", async () => {
    const [first, second] = captures;
    assert.ok(first && second);
    const { health } = await observe(probes, [{ ...first, file: "/dev/null" }], targets);
    assert.match(health[0]?.doubts.join() ?? "", /\/dev\/null|empty|short|header/);
    assert.deepEqual(health[2]?.doubts, ["there is no capture of this node"]);
    assert.equal(health[2].packets, 0);
  });

  function observation(traffic: Traffic, nodes: string, kind: ProbeKind): ProbeObservation {
    const found = observed.observations.find(
      ({ probe }) => probe.kind === kind && probe.path.traffic === traffic && probe.path.id.endsWith(nodes),
    );
    assert.ok(found, `${traffic} ${nodes} ${kind}`);
    return found;
  }
});

function brief({ tap, direction, variants, packets }: TapSighting): string {
  return `${tap.node}/${tap.device} ${direction} ${variants.map(({ form }) => form).join("+")} ×${packets}`;
}

function expectation(
  traffic: Traffic,
  source: Endpoint,
  target: Endpoint,
  dials: string,
  service?: string,
): PathExpectation {
  const id = `vxlan-always/${traffic}/same-subnet/v4/${source.node}->${target.node}`;
  const direction = { hops: [], underlay: "vxlan", sources: [], destination: "" } as const;
  return {
    path: {
      ...{ id, mode: "vxlan-always", traffic, locality: "same-subnet", family: 4, source, target },
      ...(service === undefined ? {} : { service }),
    },
    forward: direction,
    reverse: direction,
    serverSees: [],
    dials,
    overhead: 50,
    podMtu: 1450,
    silent: [],
  };
}

function dying(alive: PathExpectation): PathExpectation {
  const dies = { node: "n2", because: "no route" };
  return { ...alive, forward: { ...alive.forward, dies } };
}

async function buildLab(scope: Scope): Promise<Places> {
  const host = localExecutor();
  const run = `obs${newRunId()}`;
  const names = ["p1", "p2", "n1", "n2"];
  scope.defer("namespaces", async () => {
    for (const name of names) await host.tryRun(["ip", "netns", "del", `${run}-${name}`]);
  });
  await runScript(host, `run=${run}\n${labScript}`);
  const place = (name: string): { name: string; executor: Executor } => ({
    name,
    executor: inNamespace(host, `${run}-${name}`, name),
  });
  return { pods: [place("p1"), place("p2")], nodes: [place("n1"), place("n2")] };
}
