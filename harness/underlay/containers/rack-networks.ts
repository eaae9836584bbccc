import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { addressCount, hostAddress } from "../../topology/address.ts";
import type { PerFamily } from "../../topology/topology.ts";
import { atLeast, type Engine } from "./engine.ts";
import { labelArgv, rackBridge, rackNetwork } from "./names.ts";
import { settleAll } from "../../core/settle.ts";

/** A rack as a Docker network. */
export interface Rack {
  /** Name of the segment in the plan. */
  readonly segment: string;
  readonly network: string;
  readonly bridge: string;
  readonly mtu: number;
  readonly subnets: PerFamily<string>;
  /** Address that Docker takes for the host's gateway; nobody has it. */
  readonly gateways: PerFamily<string>;
}

/** What of a plan racks are made of. */
export interface RackPlan {
  readonly segments: readonly { readonly name: string; readonly mtu: number }[];
  /** Networks of each segment. */
  readonly subnets: ReadonlyMap<string, PerFamily<string>>;
  /** Addresses without prefix that nodes and routers have. */
  readonly taken: ReadonlySet<string>;
}

/** The racks of a lab, by name; throws a RangeError when a subnet has no address left for Docker's own use. */
export function planRacks(runId: string, { segments, subnets, taken }: RackPlan): readonly Rack[] {
  return segments.map(({ name, mtu }, index) => {
    const own = subnets.get(name) ?? {};
    return {
      segment: name,
      network: rackNetwork(runId, name),
      bridge: rackBridge(runId, index),
      mtu,
      subnets: own,
      gateways: {
        ...(own[4] === undefined ? {} : { 4: freeAddress(own[4], taken) }),
        ...(own[6] === undefined ? {} : { 6: freeAddress(own[6], taken) }),
      },
    };
  });
}

/** The last address of a subnet that nobody has and that is not its broadcast address. */
function freeAddress(cidr: string, taken: ReadonlySet<string>): string {
  const count = Number(addressCount(cidr) > 65_536n ? 65_536n : addressCount(cidr));
  for (let number = count - 2; number > 0; number -= 1) {
    const address = hostAddress(cidr, number);
    if (!taken.has(address)) return address;
  }
  throw new RangeError(`${cidr} has no address left for Docker's own gateway`);
}

/**
 * Arguments of `docker network create` for a rack.
 *
 * No masquerading, or packets to other racks would change their source. No address of the host on the bridge
 * (`inhibit_ipv4`): the host would route around the lab's router. Never `--internal`, whose rules drop routed frames and
 * plain pod addresses wherever bridged frames pass iptables (br_netfilter). From 28.0 on the raw table drops what comes
 * for a container from another bridge, which is every frame that the lab's router forwards: 28.2 has a list of bridges to
 * trust for that, 28.0 and 28.1 only a gateway mode without these rules, which others refuse.
 */
export function rackNetworkArgv(rack: Rack, racks: readonly Rack[], engine: Engine, labels: Labels): readonly string[] {
  const bridge = "com.docker.network.bridge";
  const unguarded = atLeast(engine, [28, 0]) && !atLeast(engine, [28, 2]);
  const options = [
    `${bridge}.name=${rack.bridge}`,
    `${bridge}.enable_ip_masquerade=false`,
    `${bridge}.inhibit_ipv4=true`,
    `com.docker.network.driver.mtu=${rack.mtu}`,
    unguarded
      ? `${bridge}.gateway_mode_ipv4=nat-unprotected`
      : `${bridge}.trusted_host_interfaces=${racks.map((each) => each.bridge).join(":")}`,
    ...(unguarded && rack.subnets[6] !== undefined ? [`${bridge}.gateway_mode_ipv6=nat-unprotected`] : []),
  ];
  const range = (family: 4 | 6): readonly string[] => {
    const [subnet, gateway] = [rack.subnets[family], rack.gateways[family]];
    return subnet === undefined || gateway === undefined ? [] : ["--subnet", subnet, "--gateway", gateway];
  };
  return [
    ...["docker", "network", "create", "--driver", "bridge", ...labelArgv(labels)],
    ...options.flatMap((option) => ["--opt", option]),
    ...range(4),
    ...(rack.subnets[6] === undefined ? [] : ["--ipv6", ...range(6)]),
    rack.network,
  ];
}

type Labels = Readonly<Record<string, string>>;

/** Makes all racks side by side; undone by whoever removes what carries the labels. */
export async function createRackNetworks(
  host: Executor,
  racks: readonly Rack[],
  engine: Engine,
  labels: Labels,
): Promise<void> {
  await settleAll(racks.map((rack) => host.run(rackNetworkArgv(rack, racks, engine, labels))));
}

/** Whether Docker refused a network because its addresses are in use on the engine. */
export function isAddressConflict(error: unknown): boolean {
  const tail = error instanceof CommandError ? (error.details.tail ?? "") : "";
  return /overlaps with other one|conflicts with network|networks have overlapping/i.test(tail);
}

/** Gives a running container a leg in a rack, with fixed addresses (without prefix). */
export async function connectToRack(
  host: Executor,
  rack: Pick<Rack, "network">,
  container: string,
  addresses: PerFamily<string>,
): Promise<void> {
  await host.run([
    ...["docker", "network", "connect"],
    ...(addresses[4] === undefined ? [] : ["--ip", addresses[4]]),
    ...(addresses[6] === undefined ? [] : ["--ip6", addresses[6]]),
    ...[rack.network, container],
  ]);
}
