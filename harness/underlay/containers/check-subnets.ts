import { networkInterfaces } from "node:os";
import type { Executor } from "../../exec/executor.ts";
import { overlaps } from "../../topology/address.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Problem } from "../../lab/lab.ts";
import { labelKeys } from "./names.ts";

/** A network of an engine, as `docker network inspect` tells it. */
interface FoundNetwork {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
}

/** Subnets of the plan that are in use, on the engine or on this machine: two networks with the same addresses cannot be told apart. */
export async function subnetProblems(host: Executor, plan: Plan): Promise<readonly Problem[]> {
  const networks = await listNetworks(host);
  const subnets = plan.topology.subnets.flatMap(({ name, cidrs }) =>
    plan.families.flatMap((family) => {
      const cidr = cidrs[family];
      return cidr === undefined ? [] : [{ name, cidr }];
    }),
  );
  const own = new Set(networks.map(({ Options }) => Options?.["com.docker.network.bridge.name"] ?? ""));
  return distinct([
    ...subnets.flatMap(({ name, cidr }) =>
      networks.flatMap((network) => (usesSubnet(network, cidr) ? [networkProblem(network, name, cidr)] : [])),
    ),
    ...subnets.flatMap(({ name, cidr }) => hostProblems(name, cidr, own)),
  ]);
}

async function listNetworks(host: Executor): Promise<readonly FoundNetwork[]> {
  const { stdout } = await host.run(["docker", "network", "ls", "--quiet", "--no-trunc"]);
  const ids = stdout.split("\n").filter((id) => id !== "");
  // One may go while it is looked at: then the command fails, but tells of the others all the same.
  const answer = await host.tryRun(["docker", "network", "inspect", ...ids]);
  return JSON.parse(answer.stdout || "[]") as readonly FoundNetwork[];
}

function usesSubnet({ IPAM }: FoundNetwork, cidr: string): boolean {
  return (IPAM.Config ?? []).some(({ Subnet }) => Subnet !== undefined && overlaps(Subnet, cidr));
}

function networkProblem({ Name, Labels }: FoundNetwork, rack: string, cidr: string): Problem {
  const run = Labels?.[labelKeys.run];
  if (run === undefined) {
    const fix = `docker network rm ${Name} if it is unused, or give ${rack} other addresses in the topology`;
    return { what: `the Docker network ${Name} overlaps ${rack} (${cidr})`, fix };
  }
  const owner = `process ${Labels?.[labelKeys.ownerPid] ?? "?"} on ${Labels?.[labelKeys.ownerHost] ?? "?"}`;
  const what = `lab ${run} (${owner}) uses the addresses of ${rack} (${cidr}), and a Docker engine can use them only once`;
  const remove = `npm run lab -- down ${run} (or down --stale if its run is dead)`;
  return { what, fix: `wait for that run to end, ${remove}, or give this lab other addresses in its topology` };
}

/** The host's interfaces, but for the bridges of Docker's own networks. */
function hostProblems(rack: string, cidr: string, bridges: ReadonlySet<string>): readonly Problem[] {
  return Object.entries(networkInterfaces()).flatMap(([device, addresses]) =>
    bridges.has(device)
      ? []
      : (addresses ?? []).flatMap(({ cidr: used }) =>
          used !== null && !used.startsWith("fe80:") && overlaps(used, cidr)
            ? [
                {
                  what: `this machine has ${used} on ${device}, within the addresses of ${rack} (${cidr})`,
                  fix: `give ${rack} other addresses in the topology`,
                },
              ]
            : [],
        ),
  );
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ what }, index) => problems.findIndex((other) => other.what === what) === index);
}
