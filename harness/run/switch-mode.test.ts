import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../core/run-id.ts";
import { Scope, withScope } from "../core/scope.ts";
import { skipFor } from "../core/skip.fixture.ts";
import type { Network, Transition } from "../dataplane/dataplane.ts";
import { referenceDataplane } from "../dataplane/reference/reference-dataplane.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import type { ModeId } from "../encap/mode.ts";
import { localExecutor } from "../exec/local/local.ts";
import { runScript } from "../exec/script.ts";
import type { Lab } from "../lab/lab.ts";
import { netnsProvider } from "../provider/netns/index.ts";
import { judgeSwitch } from "../switch/judge-switch.ts";
import type { DirectionRecord, StreamRecord, SwitchRecord } from "../switch/switch-record.ts";
import { BornFacts } from "./born-facts.ts";
import { LabSession } from "./lab-session.ts";
import type { RunOrder } from "./order.ts";
import { Phases } from "./phases.ts";
import type { OpenRun } from "./services.ts";
import { switchMode } from "./switch-mode.ts";

/** What else happens while the mode changes. */
type Meanwhile = (network: Network) => Promise<void>;

/** A lab for all tests, which lead it from mode to mode; each does something else meanwhile. */
describe("a change of mode under traffic", function () {
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
    folder = await mkdtemp(join(tmpdir(), "encaplab-switch-test-"));
    lab = await provider.provision(plan, newRunId(), scope);
    network = await referenceDataplane.install(modeOf("vxlan-always"), lab, scope);
  });

  after(async () => {
    assert.deepEqual(await scope.close(), []);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function changed(to: ModeId, meanwhile: Meanwhile, compares = false): Promise<SwitchRecord> {
    const order: RunOrder = {
      ...{ id: newRunId(), command: "", modes: [modeOf(to)], plan: lab.plan, profile: "quick", keep: false },
      folder: folder ?? "",
      ...{ paths: ["pod-to-pod"], captureBufferKiB: 16_384, throughput: false },
      measuring: { compared: "plain", seed: 1, limits: [] },
    };
    const dataplane = {
      ...referenceDataplane,
      switchMode: async (...change: Parameters<typeof referenceDataplane.switchMode>): Promise<Transition> => {
        const transition = await referenceDataplane.switchMode(...change);
        await meanwhile(transition.network);
        return transition;
      },
    };
    const services = {
      ...{ version: "test", host: localExecutor(), variants: [], dataplane, suites: [], signal },
      listener: { on: () => undefined },
    };
    const run: OpenRun = { order, services, session: new LabSession(order, signal) };
    const phases = new Phases(modeOf(to).id, "change", services.listener, run.session.interruptible);
    const born = compares
      ? { born: new BornFacts({ ...run, services: { ...services, dataplane: referenceDataplane } }, provider) }
      : {};
    const result = await withScope((inner) => switchMode(run, { network, to: modeOf(to), ...born }, phases, inner));
    network = result.network;
    assert.equal(result.record.trouble, undefined);
    return result.record;
  }

  it("measures an outage of known length within one interval of the probes, and names it where it is too long", async () => {
    const outage = { least: 0, most: 0 };
    const record = await changed("vxlan-cross-subnet", async () => {
      // The kernel's clock at both ends of both commands: the rule holds from within the first to within the second.
      const script = `date +%s%N; nft -f - <<'END'
table inet outage { chain dropped { type filter hook forward priority 0; policy drop; }; }
END
date +%s%N; sleep 0.5; date +%s%N; nft delete table inet outage; date +%s%N`;
      const { stdout } = await runScript(router().executor, script);
      const [before = 0, from = 0, to = 0, behind = 0] = stdout
        .trim()
        .split("\n")
        .map((text) => Number(text) / 1e6);
      outage.least = to - from;
      outage.most = behind - before;
    });
    const { direction, interval } = worstPing(record, "cross-subnet");
    assert.ok(direction.gapMs >= outage.least - interval, `${direction.gapMs} of ${outage.least} to ${outage.most}`);
    assert.ok(direction.gapMs <= outage.most + interval, `${direction.gapMs} of ${outage.least} to ${outage.most}`);
    assert.ok(direction.lost > 0);
    const verdicts = judgeSwitch(record, { leaksAllowed: false, maxGapMs: 50 });
    const verdict = verdicts.find(({ id, status }) => status === "fail" && id.includes("/cross-subnet/"));
    assert.match(verdict?.id ?? "", /^vxlan-cross-subnet\/pod-to-pod\/cross-subnet\/v4\/a\d->b\d$/);
    assert.equal(verdict?.check, "switch-gap");
    assert.match(verdict.reason ?? "", /(→ \(forward\)|← \(reverse\)|long TCP).* (\d+ ms|\d\.\d\d s)/);
    const calm = verdicts.filter(({ id, check }) => check === "switch-gap" && id.includes("/same-node/"));
    assert.ok(calm.length > 0 && calm.every(({ status }) => status === "pass"), JSON.stringify(calm));
    assert.deepEqual(record.nodes.map(({ node, follows }) => `${node} ${String(follows)}`).toSorted(), [
      "a1 true",
      "a2 true",
      "b1 true",
      "b2 true",
    ]);
    const stalled = tcpOf(record, "cross-subnet");
    assert.equal(stalled?.outcome, "stalled", stalled?.because);
    assert.ok(stalled.timeouts > 0);
  });

  it("catches plain packets between racks in the middle, and tells a connection that died from one that stalled", async () => {
    const record = await changed("vxlan-always", async ({ identities }) => {
      const block = identities.nodes.find(({ name }) => name === "b1")?.blocks[4]?.[0] ?? "";
      await runScript(
        executorOf("a1"),
        `old=$(ip route show ${block}); ip route replace ${block} via 198.18.1.1 dev eth0; sleep 0.3; ip route replace $old`,
      );
      // As long as a sender waits that has lost all for 0.3 s: it sends again after 0.2 and 0.6 s (RFC 6298, 5.5).
      await runScript(
        executorOf("b1"),
        `nft -f - <<'END'
table inet death { chain refused { type filter hook forward priority 0; tcp sport 20000-29999 reject with tcp reset; }; }
END
sleep 1; nft delete table inet death`,
      );
    });
    const leaks = record.streams.flatMap(({ path, directions }) =>
      directions.flatMap(({ direction, leaks: own }) => own.map((leak) => ({ ...leak, path, direction }))),
    );
    const atSource = leaks.find(({ tap, direction }) => tap === "a1/eth0" && direction === "forward");
    assert.equal(atSource?.form, "plain");
    assert.match(atSource.path, /cross-subnet\/v4\/a1->b1/);
    assert.ok(atSource.toMs - atSource.fromMs > 200 && atSource.toMs - atSource.fromMs < 600, JSON.stringify(atSource));
    assert.ok(leaks.every(({ form, path }) => form === "plain" && path.includes("a1->b1")));
    const verdict = judgeSwitch(record, { leaksAllowed: false }).find(({ category }) => category === "leak");
    assert.match(verdict?.reason ?? "", /forward.*plain ×\d+ at a1\/eth0/);
    const { strays = [] } = record.capture;
    assert.ok(strays.includes("pcaps/switch-switch/a1.pcap"), strays.join());
    const { stdout } = await localExecutor().run([
      "tcpdump",
      "-nn",
      "-r",
      join(folder ?? "", "pcaps/switch-switch/a1.pcap"),
    ]);
    const lines = stdout.trim().split("\n");
    assert.ok(lines.length > 0 && lines.every((line) => !line.includes("VXLAN")), lines[0]);
    assert.match(verdict?.evidence.join("\n") ?? "", /see pcaps\/switch-switch\/a1\.pcap/);
    assert.equal(tcpOf(record, "cross-subnet")?.outcome, "died");
    assert.equal(tcpOf(record, "same-subnet")?.outcome, "survived");
  });

  it("names a node that goes back to the old mode, with what it has otherwise than a lab born in the new one", async () => {
    const undone: string[] = [];
    const record = await changed(
      "vxlan-cross-subnet",
      async ({ identities }) => {
        const [block = ""] = identities.nodes.find(({ name }) => name === "b2")?.blocks[4] ?? [];
        const tunnel = identities.nodes.find(({ name }) => name === "b2")?.tunnelAddresses["vxlan.calico"] ?? "";
        const { stdout } = await runScript(
          executorOf("b1"),
          `ip route show ${block}; ip route replace ${block} via ${tunnel} dev vxlan.calico onlink`,
        );
        undone.push(`ip route replace ${stdout.trim()}`);
      },
      true,
    );
    await runScript(executorOf("b1"), undone.join("; "));
    const verdicts = judgeSwitch(record, { leaksAllowed: false }).filter(({ status }) => status === "fail");
    assert.deepEqual(
      verdicts.map(({ id }) => id),
      ["vxlan-cross-subnet/switch-followed/b1", "vxlan-cross-subnet/left-behind/b1"],
    );
    assert.match(verdicts[0]?.reason ?? "", /node b1 did not follow: its last packets are in the old form/);
    assert.match(
      verdicts[1]?.reason ?? "",
      /route IPv4 block of b2: via tunnel of b2 dev vxlan\.calico .*; a lab born/,
    );
  });

  it("leaves nothing behind that a lab born in the mode would not have, on the way back to the first", async () => {
    const none = await changed("none", () => Promise.resolve(), true);
    assert.deepEqual(none.leftBehind, []);
    assert.deepEqual(none.podMtu, { running: [1450], fresh: 1500 });
    const across = none.streams.filter(({ path, kind }) => path.includes("cross-subnet/v4") && kind === "ping");
    assert.ok(
      across.every(({ directions }) => directions.every(({ endsAtMs, lost }) => endsAtMs !== undefined && lost === 0)),
    );
    const back = await changed("vxlan-always", () => Promise.resolve(), true);
    assert.deepEqual(back.leftBehind, []);
    assert.ok(judgeSwitch(back, { leaksAllowed: false }).every(({ status }) => status === "pass"));
  });

  function router(): Lab["routers"][number] {
    const [first] = lab.routers;
    assert.ok(first);
    return first;
  }

  function executorOf(name: string): Lab["nodes"][number]["executor"] {
    const node = lab.nodes.find((candidate) => candidate.name === name);
    assert.ok(node);
    return node.executor;
  }
});

function tcpOf({ streams }: SwitchRecord, locality: string): StreamRecord["tcp"] {
  return streams.find(({ path, kind }) => path.includes(`/${locality}/`) && kind === "tcp")?.tcp;
}

/** The direction of pings that had the longest gap, and the milliseconds between two of its packets, which a busy machine stretches. */
function worstPing(
  record: SwitchRecord,
  locality: string,
): { readonly direction: DirectionRecord; readonly interval: number } {
  const pings = record.streams.filter(({ path, kind }) => path.includes(`/${locality}/`) && kind === "ping");
  const [direction] = pings.flatMap(({ directions }) => directions).toSorted((a, b) => b.gapMs - a.gapMs);
  assert.ok(direction);
  return { direction, interval: (2 * (record.untilMs - record.fromMs)) / direction.sent };
}
