import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { atLeast, type Engine } from "./engine.ts";

/** One way that must work between nodes in containers. */
export interface RackPing {
  readonly from: string;
  readonly executor: Executor;
  readonly to: string;
  /** Without prefix. */
  readonly address: string;
  /** What answers must have left of the 64 hops that they began with: 64 in one rack, 63 through one router. */
  readonly ttl: number;
  /** The sender's gateway, where the way leads through one. */
  readonly gateway?: { readonly router: string; readonly address: string; readonly executor: Executor };
}

/** Seconds that a first packet and the neighbor discovery before it may take; ping repeats each second until then. */
const deadlineSeconds = 3;

/**
 * Pings over the racks until each has been answered, with the planned number of hops. Throws a LabError that names the
 * hop and the cause: firewalls of the engine's machine see bridged frames too (br_netfilter), and Docker's own rules drop some.
 */
export async function pingRacks(pings: readonly RackPing[], engine: Engine): Promise<void> {
  const byNode = new Map<string, RackPing[]>();
  for (const ping of pings) byNode.set(ping.from, [...(byNode.get(ping.from) ?? []), ping]);
  await Promise.all([...byNode.values()].map((own) => pingFrom(own, engine)));
}

async function pingFrom(pings: readonly RackPing[], engine: Engine): Promise<void> {
  const [first] = pings;
  if (first === undefined) return;
  const script = pings.map(({ address }, index) => `echo "== ${index}"; ${pingArgv(address).join(" ")} || true`);
  const timeoutMs = (pings.length * deadlineSeconds + 10) * 1000;
  const { stdout } = await first.executor.run(["sh", "-c", script.join("\n")], { timeoutMs });
  const heard = stdout.split(/^== \d+$/m).slice(1);
  for (const [index, ping] of pings.entries()) {
    const ttl = /\bttl=(\d+)/.exec(heard[index] ?? "")?.[1];
    if (ttl === undefined) throw await explainLoss(ping, engine);
    if (Number(ttl) !== ping.ttl) throw otherWay(ping, Number(ttl));
  }
}

function pingArgv(address: string): readonly string[] {
  return ["ping", "-n", "-c", "1", "-w", String(deadlineSeconds), address];
}

function otherWay({ from, to, ttl, executor, address }: RackPing, seen: number): LabError {
  return new LabError(`${from} reaches ${to}, but not through the lab's routers: TTL ${seen} instead of ${ttl}`, {
    where: executor.where,
    command: pingArgv(address).join(" "),
    fix: "something on the engine's machine routes between the racks: look for routes to their subnets there",
  });
}

/** Goes a failed way again, hop by hop, and names what is known to break it there. */
export async function explainLoss(
  { from, to, address, executor, gateway }: RackPing,
  engine: Engine,
): Promise<LabError> {
  const { stdout } = await executor.tryRun(["sh", "-c", "ip -br addr; ip route; ip neigh"]);
  const details = { where: executor.where, command: pingArgv(address).join(" "), tail: stdout };
  const what = `${from} does not reach ${to} (${address}) over the racks`;
  if (gateway === undefined || !(await answers(executor, gateway.address))) {
    const hop =
      gateway === undefined
        ? "they share a rack"
        : `its gateway ${gateway.router} (${gateway.address}) does not answer`;
    const cause = "frames of one rack's bridge are dropped: its machine's firewall sees them (br_netfilter)";
    return new LabError(`${what}: ${hop}; probably ${cause}`, { ...details, fix: firewallFix });
  }
  if (!(await answers(gateway.executor, address))) {
    return new LabError(`${what}: ${gateway.router} does not reach ${to}`, { ...details, fix: firewallFix });
  }
  const between = `${gateway.router} answers and reaches ${to}, but what it forwards does not arrive`;
  if (!atLeast(engine, [28, 0])) {
    const cause = "a firewall of the engine's machine drops frames from one bridge to another (br_netfilter)";
    return new LabError(`${what}: ${between}; probably ${cause}`, { ...details, fix: firewallFix });
  }
  const cause = `Docker ${engine.version} drops packets from another bridge to a container in its raw table`;
  return new LabError(`${what}: ${between}; probably ${cause}`, { ...details, fix: rawTableFix });
}

async function answers(executor: Executor, address: string): Promise<boolean> {
  return (await executor.tryRun(pingArgv(address))).exitCode === 0;
}

const firewallFix =
  "on the engine's machine: sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0, or accept frames between the lab's bridges (el*) in the chain DOCKER-USER";

const rawTableFix =
  'use Docker 28.2 or newer, whose networks can trust each other, or on the engine\'s machine: sysctl -w net.bridge.bridge-nf-call-iptables=0 (or {"allow-direct-routing": true} in daemon.json)';
