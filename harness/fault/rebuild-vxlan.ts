import { LabError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { LinkFact, NodeFacts, RouteFact } from "../dataplane/node-facts.ts";
import { readNodeFacts } from "../dataplane/facts/read-node-facts.ts";
import { runScript } from "../exec/script.ts";
import type { Actor } from "./cast.ts";

/**
 * Makes an actor's VXLAN device anew with another VNI or other options, which the kernel does not change on a living device, and gives it
 * back its addresses, neighbors, FDB entries and routes. The undo makes the old device again.
 */
export async function rebuildVxlan(
  actor: Actor,
  device: string,
  scope: Scope,
  {
    vni,
    port,
    options = "",
    bound = true,
  }: { readonly vni?: number; readonly port?: number; readonly options?: string; readonly bound?: boolean },
): Promise<string> {
  const [facts] = await readNodeFacts([actor]);
  const link = facts?.links.find((candidate) => candidate.device === device);
  const old = link?.vxlan;
  if (facts === undefined || link === undefined || old === undefined) {
    throw new LabError(`node ${actor.name} has no VXLAN device ${device}`, { where: actor.executor.where });
  }
  const rebuild = (change: Partial<typeof old>, more: string): string =>
    script(link, { ...old, ...change }, facts, more);
  scope.defer(`rebuild ${device} of ${actor.name} with VNI ${old.vni}`, async () => {
    await runScript(actor.executor, rebuild({}, ""));
  });
  const made = { vni: vni ?? old.vni, port: port ?? old.port };
  await runScript(actor.executor, rebuild({ ...made, ...(bound ? {} : { parent: "none" }) }, options));
  const words = `type vxlan id ${made.vni} dstport ${made.port} …${bound ? "" : " without dev"} ${options}`.trimEnd();
  return `${actor.name}: ip link del ${device}; ip link add ${device} ${words}`;
}

function script(
  { device, mac, mtu, addresses }: LinkFact,
  vxlan: NonNullable<LinkFact["vxlan"]>,
  { neighbors, fdb, routes }: NodeFacts,
  options: string,
): string {
  const learning = vxlan.learning ? "learning" : "nolearning";
  const parent = vxlan.parent === undefined || vxlan.parent === "none" ? "" : `dev ${vxlan.parent} `;
  const own = addresses.filter((address) => !address.startsWith("fe80:"));
  return [
    `ip link del ${device} 2>/dev/null || true`,
    "ip -batch - <<'END'",
    `link add ${device} address ${mac} mtu ${mtu} type vxlan id ${vxlan.vni} local ${vxlan.local} ${parent}` +
      `dstport ${vxlan.port} ${learning} ${options}`,
    `link set ${device} up`,
    ...own.map((address) => `addr add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`),
    ...neighbors
      .filter((entry) => entry.device === device && entry.state.includes("PERMANENT"))
      .map((entry) => `neigh replace ${entry.address} lladdr ${entry.mac} dev ${device} nud permanent`),
    ...routes.filter((route) => route.device === device && route.via !== undefined).map(routeLine),
    "END",
    "bridge -batch - <<'END'",
    ...fdb
      .filter((entry) => entry.device === device)
      .map((entry) => `fdb replace ${entry.mac} dev ${device} dst ${entry.destination} self permanent`),
    "END",
  ].join("\n");
}

function routeLine({ destination, via, device, protocol, onlink, mtu }: RouteFact): string {
  const options = `${onlink ? " onlink" : ""}${mtu === undefined ? "" : ` mtu ${mtu}`}`;
  return `route replace ${destination} via ${via ?? ""} dev ${device ?? ""} proto ${protocol}${options}`;
}
