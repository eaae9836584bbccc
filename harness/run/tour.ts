import { InterruptedError, LabError } from "../core/errors.ts";
import { withScope, type Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { planBeforeJoin, switchEvents } from "../switch/switch-event.ts";
import { judgeSwitch } from "../switch/judge-switch.ts";
import { withRunningMtu } from "../switch/running-pods.ts";
import { BornFacts } from "./born-facts.ts";
import type { Gathered } from "./gathered.ts";
import { keepLab, type LabMemory } from "./keep.ts";
import type { Tour } from "./order.ts";
import { Phases } from "./phases.ts";
import { runScenario } from "./scenario.ts";
import { isGood, removedLab } from "./removed-lab.ts";
import type { OpenRun } from "./services.ts";
import { planThen, requireAble } from "./happen.ts";
import { switchMode, type Change } from "./switch-mode.ts";

/** Leads a lab from mode to mode while traffic goes on, and judges each new mode in full: one that stands, or one that is built for it. */
export async function runTour(run: OpenRun, tour: Tour, gathered: Gathered): Promise<void> {
  const { order, services, session } = run;
  const [first] = tour.modes;
  if (first === undefined) throw new RangeError("a tour without a mode");
  const phases = new Phases(undefined, "lab", services.listener, session.interruptible);
  try {
    const { standing } = order;
    const { provider, because } = await providerOf(run);
    await tellTour(run, tour, provider, because);
    if (standing !== undefined) {
      await session.interruptible.run(() => requireModes(run, tour.modes.slice(1), standing.lab));
      const network = await session.interruptible.run(() => services.dataplane.attach(first, standing.lab));
      await withScope((scope) => walk({ run, tour, gathered, provider, scope, whole: standing.lab }, network));
      return;
    }
    await session.withLab(
      provider,
      async (lab, scope) => {
        await session.interruptible.run(() => requireModes(run, tour.modes, lab));
        if (tour.event !== undefined) requireAble(services.dataplane, tour.event, lab, false);
        const begun = tour.event === "join" ? withoutLast(lab) : lab;
        const install = (): Promise<Network> => services.dataplane.install(first, begun, scope);
        const network = await phases.run("dataplane", install, describeInstall);
        const after = await walk({ run, tour, gathered, provider, scope, whole: lab }, network);
        if (order.keep) await keep(run, provider, after, [scope]);
      },
      (work) => phases.run("lab", work),
    );
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const removed = order.standing === undefined ? undefined : await removedLab(order.standing);
    await gathered.take(phases.current, removed ?? error);
  }
}

interface Walking {
  readonly run: OpenRun;
  readonly tour: Tour;
  readonly gathered: Gathered;
  readonly provider: Provider;
  readonly scope: Scope;
  /** With all nodes, where one is still to join. */
  readonly whole: Lab;
}

/** The lab of the nodes that are there before the last one joins. */
function withoutLast(lab: Lab): Lab {
  return { ...lab, plan: planBeforeJoin(lab.plan), nodes: lab.nodes.slice(0, -1) };
}

/** Where a way has led. */
interface Arrived {
  readonly network: Network;
  /** What the lab is to be labeled with, where that is not what the order says. */
  readonly memory?: LabMemory;
  /** MTU of its pods, where new ones would get another. */
  readonly podMtu?: number;
}

async function walk(walking: Walking, start: Network): Promise<Arrived> {
  const { run, tour, provider, whole } = walking;
  const comparison = comparisonFor(walking, start.lab);
  let arrived: Arrived = { network: start };
  if (tour.event !== undefined) {
    const { event } = tour;
    const { standing } = run.order;
    if (standing !== undefined) requireAble(run.services.dataplane, event, start.lab, true);
    const joining = event === "join" ? { whole } : {};
    const planned = { ...whole, plan: planThen(start, { to: start.mode, event, ...joining }) };
    await requireModes(run, [start.mode], planned);
    const change = { network: start, to: start.mode, event, variant: event, ...joining, ...comparison };
    const { trouble, ...stepped } = await step(walking, change);
    const { memoryAfter } = tour;
    arrived = {
      ...stepped,
      ...(memoryAfter === undefined || trouble !== undefined ? {} : { memory: memoryAfter }),
    };
    if (standing !== undefined) await keep(run, provider, arrived, []);
    return arrived;
  }
  for (const [index, to] of tour.modes.slice(1).entries()) {
    const from = arrived.network.mode.calicoName;
    const variant = tour.modes.length > 2 ? `step ${index + 1}, from ${from}` : `from ${from}`;
    arrived = await step(walking, { network: arrived.network, to, variant, ...comparison });
    if (run.order.standing !== undefined) await keep(run, provider, arrived, []);
  }
  return arrived;
}

/** One change, its verdicts, and the full judgment of the mode that it led to. */
async function step(
  { run, tour, gathered, scope }: Walking,
  change: Change,
): Promise<Arrived & { readonly trouble?: string }> {
  const { services, session } = run;
  const { to, variant = "" } = change;
  const phases = new Phases(to.id, "change", services.listener, session.interruptible);
  const { record, network } = await switchMode(run, change, phases, scope);
  await gathered.addSwitch(record);
  const outcome = await withScope((inner) =>
    runScenario(
      run,
      {
        mode: to,
        variant,
        because:
          change.event === undefined
            ? `changed from ${change.network.mode.calicoName} while traffic went on`
            : `${record.happened ?? change.event} while traffic went on`,
        lab: network.lab,
        labPhases: phases.done,
        network: () => Promise.resolve(network),
        adjust: (expectation) => withRunningMtu(expectation, record.podMtu.running),
      },
      inner,
    ),
  );
  const { standing } = run.order;
  const removed = standing === undefined || isGood(outcome) ? undefined : await removedLab(standing);
  if (removed !== undefined) throw removed;
  const verdicts = [
    ...judgeSwitch(record, tour.budget),
    ...outcome.verdicts.map((verdict) => ({ ...verdict, variant })),
  ];
  const measurements = outcome.measurements.map((one) => ({ ...one, variant }));
  await gathered.add({ ...outcome, scenario: { ...outcome.scenario, variant }, verdicts, measurements });
  const { running, fresh } = record.podMtu;
  const [podMtu = fresh] = running;
  return {
    network,
    ...(podMtu === fresh ? {} : { podMtu }),
    ...(record.trouble === undefined ? {} : { trouble: record.trouble }),
  };
}

function comparisonFor({ run, tour, provider }: Walking, lab: Lab): Pick<Change, "born" | "notCompared"> {
  if (!tour.compareBorn) return { notCompared: "it was not asked for" };
  if (tour.event === "upgrade")
    return { notCompared: "a lab built beside this one would run the older release on the same nodes" };
  if (lab.hostFiles === true || lab.machines !== undefined) return { born: new BornFacts(run, provider) };
  return { notCompared: `with ${provider.name} no second lab of the same plan can stand beside this one` };
}

/** LabError where a mode of a tour cannot run, or may not: all are asked before the first is left. */
async function requireModes({ services }: OpenRun, modes: readonly Mode[], lab: Lab): Promise<void> {
  for (const mode of new Set(modes)) {
    const missing = await services.dataplane.missing(mode, lab);
    const hinders = missing.find(({ families = lab.plan.families }) =>
      lab.plan.families.every((family) => families.includes(family)),
    );
    if (hinders === undefined) continue;
    const fix = hinders.fix === undefined ? {} : { fix: hinders.fix };
    throw new LabError(`${mode.calicoName} cannot run here: ${hinders.reason}`, fix);
  }
}

function describeInstall({ mode, convergence }: Network): string {
  return `${mode.calicoName}, converged in ${(convergence.totalMs / 1000).toFixed(2)} s`;
}

/** That of the lab which is up, or the one that can build a lab for all modes, and why that one. */
async function providerOf({ order, services, session }: OpenRun): Promise<{ provider: Provider; because?: string }> {
  return order.standing ?? session.providerFor(services.variants[0]?.providers ?? []);
}

async function tellTour(
  { services }: OpenRun,
  { modes, event }: Tour,
  provider: Provider,
  reason: string | undefined,
): Promise<void> {
  const { dataplane, dataplaneBecause, listener } = services;
  const names = modes.map(({ calicoName }) => calicoName);
  const way = `${event === undefined ? `through ${names.join(" → ")}` : switchEvents[event]} while traffic goes on`;
  const because = [way, reason, dataplaneBecause].filter((part) => part !== undefined).join("; ");
  const [mode] = modes;
  if (mode === undefined) return;
  await listener.on({ kind: "choice", mode, provider: provider.name, dataplane: dataplane.title, because });
}

async function keep(
  { order, services }: OpenRun,
  provider: Provider,
  { network: { lab, mode }, memory = order.memory, podMtu }: Arrived,
  scopes: readonly Scope[],
): Promise<void> {
  const remembered = { ...(memory === undefined ? {} : { memory }), ...(podMtu === undefined ? {} : { podMtu }) };
  // One that stood before is known to its owner.
  const told = order.standing === undefined ? { listener: services.listener } : {};
  await keepLab({ provider, lab, mode, dataplane: services.dataplane, ...told, ...remembered }, scopes);
}
