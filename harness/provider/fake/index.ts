import type { Executor } from "../../exec/executor.ts";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import type { Plan } from "../../topology/plan.ts";
import { hostsOf } from "../../topology/hosts-of.ts";
import type { Capability, Lab, LabLabel, LabNode, LabRef } from "../../lab/lab.ts";
import { noSuchLab, refuseOtherPlan } from "../../lab/identity-errors.ts";
import type { Provider } from "../provider.ts";

/** A machine that exists only in memory: what several fake providers, one after the other, find there. */
export interface FakeMachine {
  readonly labs: Map<string, FakeLab>;
  /** Processes that live; labs of others are stale. */
  readonly livePids: Set<number>;
}

/** A lab on a fake machine. */
interface FakeLab {
  readonly lab: Lab;
  readonly ownerPid: number;
  label?: LabLabel;
}

export interface FakeOptions {
  readonly machine?: FakeMachine;
  readonly ownerPid?: number;
  readonly capabilities?: readonly Capability[];
  /** Answers of every member, before the ones about ping that every fake member knows. */
  readonly answers?: readonly ScriptedAnswer[];
  /** Makes members that do more than answer from a script. */
  readonly memberOf?: (member: string, where: string) => Executor;
}

/** A machine with nothing on it. */
export function fakeMachine(): FakeMachine {
  return { labs: new Map(), livePids: new Set([process.pid]) };
}

/** A provider for tests of its callers: labs in memory, whose members answer ping as the plan routes it. */
export function fakeProvider(options: FakeOptions = {}): Provider {
  const { machine = fakeMachine(), ownerPid = process.pid } = options;
  return {
    name: "fake",
    capabilities: new Set(options.capabilities ?? ["vxlan", "vxlan6", "ipip", "ipv6"]),
    kernelHas: "its members have",
    check: () => Promise.resolve([]),
    provision: (plan, runId, scope) =>
      soon(() => {
        scope.defer(`remove lab ${runId}`, () => {
          machine.labs.delete(runId);
        });
        const lab = labOf(plan, runId, options);
        machine.labs.set(runId, { lab, ownerPid });
        return lab;
      }),
    label: ({ runId }, label) =>
      soon(() => {
        find(machine, runId).label = label;
      }),
    discover: () => Promise.resolve([...machine.labs.values()].map((entry) => refOf(machine, entry))),
    attach: (ref, plan) => soon(() => attach(find(machine, ref.runId), plan)),
    destroy: ({ runId }) =>
      soon(() => {
        machine.labs.delete(runId);
      }),
  };
}

function soon<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

function find(machine: FakeMachine, runId: string): FakeLab {
  const entry = machine.labs.get(runId);
  if (entry === undefined) throw noSuchLab(runId, "on this machine");
  return entry;
}

function attach({ lab, label }: FakeLab, plan: Plan): Lab {
  refuseOtherPlan(lab.runId, label, plan);
  return lab;
}

function refOf(machine: FakeMachine, { lab, ownerPid, label }: FakeLab): LabRef {
  return {
    runId: lab.runId,
    provider: "fake",
    parts: [...lab.routers, ...lab.nodes].map(({ name }) => `fake ${name}`),
    state: label?.kept === true ? "kept" : machine.livePids.has(ownerPid) ? "running" : "stale",
    ownerPid,
    ...(label === undefined ? {} : { label }),
  };
}

function labOf(plan: Plan, runId: string, { answers = [], memberOf }: FakeOptions): Lab {
  const hosts = hostsOf(plan);
  const ports = [...plan.routers.flatMap((router) => router.ports), ...hosts.map(({ uplink }) => uplink)];
  const known = ports.flatMap(({ addresses }) =>
    Object.values(addresses).map((address) => address.split("/")[0] ?? ""),
  );
  const pings: readonly ScriptedAnswer[] = [
    ...known.map((address) => ({ command: new RegExp(`^ping .* ${address.replaceAll(".", "\\.")}$`), always: true })),
    { command: /^ping /, exitCode: 1, always: true },
  ];
  const member =
    (role: LabNode["role"]) =>
    ({ name }: { readonly name: string }): LabNode => {
      const where = `${role} ${name} (fake ${runId})`;
      const executor = memberOf?.(name, where) ?? scriptedExecutor([...answers, ...pings], where);
      const enter = (program: readonly string[] = ["sh"]): readonly string[] => ["enter", runId, name, ...program];
      return { name, role, executor, enter, namespacePrefix: `fake${runId}-` };
    };
  return {
    runId,
    provider: "fake",
    plan,
    nodes: plan.nodes.map(member("node")),
    routers: plan.routers.map(member("router")),
    ...(plan.external === undefined ? {} : { external: plan.external.map(member("external host")) }),
  };
}
