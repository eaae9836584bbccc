import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Identities } from "../../encap/identity.ts";
import { labNode } from "../../lab/lab-node.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Dataplane, DataplaneFacts, Network, Transition } from "../dataplane.ts";
import { readWholeFacts } from "../facts/read-node-facts.ts";
import { readFabricSessions } from "../fabric/bgp-sessions.ts";
import { readNodeSessions } from "./bgp-sessions.ts";
import { calicoNetwork } from "./calico-network.ts";
import type { CalicoFiles, CalicoSource } from "./calico-source.ts";
import { changeConfiguration, changeMode } from "./change-mode.ts";
import { Stopwatch } from "../convergence/stopwatch.ts";
import { convergeCalico } from "./converge.ts";
import { adaptFabric, installCalico, writeServices } from "./install.ts";
import { etcdFolder } from "./lab-folder.ts";
import { locatedReleases, misplaced } from "./located-releases.ts";
import { managementExecutor } from "./management.ts";
import { missingCalico, ownerless } from "./missing.ts";
import { namesOf, runningPods, type Release } from "./node-calico.ts";
import type { RuleBackend } from "./node-command.ts";
import { lacking, readIdentities, readRegistrations } from "./read-identities.ts";
import { joinNodes } from "./join-nodes.ts";
import { rebootNode } from "./reboot-node.ts";
import { restartNode } from "./restart-node.ts";
import { restartNotes } from "./restarts.ts";
import { upgradeNodes } from "./upgrade-nodes.ts";

/** What the command line knows about the Calico to run. */
export interface CalicoOptions {
  /** Where Calico comes from; missing = nowhere, and `missing()` says how to give one. */
  readonly source?: CalicoSource;
  /** Nodes that run another release, by name. */
  readonly nodes?: ReadonlyMap<string, CalicoSource>;
  /** Program of the lab's datastore; default `etcd` on the PATH. */
  readonly etcd?: string;
  /** Folder into which logs go when Calico is removed, in a folder per mode of installation; default: nowhere. */
  readonly logs?: string;
  /** Folder in which unpacked archives are kept for the next run; needed for archives. */
  readonly cache?: string;
  /** Default "iptables", which is v3.32's own. */
  readonly rules?: RuleBackend;
}

/** The real Calico without Kubernetes: Felix, BIRD and an etcd of the lab's own, pods by the CNI plugin. */
export function calicoDataplane(options: CalicoOptions): Dataplane {
  const { etcd = "etcd", rules = "iptables", nodes = new Map<string, CalicoSource>() } = options;
  const releases = locatedReleases(options);
  const releaseOn = (lab: Lab): Promise<Release> => releases.releaseOn(lab, rules);
  return {
    name: "calico",
    title: "Calico",
    missing: async (mode, lab) => {
      const missing = [...misplaced(lab, [...nodes.keys()])];
      // One after the other: what nodes can do is tried on them, under names that do not tell one trial from another.
      for (const each of await releases.located())
        if (missing.length === 0) missing.push(...(await missingCalico(mode, lab, each, { etcd, rules })));
      if (missing.length > 0 || lab.plan.topology.routeOwner === undefined) return missing;
      const { version, others } = await releaseOn(lab);
      return ownerless(lab.plan, [version, ...[...(others?.values() ?? [])].map((other) => other.version)]);
    },
    install: async (mode, lab, scope) => {
      const logs = options.logs === undefined ? {} : { logs: join(options.logs, mode.id) };
      return installCalico(mode, lab, scope, { release: await releaseOn(lab), etcd, ...logs });
    },
    attach: async (mode, lab) => attach(mode, lab, await releaseOn(lab)),
    switchMode: async (network, mode) => switchMode(network, mode, await releaseOn(network.lab)),
    adapt: async (network, plan) => {
      const lab = { ...network.lab, plan };
      const changing = { release: await releaseOn(lab), step: "configuration changed" };
      return changed({ ...network, lab }, network.mode, changing, () => changeConfiguration(lab));
    },
    restart: restartNode,
    reboot: async (network, name) => {
      const { lab, mode, identities } = network;
      const release = await releaseOn(lab);
      const node = labNode(lab, name);
      return changed(network, mode, { release }, async (watch) => {
        await rebootNode(lab, node, release, mode, watch);
        await writeServices({ ...lab, nodes: [node] }, identities);
      });
    },
    join: async (network, lab, scope) => {
      const release = await releaseOn(lab);
      const whole = { ...network, lab, pods: runningPods(lab) };
      const joined = await changed(whole, network.mode, { release }, async (watch) => {
        await joinNodes(network, lab, release, watch, scope);
        await adaptFabric(lab, network.mode, scope);
      });
      await writeServices(lab, joined.identities);
      return joined;
    },
    upgrade: async (network) => {
      const mixed = await releaseOn(network.lab);
      const release = { ...mixed, others: new Map<string, Release>() };
      return changed(network, network.mode, { release }, (watch) => upgradeNodes(network, mixed, watch));
    },
    facts: async ({ lab }) => factsOf(lab, (await releaseOn(lab)).files),
  };
}

async function attach(mode: Mode, lab: Lab, release: Release): Promise<Network> {
  const identities = await identitiesOf(lab, mode);
  return calicoNetwork(mode, lab, { ...namesOf(release), identities, convergence: { totalMs: 0, steps: [] } });
}

/** The identities of a lab on which Calico runs; a LabError where it does not. */
async function identitiesOf(lab: Lab, mode: Mode): Promise<Identities> {
  const executor = managementExecutor(lab);
  const host = lab.machines?.host ?? lab.nodes[0]?.executor;
  const there = await host?.tryRun(["test", "-d", etcdFolder(lab)]);
  const nothing = "put the lab into a mode first: npm run lab -- up --dataplane calico";
  if (there?.exitCode !== 0) throw new LabError("the lab has no Calico", { where: executor.where, fix: nothing });
  const identities = await readIdentities(executor, lab.plan, mode);
  const absent = lacking(lab.plan, identities);
  if (absent !== undefined) throw new LabError(`the lab's Calico is incomplete: ${absent}`, { fix: nothing });
  return identities;
}

async function switchMode(network: Network, mode: Mode, release: Release): Promise<Transition> {
  const changing = { release, step: "pools changed" };
  const after = await changed(network, mode, changing, () => changeMode(network.lab, mode, release));
  return { from: network.mode, network: after };
}

/** Makes a change, and waits until every node has followed. */
async function changed(
  { lab, pods }: Network,
  mode: Mode,
  { release, step }: { readonly release: Release; readonly step?: string },
  change: (watch: Stopwatch) => Promise<void>,
): Promise<Network> {
  const watch = new Stopwatch();
  await change(watch);
  if (step !== undefined) watch.reached(step);
  const identities = await convergeCalico(lab, mode, pods, watch);
  return calicoNetwork(mode, lab, {
    ...namesOf(release),
    identities,
    convergence: watch.convergence(),
    notes: await restartNotes(lab),
  });
}

async function factsOf(lab: Lab, files: CalicoFiles): Promise<DataplaneFacts> {
  const [nodes, registered, ofFabric, ofNodes] = await Promise.all([
    readWholeFacts(lab.nodes),
    readRegistrations(managementExecutor(lab)),
    readFabricSessions(lab),
    readNodeSessions(lab, files),
  ]);
  const bgp = [...ofFabric, ...ofNodes];
  return { nodes, registered, ...(bgp.length === 0 ? {} : { bgp }) };
}
