import { LabError, messageOf } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import { settleAll } from "../../core/settle.ts";
import { dockerExecutor } from "../../exec/docker/docker.ts";
import type { Executor } from "../../exec/executor.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode, Port } from "../../topology/plan.ts";
import type { PerFamily } from "../../topology/topology.ts";
import type { LabNode } from "../../lab/lab.ts";
import { runMark, type LabId } from "../../lab/lab-id.ts";
import { renderLab } from "../render-lab.ts";
import { planWalks } from "../walk.ts";
import { destroyContainers } from "./destroy.ts";
import { subnetProblems } from "./check-subnets.ts";
import type { Engine } from "./engine.ts";
import { labelKeys, labLabels, memberContainer } from "./names.ts";
import { pingRacks, type RackPing } from "./ping-racks.ts";
import { prepareMember } from "./prepare-member.ts";
import { connectToRack, createRackNetworks, isAddressConflict, planRacks, type Rack } from "./rack-networks.ts";
import { reaperLabels } from "./reaper.ts";
import { startContainer } from "./start-container.ts";

/** What a lab of containers is built with. */
export interface Build {
  readonly plan: Plan;
  readonly id: LabId;
  readonly host: Executor;
  readonly engine: Engine;
  readonly image: string;
  /** The lab shall outlive this process. */
  readonly stays: boolean;
  readonly executorOf: (member: PlannedMember) => Executor;
}

/** A node, router or external host of the plan. */
export interface PlannedMember {
  readonly name: string;
  readonly role: LabNode["role"];
  readonly ports: readonly Port[];
}

/** All members of a plan, routers first. */
export function membersOf(plan: Plan): readonly PlannedMember[] {
  return [
    ...plan.routers.map(({ name, ports }): PlannedMember => ({ name, role: "router", ports })),
    ...plan.nodes.map(({ name, uplink, others = [] }): PlannedMember => ({
      ...{ name, role: "node" },
      ports: [uplink, ...others],
    })),
    ...(plan.external ?? []).map(({ name, uplink }): PlannedMember => ({
      ...{ name, role: "external host" },
      ports: [uplink],
    })),
  ];
}

/** The executor of a member's container; every command carries the lab's mark. */
export function memberExecutor({ runId, ownerPid }: LabId, { name, role }: PlannedMember): Executor {
  const container = memberContainer(runId, name);
  const env = { ENCAPLAB_RUN: runMark({ runId }, ownerPid) };
  return dockerExecutor({ container, where: `${role} ${name} (container ${container})`, env });
}

/** The command with which a person runs a program, or else a shell, in a member's container. */
export function enterMember(
  { runId }: LabId,
  { name }: PlannedMember,
): (program?: readonly string[]) => readonly string[] {
  return (program = ["sh"]) => ["docker", "exec", "-it", memberContainer(runId, name), ...program];
}

/** Builds networks, containers, addresses and routes of a plan, and pings along its ways until each has been answered. */
export async function buildContainers(build: Build & { readonly provider: string }, scope: Scope): Promise<void> {
  const { plan, id, host } = build;
  const racks = racksOf(plan, id.runId);
  scope.defer(`remove lab ${id.runId}: npm run lab -- down ${id.runId}`, () => destroyContainers(id.runId, host));
  const reaper = await reaperLabels(host, build.stays);
  const labels = { ...labLabels(id, build.provider), ...reaper };
  await makeRacks(build, racks, labels);
  await makeMembers(build, membersOf(plan), racks, labels, reaper !== undefined);
  await pingRacks(rackWays(build), build.engine);
}

/** Makes the networks of the racks; tells who has their addresses where they are taken. */
export async function makeRacks(
  { plan, host, engine }: Pick<Build, "plan" | "host" | "engine">,
  racks: readonly Rack[],
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await createRackNetworks(host, racks, engine, labels).catch(async (error: unknown) => {
    throw isAddressConflict(error) ? await addressConflict(host, plan, error) : error;
  });
}

/** Makes nodes and routers in racks that are there: containers, addresses and routes. */
export async function makeMembers(
  build: Build,
  members: readonly PlannedMember[],
  racks: readonly Rack[],
  labels: Readonly<Record<string, string>>,
  reaped: boolean,
): Promise<void> {
  const scripts = new Map(renderLab(build.plan, build.id).members.map(({ name, script }) => [name, script]));
  await settleAll(
    members.map(async (member) => {
      await startMember(build, member, racks, labels, reaped);
      await prepareMember(build.executorOf(member), member.name, member.ports, scripts.get(member.name) ?? "");
    }),
  );
}

async function startMember(
  { id, image, host }: Build,
  { name, role, ports }: PlannedMember,
  racks: readonly Rack[],
  labels: Readonly<Record<string, string>>,
  reaped: boolean,
): Promise<void> {
  const container = memberContainer(id.runId, name);
  const legs = ports.map(({ segment, addresses }) => {
    const rack = racks.find((each) => each.segment === segment);
    if (rack === undefined) throw new LabError(`there is no rack ${segment} for ${name}`);
    return { rack, addresses: bare(addresses) };
  });
  const [first, ...others] = legs;
  if (first === undefined) throw new LabError(`${name} is in no rack`);
  await startContainer({
    ...{ name: container, image, hostname: name, role, reaped },
    labels: { ...labels, [labelKeys.member]: name, [labelKeys.role]: role },
    ...{ network: first.rack.network, addresses: first.addresses },
  });
  // One after the other: the engine connects one container to one network at a time anyway.
  for (const { rack, addresses } of others) await connectToRack(host, rack, container, addresses);
}

/** The racks of a plan. LabError where Docker finds no address for itself. */
export function racksOf(plan: Plan, runId: string): readonly Rack[] {
  const ports = membersOf(plan).flatMap((member) => member.ports);
  const taken = new Set(ports.flatMap(({ addresses }) => Object.values(bare(addresses))));
  const subnets = new Map(
    plan.topology.subnets.map(({ name, cidrs }) => {
      const used = plan.families.flatMap((family) => (cidrs[family] === undefined ? [] : [[family, cidrs[family]]]));
      return [name, Object.fromEntries(used) as PerFamily<string>];
    }),
  );
  try {
    return planRacks(runId, { segments: plan.segments, subnets, taken });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LabError(messageOf(error), { fix: "give the rack a subnet with one address more" });
  }
}

function bare(addresses: PerFamily<string>): PerFamily<string> {
  return {
    ...(addresses[4] === undefined ? {} : { 4: withoutPrefix(addresses[4]) }),
    ...(addresses[6] === undefined ? {} : { 6: withoutPrefix(addresses[6]) }),
  };
}

async function addressConflict(host: Executor, plan: Plan, cause: unknown): Promise<LabError> {
  const [problem] = await subnetProblems(host, plan);
  return problem === undefined
    ? new LabError("Docker already uses the racks' addresses", { cause, fix: "docker network ls" })
    : new LabError(problem.what, { cause, fix: problem.fix });
}

/** The same ways that are walked in every other lab, each with the hops that it must take. */
export function rackWays({ plan, executorOf }: Pick<Build, "plan" | "executorOf">): readonly RackPing[] {
  const members = new Map(membersOf(plan).map((member) => [member.name, executorOf(member)]));
  return planWalks(plan).flatMap(({ family, from, to }) => {
    const executor = members.get(from.name);
    const address = to.uplink.addresses[family];
    if (executor === undefined || address === undefined) return [];
    const across = from.uplink.segment !== to.uplink.segment;
    const gateway = across ? gatewayOf(plan, from, family, members) : undefined;
    const ttl = across ? 63 : 64;
    const way = { from: from.name, executor, to: to.name, address: withoutPrefix(address), ttl };
    return [{ ...way, ...(gateway === undefined ? {} : { gateway }) }];
  });
}

function gatewayOf(
  plan: Plan,
  from: PlannedNode,
  family: 4 | 6,
  members: ReadonlyMap<string, Executor>,
): RackPing["gateway"] {
  const address = from.routes.find((route) => route.family === family && route.destination === "default")?.via;
  const router = plan.routers.find(({ ports }) =>
    ports.some(({ addresses }) => withoutPrefix(addresses[family] ?? "") === address),
  );
  const executor = router === undefined ? undefined : members.get(router.name);
  if (address === undefined || router === undefined || executor === undefined) return undefined;
  return { router: router.name, address, executor };
}
