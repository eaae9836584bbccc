import type { Family } from "../topology/topology.ts";
import type { Form } from "./expectation.ts";
import type { NodeIdentity } from "./identity.ts";
import type { Mode } from "./mode.ts";
import { modeToward, poolOfAddress } from "./pool-mode.ts";
import type { Parties } from "./parties.ts";
import type { Path } from "./path.ts";
import { takesTunnel } from "./takes-tunnel.ts";
import { encapsulationOf, tunnelDevice } from "./tunnel.ts";
import { isEncryptedBetween, wireguardDevice } from "./wireguard.ts";

/** One direction of a path between its two nodes: addresses after all NAT, and the form that the sender gives it. */
export interface Flow {
  readonly form: Form | "none";
  /** Addresses that the sender may legally use. */
  readonly sources: readonly string[];
  readonly destination: string;
  /** Whether the destination is in the receiver's block (pod or tunnel address), which only Calico's routes lead to. */
  readonly toBlock: boolean;
}

/** The packets of a path on their way there. */
export function forwardFlow(mode: Mode, path: Path, { source, target }: Parties): Flow {
  const toBlock = target.pod !== undefined;
  const form = formBetween(mode, path.family, source.node, target.node, toBlock ? target.address : undefined);
  const sources = sourcesOf(mode, path, source, target, form);
  return { form, sources, destination: target.address, toBlock };
}

/**
 * The answers: they go to whatever address the requests came from. An answer to a pod or tunnel address takes the form
 * that the answering node decides on; an answer to a node's address is no pod traffic and travels plain.
 */
export function reverseFlow(mode: Mode, path: Path, { source, target }: Parties, forward: Flow): Flow {
  const destination = forward.sources[0] ?? source.address;
  const toBlock = destination !== source.nodeAddress;
  const form = formBetween(mode, path.family, target.node, source.node, toBlock ? destination : undefined);
  return { form, sources: [forward.destination], destination, toBlock };
}

/** The form that a node gives to packets toward another: `inBlock` is the address, where only Calico's own routes lead there. */
export function formBetween(
  mode: Mode,
  family: Family,
  from: NodeIdentity,
  to: NodeIdentity,
  inBlock: string | undefined,
): Form | "none" {
  if (from.name === to.name) return "none";
  if (inBlock === undefined || from.external === true || to.external === true) return "plain";
  if (isEncryptedBetween(from, to)) return "wireguard";
  const encapsulation = encapsulationOf(modeToward(mode, to, inBlock), family);
  return encapsulation !== "none" && takesTunnel(mode, family, from, to, inBlock) ? encapsulation : "plain";
}

function sourcesOf(
  mode: Mode,
  path: Path,
  source: Parties["source"],
  target: Parties["target"],
  form: Flow["form"],
): string[] {
  if (source.pod !== undefined) {
    // natOutgoing: a destination outside all pools makes the node's address the source; one on the own node is no exit.
    const leaves =
      target.pod === undefined && form !== "none" && poolOfAddress(source.node, target.address) === undefined;
    const keeps = poolOfAddress(source.node, source.address)?.keepsSource === true;
    return leaves && !keeps ? [source.nodeAddress] : [source.address];
  }
  const device =
    form === "wireguard"
      ? wireguardDevice(path.family)
      : tunnelDevice(modeToward(mode, target.node, target.address), path.family);
  const tunnel = device === undefined ? undefined : source.node.tunnelAddresses[device];
  // The route to a local pod names no source and cali* has no address: the kernel takes the first address of any device
  // (inet_select_addr), or for IPv6 the one most like the destination's (RFC 6724 rule 8): the node's or the tunnel's.
  const others = source.node.otherAddresses?.[path.family] ?? [];
  if (form === "none") return [source.nodeAddress, ...tunnelsOf(source.node, path.family), ...others];
  // Dialled directly, the tunnel device's route gives its address; through a ClusterIP the tunnel masquerade does.
  return form === "plain" || tunnel === undefined ? [source.nodeAddress] : [tunnel];
}

function tunnelsOf({ tunnelAddresses }: NodeIdentity, family: Family): readonly string[] {
  return Object.values(tunnelAddresses).filter((address) => address.includes(":") === (family === 6));
}
