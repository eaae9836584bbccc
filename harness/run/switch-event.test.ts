import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../core/run-id.ts";
import { Scope } from "../core/scope.ts";
import { skipFor } from "../core/skip.fixture.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { referenceDataplane } from "../dataplane/reference/reference-dataplane.ts";
import { readNodeFacts } from "../dataplane/facts/read-node-facts.ts";
import type { LinkFact } from "../dataplane/node-facts.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { localExecutor } from "../exec/local/local.ts";
import type { Lab } from "../lab/lab.ts";
import { netnsProvider } from "../provider/netns/index.ts";
import { judgeSwitch } from "../switch/judge-switch.ts";
import { planBeforeJoin, type SwitchEvent } from "../switch/switch-event.ts";
import type { StreamRecord, SwitchRecord } from "../switch/switch-record.ts";
import { BornFacts } from "./born-facts.ts";
import { LabSession } from "./lab-session.ts";
import type { RunOrder } from "./order.ts";
import { Phases } from "./phases.ts";
import type { OpenRun } from "./services.ts";
import { switchMode } from "./switch-mode.ts";

const mode = modeOf("vxlan-cross-subnet");
const vxlan = "vxlan.calico";

/** One lab: its last node joins, then it is changed by one event after the other. */
describe("an event under traffic", function () {
  this.timeout(90_000);
  const scope = new Scope();
  const provider = netnsProvider();
  const signal = new AbortController().signal;
  let folder: string | undefined;
  let lab: Lab;
  let network: Network;

  before(async function () {
    const plan = await planOf("two-racks");
    const [problem] = await provider.check(plan);
    if (problem !== undefined) skipFor(this, `no namespaces here: ${problem.what}`);
    folder = await mkdtemp(join(tmpdir(), "encaplab-event-test-"));
    lab = await provider.provision(plan, newRunId(), scope);
    const begun = { ...lab, plan: planBeforeJoin(plan), nodes: lab.nodes.slice(0, -1) };
    network = await referenceDataplane.install(mode, begun, scope);
  });

  after(async () => {
    assert.deepEqual(await scope.close(), []);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** What an event does, and what a lab born with it has otherwise. */
  async function record(event: SwitchEvent, whole?: Lab): Promise<SwitchRecord> {
    const order: RunOrder = {
      ...{ id: newRunId(), command: "", modes: [mode], plan: lab.plan, profile: "quick", keep: false },
      folder: folder ?? "",
      ...{ paths: ["pod-to-pod"], captureBufferKiB: 16_384, throughput: false },
      measuring: { compared: "plain", seed: 1, limits: [] },
    };
    const services = {
      ...{ version: "test", host: localExecutor(), variants: [], dataplane: referenceDataplane, suites: [], signal },
      listener: { on: () => undefined },
    };
    const run: OpenRun = { order, services, session: new LabSession(order, signal) };
    const phases = new Phases(mode.id, "change", services.listener, run.session.interruptible);
    const born = new BornFacts(run, provider);
    const change = {
      network,
      to: network.mode,
      event,
      variant: event,
      born,
      ...(whole === undefined ? {} : { whole }),
    };
    const result = await switchMode(run, change, phases, scope);
    network = result.network;
    assert.equal(result.record.trouble, undefined);
    assert.deepEqual(result.record.leftBehind, []);
    return result.record;
  }

  const failed = (change: SwitchRecord): readonly string[] =>
    judgeSwitch(change, { leaksAllowed: false })
      .filter(({ status }) => status !== "pass")
      .map(({ id, reason }) => `${id}: ${reason ?? ""}`);

  it("join: a node comes into the network, and those who were there notice nothing", async () => {
    assert.deepEqual(
      network.pods.map(({ node }) => node).filter((node) => node === "b2"),
      [],
    );
    const change = await record("join", lab);
    assert.equal(change.happened, "b2 joins");
    assert.deepEqual(failed(change), []);
    assert.deepEqual(change.nodes.map(({ node }) => node).toSorted(), ["a1", "a2", "b1", "b2"]);
    assert.equal(network.lab.plan.digest, lab.plan.digest);
    assert.ok(network.pods.some(({ node }) => node === "b2"));
  });

  it("mtu: tunnels have another one, running pods keep theirs, and nothing is lost", async () => {
    const change = await record("mtu");
    assert.deepEqual(change.podMtu, { running: [1450], fresh: 1350 });
    assert.deepEqual(failed(change), []);
    assert.deepEqual(await devices((link) => link.mtu), [1350, 1350, 1350, 1350]);
  });

  it("vni: the device is made anew, and meanwhile pods' packets leave plain by the default route", async () => {
    const change = await record("vni");
    assert.deepEqual(await devices((link) => link.vxlan?.vni), [4097, 4097, 4097, 4097]);
    const across = pings(change, "/cross-subnet/");
    assert.ok(across.every(({ directions }) => directions.every(({ lost }) => lost > 0)));
    assert.ok(failed(change).some((text) => /\/cross-subnet\/.*: ping .* plain ×\d+ at [ab]\d\/eth0/.test(text)));
    const near = pings(change, "/same-subnet/");
    assert.ok(near.length > 0 && near.every(({ directions }) => directions.every(({ lost }) => lost === 0)));
  });

  it("reboot: a node is gone for as long as it is off, and leaks nothing on its way back", async () => {
    const change = await record("reboot");
    const at = (step: string): number => change.steps.find((reached) => reached.step === step)?.atMs ?? assert.fail();
    const gaps = pings(change, "b2").flatMap(({ directions }) => directions.map(({ gapMs }) => gapMs));
    assert.ok(gaps.length > 0);
    assert.ok(
      gaps.every((gap) => gap > at("b2 on") - at("b2 off") && gap < change.untilMs),
      gaps.join(),
    );
    const others = pings(change, "").filter(({ path }) => !path.includes("b2"));
    assert.ok(others.every(({ directions }) => directions.every(({ lost }) => lost === 0)));
    assert.deepEqual(failed(change), []);
  });

  it("route-owner: the other program's routes come in the place of those that were there, and nothing is lost", async () => {
    const none = modeOf("none");
    network = (await referenceDataplane.switchMode(network, none, scope)).network;
    assert.deepEqual(await protocolsOf("a1"), ["bird"]);
    const change = await record("route-owner");
    assert.equal(change.happened, "Felix makes the routes to pods, before that BIRD");
    assert.deepEqual(await protocolsOf("a1"), ["80"]);
    const near = pings(change, "/same-subnet/");
    assert.ok(near.length > 0 && near.every(({ directions }) => directions.every(({ lost }) => lost === 0)));
    assert.deepEqual(failed(change), []);
  });

  /** As what the kernel knows a node's routes to the blocks of others. */
  async function protocolsOf(node: string): Promise<readonly string[]> {
    const facts = await readNodeFacts(lab.nodes.filter(({ name }) => name === node));
    const blocks = new Set(
      network.identities.nodes.filter(({ name }) => name !== node).flatMap((other) => other.blocks[4] ?? []),
    );
    const own = facts.flatMap(({ routes }) => routes.filter(({ destination }) => blocks.has(destination)));
    return [...new Set(own.map(({ protocol }) => protocol))];
  }

  async function devices<T>(of: (link: LinkFact) => T): Promise<readonly (T | undefined)[]> {
    const facts = await readNodeFacts(lab.nodes);
    return facts.map(({ links }) => {
      const link = links.find(({ device }) => device === vxlan);
      return link === undefined ? undefined : of(link);
    });
  }
});

function pings({ streams }: SwitchRecord, word: string): readonly StreamRecord[] {
  return streams.filter(({ path, kind }) => kind === "ping" && path.includes(word) && !path.includes("/same-node/"));
}
