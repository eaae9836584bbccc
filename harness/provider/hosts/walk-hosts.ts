import { runBatch } from "../../exec/batch.ts";
import type { BatchCommand } from "../../exec/batch-command.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { Problem } from "../../lab/lab.ts";
import type { HostExecutor } from "./host-executor.ts";

/** One way that must work: the device and gateway that it takes, and a ping over it. */
interface Way {
  readonly family: Family;
  readonly from: PlannedNode;
  readonly to: PlannedNode;
  readonly address: string;
  /** Addresses of the topology's routers in the sender's subnet; [] in one subnet: no gateway may be in between. */
  readonly gateways: readonly string[];
}

/** Seconds that a first packet and the neighbor discovery before it may take. */
const deadlineSeconds = 3;

/** Pings at a time per node. */
const parallel = 8;

/**
 * Every node to every other: that it is routed as the topology says, and that it answers. With `acrossToo` false only within
 * subnets: routers may not forward yet.
 */
export async function walkHosts(
  plan: Plan,
  executorOf: (node: string) => HostExecutor | undefined,
  acrossToo: boolean,
): Promise<readonly Problem[]> {
  const ways = planWays(plan).filter(({ gateways }) => acrossToo || gateways.length === 0);
  const problems = await Promise.all(
    plan.nodes.map(async ({ name }) => {
      const own = ways.filter(({ from }) => from.name === name);
      const executor = executorOf(name);
      return executor === undefined ? [] : walkFrom(own, executor);
    }),
  );
  return problems.flat();
}

function planWays(plan: Plan): readonly Way[] {
  return plan.families.flatMap((family) =>
    plan.nodes.flatMap((from) =>
      plan.nodes.flatMap((to): readonly Way[] => {
        const address = to.uplink.addresses[family];
        if (from === to || address === undefined || from.uplink.addresses[family] === undefined) return [];
        const isAcross = from.uplink.segment !== to.uplink.segment;
        const gateways = isAcross ? gatewaysOf(plan, from, family) : [];
        return [{ family, from, to, address: withoutPrefix(address), gateways }];
      }),
    ),
  );
}

function gatewaysOf(plan: Plan, { uplink }: PlannedNode, family: Family): readonly string[] {
  return plan.routers.flatMap(({ ports }) =>
    ports
      .filter(({ segment }) => segment === uplink.segment)
      .flatMap(({ addresses }) => {
        const own = addresses[family];
        return own === undefined ? [] : withoutPrefix(own);
      }),
  );
}

async function walkFrom(ways: readonly Way[], executor: HostExecutor): Promise<readonly Problem[]> {
  const commands = ways.flatMap(({ family, address }, index): BatchCommand[] => [
    { id: `route ${index}`, argv: ["ip", `-${family}`, "-j", "route", "get", address] },
    {
      id: `ping ${index}`,
      argv: ["ping", `-${family}`, "-n", "-q", "-c", "1", "-w", String(deadlineSeconds), address],
    },
  ]);
  const results = await runBatch(executor, commands, { parallel, timeoutMs: 120_000 });
  return ways.flatMap((way, index) => {
    const route = results.get(`route ${index}`);
    const misrouted = route === undefined ? undefined : routeProblem(way, route.stdout);
    if (misrouted !== undefined) return [misrouted];
    return results.get(`ping ${index}`)?.exitCode === 0 ? [] : [unreached(way)];
  });
}

/** What is wrong with the way that the kernel would take, from `ip -j route get`. */
function routeProblem({ from, to, address, gateways }: Way, json: string): Problem | undefined {
  const answers = json.trim() === "" ? [] : (JSON.parse(json) as readonly { gateway?: string; dev?: string }[]);
  const [route] = answers;
  const wish =
    gateways.length === 0
      ? `directly on ${from.uplink.device}`
      : `by ${gateways.join(" or ")} on ${from.uplink.device}, as in the topology`;
  if (route?.dev === undefined) {
    const fix = `on ${from.name}: ip route add ${address} via ${gateways[0] ?? "…"} dev ${from.uplink.device}`;
    return { what: `${from.name} has no route to ${to.name} (${address})`, fix };
  }
  // A wide prefix reaches other subnets without a gateway, by a router's proxy ARP: the topology says so by its addresses.
  const isRight = route.gateway === undefined ? route.dev === from.uplink.device : gateways.includes(route.gateway);
  if (isRight && route.dev === from.uplink.device) return undefined;
  const by = route.gateway === undefined ? "directly" : `by ${route.gateway}`;
  const what = `${from.name} reaches ${to.name} (${address}) ${by} on ${route.dev}, not ${wish}`;
  return { what, fix: `correct the routes of ${from.name}, or its subnet in the topology` };
}

function unreached({ from, to, address, gateways }: Way): Problem {
  const across =
    gateways.length > 0
      ? `; check that the return path goes through the topology's routers, and that no firewall drops it`
      : "";
  return {
    what: `${from.name} does not reach ${to.name} (${address}) over ${from.uplink.device}`,
    fix: `on ${from.name}: ping ${address}${across}`,
  };
}
