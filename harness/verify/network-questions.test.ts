import assert from "node:assert/strict";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import { expectControlPlane } from "../encap/control-plane.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { NetworkCase, NetworkCheck } from "./check.ts";
import { connectionTracking } from "./connection-tracking.ts";
import { interfaceErrors } from "./interface-errors.ts";
import { neighbors } from "./neighbors.ts";
import { agreeing, agreeingRouter } from "./node-facts.fixture.ts";

const plan = await planOf("two-racks");
const mode = modeOf("vxlan-cross-subnet");
const identities = identitiesFromAllocation(plan, mode);
const pod = identities.pods.find(({ node }) => node === "a1");

interface Asked {
  readonly at?: string;
  readonly before?: Partial<NodeFacts> | null;
  readonly after?: Partial<NodeFacts>;
  readonly more?: Partial<NetworkCase>;
}

/** What a check says of one machine, of which facts change between two looks; null = it was not read before. */
function ask(check: NetworkCheck, { at = "a1", before = {}, after = {}, more = {} }: Asked): string {
  const sound = [...expectControlPlane(plan, mode, identities).map(agreeing), ...plan.routers.map(agreeingRouter)].map(
    (facts): NodeFacts => ({ ...facts, counters: { "conntrack.drop": 3, "eth0.rx.errors": 2 } }),
  );
  const isRouter = (name: string): boolean => plan.routers.some((router) => router.name === name);
  const state = (change: Partial<NodeFacts> | null) => {
    const all = sound.flatMap((facts) =>
      facts.node === at ? (change === null ? [] : [{ ...facts, ...change }]) : facts,
    );
    return { nodes: all.filter(({ node }) => !isRouter(node)), routers: all.filter(({ node }) => isRouter(node)) };
  };
  const networkCase = { plan, mode, identities, facts: state(after), before: state(before), ...more };
  const verdicts = check.judge(networkCase);
  assert.ok(verdicts.every(({ id, status }) => id.endsWith(`/${at}`) || status === "pass"));
  const own = verdicts.find(({ id }) => id.endsWith(`/${at}`));
  return `${own?.status}: ${own?.reason ?? own?.evidence.join() ?? ""}`;
}

const entry = (address: string, device: string, state: string, age?: number): NodeFacts["neighbors"][number] => ({
  address,
  mac: "",
  device,
  state,
  ...(age === undefined ? {} : { age }),
});

describe("neighbors", () => {
  it("pass where everybody was answered, of routers too; nobody is asked where nobody looked before", () => {
    assert.equal(ask(neighbors, {}), "pass: ");
    assert.equal(ask(neighbors, { at: "tor" }), "pass: ");
    const facts = { nodes: expectControlPlane(plan, mode, identities).map(agreeing) };
    assert.deepEqual(neighbors.judge({ plan, mode, identities, facts }), []);
  });

  it("fail where a machine gave up to ask for one of its segment, or for its pod, while probes ran", () => {
    assert.equal(
      ask(neighbors, { after: { neighbors: [entry("198.18.1.12", "eth0", "FAILED")] } }),
      "fail: a1 asks by eth0 who has 198.18.1.12 (a2), and nobody answers",
    );
    assert.match(
      ask(neighbors, { at: "tor", after: { neighbors: [entry("198.18.2.11", "eth1", "INCOMPLETE")] } }),
      /^fail: tor asks by eth1 who has 198\.18\.2\.11 \(b1\)/,
    );
    const own = entry(pod?.addresses[4] ?? "", pod?.hostDevice ?? "", "FAILED");
    assert.match(ask(neighbors, { after: { neighbors: [own] } }), /\(pod a1-p1\), and nobody answers$/);
  });

  it("leave alone what is on no segment of the machine's, and what failed before the probes alone", () => {
    const elsewhere = [entry("198.18.2.11", "eth0", "FAILED"), entry("198.18.1.99", "eth0", "FAILED")];
    assert.equal(ask(neighbors, { after: { neighbors: elsewhere } }), "pass: ");
    const answered = [{ ...entry("198.18.1.12", "eth0", "REACHABLE"), mac: "02:00:00:00:00:02" }];
    assert.equal(ask(neighbors, { after: { neighbors: answered } }), "pass: ");
    const failed = (at?: number): Partial<NodeFacts> => ({
      neighbors: [entry("198.18.1.12", "eth0", "FAILED", at === undefined ? undefined : 4)],
      ...(at === undefined ? {} : { uptime: at + 4 }),
    });
    assert.equal(ask(neighbors, { before: failed(100), after: failed(100.9) }), "pass: ");
    assert.equal(ask(neighbors, { before: failed(), after: failed() }), "pass: ");
    assert.match(ask(neighbors, { before: failed(100), after: failed(103) }), /^fail: /);
    const asking = { neighbors: [entry("198.18.1.12", "eth0", "INCOMPLETE", 4)], uptime: 104 };
    assert.match(ask(neighbors, { before: failed(100), after: asking }), /^fail: /, "it asks now");
  });

  it("fail where a pod asks for its gateway on the wire and its node does not answer", () => {
    const tap = { node: "a1", device: pod?.hostDevice ?? "" };
    const asks = (asker: string, target: string) => ({ more: { unanswered: [{ tap, asker, target, times: 6 }] } });
    const address = pod?.addresses[4] ?? "";
    assert.match(
      ask(neighbors, asks(address, "169.254.1.1")),
      /^fail: pod a1-p1 asks at cali\w+ who has 169\.254\.1\.1 \(its gateway, 6 times\), and a1 does not answer$/,
    );
    assert.equal(ask(neighbors, asks(address, "198.19.0.77")), "pass: ", "whoever scans");
    assert.equal(ask(neighbors, asks("198.19.0.99", "169.254.1.1")), "pass: ", "nobody's");
  });

  it("cannot tell where the table was not read, before or after", () => {
    const unreadable = [{ what: "neighbors", because: "no ip" }] as const;
    assert.match(ask(neighbors, { after: { unreadable } }), /^inconclusive: the neighbors of a1 .* \(no ip\)/);
    assert.match(ask(neighbors, { before: { unreadable } }), /^inconclusive: /);
    assert.match(ask(neighbors, { before: null }), /^inconclusive: /);
  });
});

describe("connection tracking", () => {
  const counted = (name: string, value: number): Partial<NodeFacts> => ({ counters: { [name]: value } });

  it("fails by what the tracker dropped while probes ran, and not by what it had before", () => {
    const grown = (name: string, by: number): string =>
      ask(connectionTracking, { before: counted(name, 3), after: counted(name, 3 + by) });
    assert.equal(ask(connectionTracking, {}), "pass: ");
    assert.match(grown("conntrack.drop", 2), /^fail: a1: 2 packets dropped for lack of room/);
    assert.match(
      grown("conntrack.insert_failed", 1),
      /^fail: a1: 1 packet dropped whose connection looked like another/,
    );
    assert.match(grown("conntrack.early_drop", 4), /^fail: a1: 4 connections forgotten/);
    assert.equal(grown("conntrack.invalid", 9), "pass: ", "packets of old connections are nobody's loss");
    assert.match(grown("conntrack.drop", -3), /^inconclusive: .*conntrack\.drop began anew/);
  });

  it("cannot tell where counters were not read", () => {
    const unreadable = [{ what: "counters", because: "no /proc" }] as const;
    assert.match(ask(connectionTracking, { after: { unreadable } }), /^inconclusive: .*no \/proc/);
    assert.match(ask(connectionTracking, { before: { unreadable } }), /^inconclusive: /);
    assert.match(ask(connectionTracking, { before: null }), /^inconclusive: .*nobody looked before/);
    const [facts] = expectControlPlane(plan, mode, identities).map(agreeing);
    assert.ok(facts);
    const none = { nodes: [facts] };
    assert.match(
      connectionTracking.judge({ plan, mode, identities, facts: none, before: none })[0]?.reason ?? "",
      /there are none/,
    );
    assert.deepEqual(connectionTracking.judge({ plan, mode, identities, facts: none }), []);
  });
});

describe("errors of devices", () => {
  const grown = (counter: string, at = "a1"): string =>
    ask(interfaceErrors, { at, before: { counters: { [counter]: 1 } }, after: { counters: { [counter]: 5 } } });

  it("fail by uplinks, tunnels, pods' devices and routers' ports", () => {
    assert.equal(ask(interfaceErrors, {}), "pass: ");
    assert.match(grown("eth0.rx.errors"), /^fail: a1: eth0 counted 4 errors receiving/);
    assert.match(grown("vxlan.calico.tx.carrier_errors"), /^fail: a1: vxlan\.calico counted 4 carrier errors sending/);
    assert.match(grown(`${pod?.hostDevice ?? ""}.tx.errors`), /^fail: a1: cali\w+ counted 4 errors sending/);
    assert.match(grown("eth1.rx.errors", "tor"), /^fail: tor: eth1 counted/);
  });

  it("pass where the device is nobody's here, and where frames were dropped that nobody speaks", () => {
    assert.equal(grown("wlan0.rx.errors"), "pass: ");
    assert.equal(grown("eth0.rx.dropped"), "pass: a1: eth0.rx.dropped +4");
  });
});
