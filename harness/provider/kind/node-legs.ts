import { LabError } from "../../core/errors.ts";
import { settleAll } from "../../core/settle.ts";
import type { Executor } from "../../exec/executor.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import type { PerFamily } from "../../topology/topology.ts";
import { connectToRack } from "../../underlay/containers/rack-networks.ts";
import { rackNetwork } from "../../underlay/containers/names.ts";
import { managementNetwork, nodeContainer } from "./kind-names.ts";
import { failedWord, legScript, noteDefaultScript } from "./render-legs.ts";

/** A node's rack leg as it really is: Docker numbers interfaces as it likes. */
interface RackLeg {
  readonly name: string;
  readonly mac: string;
  /** With prefix: addresses of the node outside the racks, which it sends from where no route says otherwise. */
  readonly otherAddresses: readonly string[];
}

/** Milliseconds for a script in a node: well below a second, and many of them while a small machine starts four nodes. */
const scriptTimeoutMs = 120_000;

/** Rack legs by node. */
export type RackLegs = ReadonlyMap<string, RackLeg>;

/** Gives every node its rack leg: address, MTU, routes to the other racks. The default route stays on kind's own network. */
export async function connectNodes(plan: Plan, runId: string, host: Executor): Promise<RackLegs> {
  for (const { name } of plan.segments) refuseEarlyName(rackNetwork(runId, name));
  return onEveryNode(plan, runId, host, async (node, container, script) => {
    await script(noteDefaultScript(plan));
    const network = rackNetwork(runId, node.uplink.segment);
    const addresses: PerFamily<string> = Object.fromEntries(
      plan.families.flatMap((family) => {
        const address = node.uplink.addresses[family];
        return address === undefined ? [] : [[family, withoutPrefix(address)]];
      }),
    );
    await connectToRack(host, { network }, container, addresses);
    return script(legScript(plan, node));
  });
}

/** The rack legs of a cluster that stands already; LabError where one is gone, as after a restart of its node. */
export function readLegs(plan: Plan, runId: string, host: Executor): Promise<RackLegs> {
  return onEveryNode(plan, runId, host, (_, __, script) => script("ip -j addr"));
}

async function onEveryNode(
  plan: Plan,
  runId: string,
  host: Executor,
  work: (node: PlannedNode, container: string, script: (text: string) => Promise<string>) => Promise<string>,
): Promise<RackLegs> {
  const legs = await settleAll(
    plan.nodes.map(async (node, index): Promise<readonly [string, RackLeg]> => {
      const container = nodeContainer(runId, index);
      const where = `node ${node.name} (container ${container})`;
      const output = await work(node, container, (text) => runScript(host, container, text, where));
      return [node.name, legOf(node, output, where)];
    }),
  );
  return new Map(legs);
}

/** Docker's rule, not ours; a name that breaks it would cut the API server off its nodes. */
function refuseEarlyName(network: string): void {
  if (network > managementNetwork) return;
  const message = `network ${network} sorts before ${managementNetwork}: Docker would move the nodes' default route to it`;
  throw new LabError(message, { fix: "give the rack another name in the topology" });
}

async function runScript(host: Executor, container: string, script: string, where: string): Promise<string> {
  const argv = ["docker", "exec", "--interactive", container, "sh", "-s"];
  const { exitCode, stdout, stderr } = await host.tryRun(argv, { input: script, timeoutMs: scriptTimeoutMs });
  if (exitCode === 0) return stdout;
  const step = new RegExp(`^${failedWord} (.*)$`, "m").exec(stdout)?.[1];
  if (/No such container|is not running/i.test(stderr)) {
    const fix = `docker logs ${container} shows why; then take the lab down and build it again`;
    throw new LabError("the node's container has ended", { where, tail: stderr.trim(), fix });
  }
  throw new LabError(`the rack leg could not be set up: ${step ?? `exit ${exitCode}`}`, {
    where,
    tail: stderr.trim(),
    fix: `docker exec ${container} ip addr; docker exec ${container} ip route`,
  });
}

interface IpAddr {
  readonly ifname: string;
  readonly address?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string }[];
}

function legOf({ uplink }: PlannedNode, output: string, where: string): RackLeg {
  const address = withoutPrefix(uplink.addresses[4] ?? uplink.addresses[6] ?? "");
  const links = JSON.parse(output) as readonly IpAddr[];
  const link = links.find(({ addr_info: own = [] }) => own.some(({ local }) => local === address));
  if (link !== undefined) {
    const others = links.filter((other) => other !== link && !calicoDevices.test(other.ifname));
    return { name: link.ifname, mac: link.address ?? "", otherAddresses: others.flatMap(globalAddresses) };
  }
  throw new LabError(`no interface has ${address}, the node's address in ${uplink.segment}`, {
    where,
    fix: "a restart of a node, or `docker network disconnect`, removes its rack interface: take the lab down and build it again",
  });
}

/** Devices whose addresses Calico gives out: they are no legs. */
const calicoDevices = /^(cali|vxlan|tunl|wireguard|bpf)/;

function globalAddresses({ addr_info: own = [] }: IpAddr): readonly string[] {
  return own.flatMap(({ local, prefixlen, scope }) =>
    scope === "global" && local !== undefined && prefixlen !== undefined ? [`${local}/${prefixlen}`] : [],
  );
}
