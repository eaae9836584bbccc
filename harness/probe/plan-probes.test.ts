import assert from "node:assert/strict";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Locality, Traffic } from "../encap/path.ts";
import { planProbes } from "./plan-probes.ts";
import { probeCommands } from "./probe-command.ts";
import type { Probe, ProbeKind } from "./probe.ts";
import { clientPorts, serverPorts, tokenSource } from "./token.ts";

const all = { seed: "7f3kq-none", kinds: new Set<ProbeKind>(["ping", "curl", "bulk", "mtu"]) };

describe("planProbes", () => {
  it("sends ping, curl, bulk and mtu along pod-to-pod paths", () => {
    const probes = planProbes([expectation({})], all);
    assert.deepEqual(kindsOf(probes), ["ping 5", "curl 1", "bulk 131072", "mtu 2"]);
    assert.equal(probes[3]?.mtu, 1450);
  });

  it("reaches a ClusterIP by TCP only, which is all that DNAT knows", () => {
    const probes = planProbes([expectation({ traffic: "pod-to-clusterip", service: "b1-p1" })], all);
    assert.deepEqual(kindsOf(probes), ["curl 1", "bulk 131072"]);
    for (const probe of probes) assert.deepEqual(probeCommands(probe)[0]?.[0], "curl");
    assert.match(line(probes[1]), / http:\/\/10\.99\.0\.1:80\/cgi-bin\/bulk\/el-\w+\?131072$/);
  });

  it("spends little on paths whose packets must be dropped", () => {
    const dies = { node: "tor", because: "no route" };
    const [ping, ...others] = planProbes([expectation({ dies })], all);
    assert.deepEqual([ping?.kind, ping?.amount, ping?.dies, others], ["ping", 2, true, []]);
    const clusterIp = planProbes([expectation({ dies, traffic: "pod-to-clusterip", service: "b1-p1" })], all);
    assert.deepEqual(kindsOf(clusterIp), ["curl 1"]);
    assert.match(line(clusterIp[0]), /--connect-timeout 0\.9 /);
  });

  it("sends more over links that lose packets, so that chance hides little, and more patiently", () => {
    const plain = expectation({});
    const lossy = { ...plain, forward: { ...plain.forward, link: { loss: 0.01 } } };
    const probes = planProbes([lossy], all);
    assert.deepEqual(kindsOf(probes), ["ping 6", "curl 1", "bulk 131072", "mtu 8"]);
    assert.ok(probes.every(({ slow }) => slow === true));
    assert.match(line(probes[3]), /^ping -n -c 4 -i 0\.5 -M do -s 1422 /);
  });

  it("skips what cannot be asked, and kinds that nobody asked for", () => {
    assert.deepEqual(planProbes([{ ...expectation({}), skip: "no IPIP for IPv6" }], all), []);
    const onlyPing = { ...all, kinds: new Set<ProbeKind>(["ping"]) };
    assert.deepEqual(kindsOf(planProbes([expectation({})], onlyPing)), ["ping 5"]);
  });

  it("samples mtu probes per source node, locality and family, or sends all", () => {
    const three = [expectation({}), expectation({ target: "b2" }), expectation({ locality: "same-subnet" })];
    const count = (probes: readonly Probe[]): number => probes.filter(({ kind }) => kind === "mtu").length;
    assert.equal(count(planProbes(three, all)), 2);
    assert.equal(count(planProbes(three, { ...all, mtuPaths: "all" })), 3);
  });

  it("gives every probe of a thousand paths a token of its own, the same each time", () => {
    const many = Array.from({ length: 1000 }, (_, index) => expectation({ target: `n${index}` }));
    const tokens = planProbes(many, { ...all, mtuPaths: "all" }).map(({ token }) => JSON.stringify(token));
    assert.equal(new Set(tokens).size, 4000);
    const again = planProbes(many, { ...all, mtuPaths: "all" }).map(({ token }) => JSON.stringify(token));
    assert.deepEqual(again, tokens);
  });

  it("says how a node's flow to a ClusterIP looks once it is masqueraded, and no other's", () => {
    const endsOf = (traffic: Traffic): unknown => {
      const [probe] = planProbes([expectation({ traffic, service: "b1-p1" })], { ...all, kinds: new Set(["curl"]) });
      return probe?.token.kind === "tcp-port" ? probe.token.ends : "no token of a flow";
    };
    assert.deepEqual(endsOf("host-to-clusterip"), { sources: [], destination: "", port: 8080 });
    assert.equal(endsOf("pod-to-clusterip"), undefined);
  });

  it("keeps ports away from those of Kubernetes' own services on nodes, from NodePorts and ephemeral ports", () => {
    // kube-proxy's healthz, on which a run in kind found somebody else: 10256; the highest is the cloud controller's, 10260.
    const { first, count }: { readonly first: number; readonly count: number } = serverPorts;
    assert.ok(first > 10_260 && first + count <= clientPorts.first);
    for (const seed of ["a", "b", "c"]) {
      const tokens = tokenSource(seed);
      for (const index of [0, 1, 5000, 8999]) {
        assert.ok(tokens.clientPort(index) >= clientPorts.first && tokens.clientPort(index) < 30_000);
        assert.ok(tokens.serverPort(index) >= serverPorts.first && tokens.serverPort(index) < clientPorts.first);
      }
      assert.throws(() => tokens.clientPort(10_000), /no port of its own/);
      assert.throws(() => tokens.serverPort(9000), /no port of its own/);
    }
  });
});

describe("probeCommands", () => {
  const [ping, curl, bulk, mtu] = planProbes([expectation({ family: 6 })], all);

  it("pings with the token and asks IPv6 of those who could do both", () => {
    assert.match(line(ping), /^ping -6 -n -c 5 -i 0\.1 -W 1 -p e5ca9b[0-9a-f]{10} 10\.99\.0\.1$/);
  });

  it("asks for the MTU exactly, and for a byte more", () => {
    assert.match(line(mtu), /-c 1 -M do -s 1402 .*; .*-c 1 -M do -s 1403 /);
  });

  it("keeps curl away from proxies and rc files", () => {
    assert.match(
      line(curl),
      /^curl -q .*--noproxy \* .*--local-port 2\d{4} .*http:\/\/\[10\.99\.0\.1\]:8080\/cgi-bin\/saw\/el-/,
    );
  });

  it("bounds iperf3 by bytes, more than buffers can hold", () => {
    assert.match(line(bulk), /^iperf3 -c 10\.99\.0\.1 -p 1\d{4} -n 131072 -l 16K -w 16384 /);
  });
});

function line(probe: Probe | undefined): string {
  assert.ok(probe);
  return probeCommands(probe)
    .map((argv) => argv.join(" "))
    .join("; ");
}

function kindsOf(probes: readonly Probe[]): string[] {
  return probes.map(({ kind, amount }) => `${kind} ${amount}`);
}

interface Wanted {
  readonly traffic?: Traffic;
  readonly locality?: Locality;
  readonly family?: 4 | 6;
  readonly target?: string;
  readonly service?: string;
  readonly dies?: { readonly node: string; readonly because: string };
}

function expectation(wanted: Wanted): PathExpectation {
  const { traffic = "pod-to-pod", locality = "cross-subnet", family = 4, target = "b1", service, dies } = wanted;
  const id = `none/${traffic}/${locality}/v${family}/a1->${target}`;
  const direction = { hops: [], underlay: "plain", sources: [], destination: "", ...(dies ? { dies } : {}) } as const;
  return {
    path: {
      ...{ id, mode: "none", traffic, locality, family },
      source: { node: "a1", pod: "a1-p1" },
      target: { node: target, pod: `${target}-p1` },
      ...(service === undefined ? {} : { service }),
    },
    forward: direction,
    serverSees: [],
    dials: "10.99.0.1",
    overhead: 0,
    podMtu: 1450,
    silent: [],
  };
}
