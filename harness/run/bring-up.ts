import { LabError } from "../core/errors.ts";
import { withScope } from "../core/scope.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import { namespacePrefixArgv } from "../exec/namespace/namespace.ts";
import { shellQuote } from "../exec/quote.ts";
import type { Fault } from "../fault/fault.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import { chooseProvider, examineProviders } from "./choose.ts";
import { Interruptible } from "./interruptible.ts";
import { keepLab } from "./keep.ts";

/** What `up` shall build. */
export interface BringUpRequest {
  readonly runId: string;
  readonly mode: Mode;
  readonly plan: Plan;
  readonly providers: readonly Provider[];
  readonly dataplane: Dataplane;
  readonly fault?: Fault;
  readonly signal: AbortSignal;
}

/** A lab that is up and stays. */
export interface KeptLab {
  readonly network: Network;
  readonly seconds: number;
  /** Commands that open a shell on each router, node and pod. */
  readonly enter: readonly { readonly name: string; readonly command: string }[];
}

/** Builds a lab, puts it into a mode and leaves it up; on any error or interrupt nothing is left. */
export async function bringUp(request: BringUpRequest): Promise<KeptLab> {
  const start = performance.now();
  const provider = await providerFor(request);
  const interruptible = new Interruptible(request.signal);
  try {
    return await withScope(async (scope) => {
      const lab = await interruptible.run(() => provider.provision(request.plan, request.runId, scope));
      const network = await interruptible.run(() => request.dataplane.install(request.mode, lab, scope));
      await request.fault?.apply(network, request.plan, scope);
      await keepLab(provider, lab, request.mode, request.dataplane, [scope]);
      return { network, seconds: (performance.now() - start) / 1000, enter: entries(lab, network) };
    });
  } finally {
    if (request.signal.aborted) await sweep(provider, request.runId, interruptible);
  }
}

async function providerFor({ mode, plan, providers }: BringUpRequest): Promise<Provider> {
  const candidates = await examineProviders(providers, plan, [mode]);
  const choice = chooseProvider(mode, plan.families, candidates);
  if ("skip" in choice) throw new LabError(`${mode.calicoName} cannot run here: ${choice.skip}`);
  return choice.provider;
}

function entries(lab: Lab, network: Network): KeptLab["enter"] {
  const members = [...lab.routers, ...lab.nodes];
  const ofMembers = members.map(({ name, executor, enter }) => ({
    name,
    command: enterCommand(executor.where, enter),
  }));
  const ofPods = network.pods.map(({ name, node, executor }) => {
    const enter = members.find((member) => member.name === node)?.enter;
    return { name, command: enterPodCommand(executor.where, enter) };
  });
  return [...ofMembers, ...ofPods];
}

/**
 * "node a1 (netns el7f3k-a1)" holds the namespace that a shell enters, "… (container encaplab-7f3kq-a1)" the container; machines are
 * entered by their own way.
 */
function enterCommand(where: string, enter: readonly string[] | undefined): string {
  if (enter !== undefined) return shellQuote(enter);
  const inside = namespaceArgv(where);
  const container = /container ([^\s,)]+)/.exec(where)?.[1];
  if (container !== undefined) return shellQuote(["docker", "exec", "-it", container, ...(inside ?? []), "sh"]);
  return inside === undefined ? where : `sudo ${shellQuote(inside)} bash`;
}

/** A pod on a machine is a namespace there: `-t` gives its shell a terminal. */
function enterPodCommand(where: string, enter: readonly string[] | undefined): string {
  const inside = namespaceArgv(where);
  if (enter === undefined || inside === undefined) return enterCommand(where, undefined);
  return shellQuote([...enter, "-t", `${shellQuote(inside)} sh`]);
}

function namespaceArgv(where: string): readonly string[] | undefined {
  const namespace = /netns ([^\s,)]+)/.exec(where)?.[1];
  return namespace === undefined ? undefined : namespacePrefixArgv(namespace);
}

async function sweep(provider: Provider, runId: string, interruptible: Interruptible): Promise<void> {
  await interruptible.settled();
  for (const ref of await provider.discover()) if (ref.runId === runId) await provider.destroy(ref);
}
