import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../core/run-id.ts";
import type { Scope } from "../core/scope.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Mode, ModeId } from "../encap/mode.ts";
import { tapsOf } from "../encap/taps.ts";
import type { Fault } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import { fakeMachine, fakeProvider, type FakeMachine } from "../provider/fake/index.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import { defineCheck } from "../verify/check.ts";
import { fakeMember, type CommandHook } from "./fake-member.fixture.ts";
import type { RunOrder } from "./order.ts";
import type { RunEvent, RunRecord } from "./record.ts";
import { runModes } from "./runner.ts";
import type { RunServices } from "./services.ts";
import { defineSuite, type Suite } from "./suite.ts";

/** For tests only: one path, so that a run on fakes takes milliseconds. */
const onePath = "pod-to-pod/cross-subnet/v4/a1->b1";

/** For tests only: a check that is satisfied by any network, so that a run without packets can pass. */
const asked = defineCheck({
  name: "asked",
  proves: "that the run has come to its verdicts",
  of: "path",
  judge: ({ expectation }) => ({
    id: expectation.path.id,
    check: "asked",
    status: "pass",
    expected: "",
    observed: "",
    evidence: [],
  }),
});

/** For tests only: what happens on a fake machine: who was made and removed, in order. */
export interface FakeWorld {
  readonly machine: FakeMachine;
  readonly plan: Plan;
  readonly provider: Provider;
  readonly dataplane: Dataplane;
  /** "build", "install vxlan-always", "remove vxlan-always", "destroy", in the order in which it happened. */
  readonly log: string[];
  /** Modes that are installed now. */
  readonly installed: Set<ModeId>;
  readonly folder: string;
  readonly controller: AbortController;
  /** Looks at every command of every member. */
  hook: CommandHook;
  /** Looks at every event of the run before it goes on. */
  onEvent: (event: RunEvent) => void;
  /** The events so far. */
  readonly events: RunEvent[];
  close(): void;
}

/** For tests only: a machine, a provider and a dataplane in memory. */
export async function fakeWorld(): Promise<FakeWorld> {
  const plan = await planOf("two-racks");
  const machine = fakeMachine();
  const log: string[] = [];
  const installed = new Set<ModeId>();
  const folder = mkdtempSync(join(tmpdir(), "encaplab-test-"));
  const [mode] = modesOf("vxlan-always");
  const taps = tapsOf(plan, identitiesFromAllocation(plan, mode ?? modeOf("vxlan-always")));
  const devicesOf = (member: string): readonly string[] => [
    ...new Set(taps.filter(({ node }) => node === member).map(({ device }) => device)),
  ];
  const memberOf = (member: string, where: string) =>
    fakeMember(where, devicesOf(member), (at, command) => {
      world.hook(at, command);
    });
  const world: FakeWorld = {
    machine,
    plan,
    provider: logged(fakeProvider({ machine, memberOf }), log),
    dataplane: fakeDataplane(log, installed),
    log,
    installed,
    folder,
    controller: new AbortController(),
    hook: () => undefined,
    onEvent: () => undefined,
    events: [],
    close: () => {
      rmSync(folder, { recursive: true });
    },
  };
  return world;
}

/** For tests only: a fault that does nothing. */
export const fakeFault: Fault = {
  name: "fake-fault",
  title: "",
  describes: "",
  modes: ["vxlan-always"],
  needs: [],
  apply: () => Promise.resolve({ did: [] }),
  trips: [],
};

/** For tests only: a world of its own for each test of a describe, and runs in it. */
export function eachInFakeWorld(): EachWorld {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await fakeWorld();
  });
  afterEach(() => {
    world.close();
  });
  return {
    get world() {
      return world;
    },
    run: (order = {}, services = {}) => runModes(orderIn(world, order), servicesIn(world, services)),
    assertNothingLeft: () => {
      assert.deepEqual([...world.machine.labs.keys()], []);
      assert.deepEqual([...world.installed], []);
    },
  };
}

interface EachWorld {
  readonly world: FakeWorld;
  readonly run: (order?: Partial<RunOrder>, services?: Partial<RunServices>) => Promise<RunRecord>;
  readonly assertNothingLeft: () => void;
}

/** For tests only: the modes with these ids. */
export function modesOf(...ids: readonly ModeId[]): readonly Mode[] {
  return ids.map(modeOf);
}

/** For tests only: an order for the world's plan. */
export function orderIn({ plan, folder }: FakeWorld, change: Partial<RunOrder> = {}): RunOrder {
  return {
    id: newRunId(),
    command: "encaplab suite",
    modes: modesOf("vxlan-always"),
    plan,
    profile: "quick",
    paths: [onePath],
    folder,
    keep: false,
    captureBufferKiB: 64,
    throughput: true,
    measuring: { compared: "plain", seed: 1, limits: [] },
    ...change,
  };
}

/** For tests only: what runs work with in the world. */
export function servicesIn(world: FakeWorld, change: Partial<RunServices> = {}): RunServices {
  return {
    version: "test",
    host: fakeMember("this host", []),
    variants: [{ providers: [world.provider] }],
    dataplane: world.dataplane,
    suites: [suiteThat({})],
    listener: {
      on: (event) => {
        world.events.push(event);
        world.onEvent(event);
      },
    },
    signal: world.controller.signal,
    ...change,
  };
}

/** For tests only: a suite for every mode that asks what any network satisfies. */
export function suiteThat(change: Partial<Suite>): Suite {
  return defineSuite({
    name: "fake/suite",
    proves: "nothing",
    modes: ["none", "ipip-always", "vxlan-always", "vxlan-cross-subnet"],
    mustInclude: [],
    probes: ["ping", "curl"],
    checks: [asked],
    ...change,
  });
}

function logged(provider: Provider, log: string[]): Provider {
  return {
    ...provider,
    provision: async (plan, runId, scope) => {
      scope.defer("log", () => void log.push("destroy"));
      const lab = await provider.provision(plan, runId, scope);
      log.push("build");
      return lab;
    },
  };
}

function fakeDataplane(log: string[], installed: Set<ModeId>): Dataplane {
  const networkOf = (mode: Mode, lab: Lab): Network => ({
    lab,
    mode,
    title: "fake dataplane",
    identities: identitiesFromAllocation(lab.plan, mode),
    pods: lab.plan.allocation.pods.map(({ pod: name, node }) => {
      const executor = lab.nodes.find((each) => each.name === node)?.executor;
      if (executor === undefined) throw new RangeError(node);
      return { name, node, executor, enter: () => ["enter", name] };
    }),
    convergence: { totalMs: 0, steps: [] },
  });
  return {
    name: "fake",
    title: "fake dataplane",
    missing: () => Promise.resolve([]),
    install: (mode, lab, scope: Scope) =>
      Promise.resolve().then(() => {
        scope.defer(`remove ${mode.id}`, () => {
          installed.delete(mode.id);
          log.push(`remove ${mode.id}`);
        });
        installed.add(mode.id);
        log.push(`install ${mode.id}`);
        return networkOf(mode, lab);
      }),
    attach: (mode, lab) => Promise.resolve(networkOf(mode, lab)),
    switchMode: () => Promise.reject(new Error("a fake does not switch")),
    facts: () => Promise.resolve({ nodes: [] }),
  };
}
