import type { LinkFact, VxlanFact } from "../dataplane/node-facts.ts";
import type { ExpectedVxlan } from "../encap/control-plane.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Trouble } from "./trouble.ts";

/** What a VXLAN device was made with, against what Felix makes it with; parts that this ip(8) does not tell are passed over. */
export function vxlanTroubles(
  device: string,
  wanted: ExpectedVxlan,
  { vxlan, mac, kind }: LinkFact,
): readonly Trouble[] {
  const trouble = (what: string, text: string): Trouble => ({ kind: "device", what, text });
  const has = (what: string, expected: string | number, seen: string | number | undefined): readonly Trouble[] =>
    expected === seen ? [] : [trouble(what, `${device} has ${what} ${seen ?? "none"}, not ${expected}`)];
  const local = vxlan?.local ?? "none";
  const sender = has("MAC", wanted.mac, mac.toLowerCase());
  if (kind === "") return sender;
  return [
    ...sender,
    ...has("VNI", wanted.vni, vxlan?.vni),
    ...has("port", wanted.port, vxlan?.port),
    ...(isSameAddress(local, wanted.local)
      ? []
      : [trouble("local", `${device} has local address ${local}, not ${wanted.local}`)]),
    ...(vxlan === undefined ? [] : optionTroubles(device, wanted, vxlan, trouble)),
  ];
}

/** felix vxlan_mgr.go sets nolearning and the parent device; all else is the kernel's default (ip-link(8), VXLAN). */
function optionTroubles(
  device: string,
  { parent }: ExpectedVxlan,
  vxlan: VxlanFact,
  trouble: (what: string, text: string) => Trouble,
): readonly Trouble[] {
  const { learning, udpChecksum, ttl = 0, df = "unset", tos, sourcePorts: [low, high] = [0, 0] } = vxlan;
  return [
    ...(learning ? [trouble("learning", `${device} learns addresses from packets (nolearning is missing)`)] : []),
    ...(udpChecksum === false ? [trouble("udpcsum", `${device} has noudpcsum, Calico's has udpcsum`)] : []),
    ...(ttl === 0 ? [] : [trouble("ttl", `${device} has ttl ${ttl}, Calico's has ttl auto`)]),
    ...(df === "unset" ? [] : [trouble("df", `${device} has df ${df}, Calico's has df unset`)]),
    ...(tos === undefined
      ? []
      : [trouble("tos", `${device} has tos ${tos === "0x1" ? "inherit" : tos}, Calico's has tos 0`)]),
    ...(low === 0 && high === 0
      ? []
      : [trouble("srcport", `${device} has srcport ${low} ${high}, Calico's has srcport 0 0 (the host's range)`)]),
    ...(vxlan.options === undefined
      ? []
      : [trouble("options", `${device} has ${vxlan.options.join(", ")}, Calico's has none of these`)]),
    ...(vxlan.parent === undefined || vxlan.parent === parent
      ? []
      : [trouble("parent", `${device} sends through ${parentWords(vxlan.parent)}, not ${parent}`)]),
  ];
}

function parentWords(parent: string): string {
  return parent === "none" ? "whatever device a route names, since it was made without one" : parent;
}
