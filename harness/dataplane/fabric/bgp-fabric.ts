import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll, type Look } from "../../core/poll.ts";
import type { Scope } from "../../core/scope.ts";
import type { Identities } from "../../encap/identity.ts";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { packageFor } from "../../lab/host-tools.ts";
import { destinationOf } from "../../topology/destination.ts";
import { balancedRoutes } from "../../topology/load-balancers.ts";
import type { Requirement } from "../dataplane.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import { startServices, stopServices } from "../process/supervise.ts";
import { renderNodeBird, renderRouterBird } from "./bird-config.ts";

/** Milliseconds until every router has learned every block: sessions take 1-3 s, Calico's own some more. */
const learnTimeoutMs = 45_000;

/** With `fabric: bgp` every router needs BIRD 2, from the distribution; reference nodes too, Calico's bring their own. */
export async function missingFabric(lab: Lab, onNodes: boolean): Promise<readonly Requirement[]> {
  if (lab.plan.topology.fabric !== "bgp") return [];
  const members = onNodes ? [...lab.routers, ...lab.nodes] : lab.routers;
  const answers = await Promise.all(
    members.map(async ({ name, executor }) => {
      const { stdout } = await runScript(executor, "bird --version 2>&1 || :");
      return /BIRD version [2-9]/.test(stdout) ? [] : [name];
    }),
  );
  const without = answers.flat();
  if (without.length === 0) return [];
  const reason = `fabric: bgp needs BIRD 2 on ${without.join(", ")}, where it is not installed`;
  return [{ reason, fix: `install the package ${packageFor("bird", "debian")}` }];
}

/** Starts BIRD on every router of a lab with `fabric: bgp`; nothing to do for the other fabrics. */
export async function startFabric(lab: Lab, scope: Scope): Promise<void> {
  if (lab.plan.topology.fabric !== "bgp") return;
  scope.defer("stop BIRD on the routers and reference nodes", () => stopFabric(lab));
  await Promise.all(
    lab.routers.map(async (router) => {
      const planned = lab.plan.routers.find(({ name }) => name === router.name);
      if (planned !== undefined) await startBird(lab, router, renderRouterBird(lab.plan, planned));
    }),
  );
}

/** Makes reference nodes tell their blocks to their routers, in every mode: Calico's BIRD exports VXLAN pools to its peers too. */
export async function announceBlocks(lab: Lab): Promise<void> {
  if (lab.plan.topology.fabric !== "bgp") return;
  await Promise.all(
    lab.nodes.map(async (node) => {
      const planned = lab.plan.nodes.find(({ name }) => name === node.name);
      const own = lab.plan.allocation.nodes.find((entry) => entry.node === node.name)?.blocks ?? {};
      if (planned !== undefined) await startBird(lab, node, renderNodeBird(lab.plan, planned, own));
    }),
  );
}

/** Ends what told a lab's nodes' blocks to the routers. */
export async function silenceBlocks(lab: Lab): Promise<void> {
  if (lab.plan.topology.fabric !== "bgp") return;
  await Promise.all(lab.nodes.map(({ name, executor }) => stopServices(executor, birdFolder(lab, name))));
}

/** Waits until every router knows every block, where the fabric is to learn them; the error names the first that it lacks. */
export async function waitForFabric(lab: Lab, identities: Identities): Promise<boolean> {
  if (lab.plan.topology.fabric !== "bgp") return false;
  const { topology, allocation, families } = lab.plan;
  const balanced = families.flatMap((family) => balancedRoutes(topology, allocation, family));
  const blocks = [
    ...identities.nodes.flatMap((node) => Object.values(node.blocks).flat()),
    ...balanced.map(({ destination }) => destination),
  ];
  const look = async (): Promise<Look<undefined>> => {
    const facts = await readNodeFacts(lab.routers);
    for (const { node, routes } of facts) {
      const known = new Set(
        routes.filter(({ protocol }) => protocol === "bird").map(({ destination }) => destinationOf(destination)),
      );
      const lacking = blocks.find((block) => !known.has(destinationOf(block)));
      if (lacking !== undefined) return { done: false, seen: `${node} has not learned ${lacking}` };
    }
    return { done: true, value: undefined };
  };
  const fix = "birdc -s FOLDER/bird.ctl show protocols all, and the BIRD logs beside it";
  await poll(look, { what: "every router to learn the blocks by BGP", timeoutMs: learnTimeoutMs, intervalMs: 50, fix });
  return true;
}

/** Folder of one member's BIRD, with its configuration, log and control socket (`bird.ctl`). */
export function birdFolder(lab: Lab, member: string): string {
  return join(tmpdir(), `encaplab-${lab.runId}.bird`, member);
}

async function startBird(lab: Lab, { name, executor }: LabNode, config: string): Promise<void> {
  const folder = birdFolder(lab, name);
  const file = shellQuote([join(folder, "bird.conf")]);
  await executor.run(["sh", "-ec", `mkdir -p ${shellQuote([folder])}; cat >${file}`], { input: config });
  // Says what is wrong with a configuration before a supervisor would start it over and over.
  await executor.run(["bird", "-p", "-c", join(folder, "bird.conf")]);
  const argv = ["bird", "-f", "-c", join(folder, "bird.conf"), "-s", join(folder, "bird.ctl")];
  await startServices(executor, folder, [{ name: "bird", argv }]);
}

async function stopFabric(lab: Lab): Promise<void> {
  await Promise.all(
    [...lab.nodes, ...lab.routers].map(async ({ name, executor }) => {
      await stopServices(executor, birdFolder(lab, name));
      await executor.run(["rm", "-rf", birdFolder(lab, name)]);
    }),
  );
  const flush = "for family in -4 -6; do ip $family route flush proto bird 2>/dev/null || :; done";
  await Promise.all(lab.routers.map(({ executor }) => runScript(executor, flush)));
  await Promise.all(
    lab.routers.slice(0, 1).map(({ executor }) => executor.tryRun(["rmdir", join(birdFolder(lab, "x"), "..")])),
  );
}
