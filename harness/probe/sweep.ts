import type { Identities, PodIdentity } from "../encap/identity.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { seededRandom } from "../stats/seeded-random.ts";
import { addressHex } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import type { Places } from "./places.ts";

/** Ports that are asked in every run: what firewalls, proxies and policies treat in ways of their own. */
const usualPorts = { tcp: [22, 80, 443, 6443], udp: [53, 443, 2049] } as const;

/** Further ports of each protocol, drawn anew with every seed: below those of probes, and above. */
const drawnPorts = 3;

/** Single packets from pods to pods of other nodes: no answer is waited for, since all that matters is in which form they travel. */
export interface SweepPlan {
  readonly pairs: readonly { readonly from: PodIdentity; readonly to: PodIdentity; readonly family: Family }[];
  /** Pairs that there are. */
  readonly of: number;
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

/** Draws pairs of pods, `most` of them at the most, and ports. Pure; the same seed draws the same. */
export function planSweep({ pods }: Identities, families: readonly Family[], seed: number, most: number): SweepPlan {
  const random = seededRandom(seed);
  const all = families.flatMap((family) =>
    pods.flatMap((from) =>
      pods
        .filter((to) => to.node !== from.node && to.addresses[family] !== undefined)
        .filter(() => from.addresses[family] !== undefined)
        .map((to) => ({ from, to, family })),
    ),
  );
  const drawn = all.length <= most ? all : shuffled(all, random).slice(0, most);
  const ports = (): readonly number[] => Array.from({ length: drawnPorts }, () => 1024 + Math.floor(random() * 8976));
  const [tcp, udp] = [ports(), ports()];
  return { pairs: drawn, of: all.length, tcp: [...usualPorts.tcp, ...tcp], udp: [...usualPorts.udp, ...udp] };
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** A datagram to each UDP port, and the begin of a connection (SYN) to each TCP port, of each address: perl and nothing beside its core. */
const program = `
my ($udp, $tcp, @to) = @ARGV;
my @open;
for (@to) {
  my ($six, $address) = split /:/;
  for (map([2, 17, $_], split /,/, $udp), map([1, 6, $_], split /,/, $tcp)) {
    my ($type, $protocol, $port) = @$_;
    socket(my $s, $six ? 10 : 2, $type | 2048, $protocol) or next;
    connect $s, $six ? pack("S n N H32 N", 10, $port, 0, $address, 0) : pack("S n H8 x8", 2, $port, $address);
    send $s, "encaplab sweep", 0 if $type == 2;
    push @open, $s;
  }
}`;

/** Sends a sweep, from each pod with one process. What cannot be sent there is no trouble here: probes tell. */
export async function sendSweep({ pairs, tcp, udp }: SweepPlan, { pods }: Places): Promise<void> {
  const placed = pods.flatMap(({ name, executor }) => {
    const to = pairs.filter(({ from }) => from.name === name);
    if (to.length === 0) return [];
    const addresses = to.map(
      ({ to: pod, family }) => `${family === 6 ? 1 : 0}:${addressHex(pod.addresses[family] ?? "")}`,
    );
    const words = [udp.join(","), tcp.join(","), ...addresses].map((word) => `'${word}'`);
    return [{ executor, script: `perl - ${words.join(" ")} <<'END'\n${program}\nEND` }];
  });
  await runEverywhere(placed);
}
