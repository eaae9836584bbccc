import type { Trouble } from "../verify/trouble.ts";
import type { Found, Rule } from "./cause.ts";
import { ofTroubles } from "./of-troubles.ts";

/** Checks that a device fails which sends everything, only not as Calico's does. */
const ofHeaders = ["control-plane", "steady", "outer-header", "outer-endpoints", "checksums", "equal-ways"] as const;

/** Checks of what packets are lost by, or led astray: who learns a wrong way changes nothing in them. */
const ofWays = [
  ...(["control-plane", "steady", "reached", "conservation", "no-leak", "symmetry", "flows"] as const),
  ...(["encapsulated", "outer-endpoints", "sizes", "mtu", "path-mtu"] as const),
];

const ofSizes = ["sizes", "mtu", "path-mtu", "mss"] as const;

/** A TTL that leads through any fabric, a mark, a checksum or a port of its own: packets arrive. */
function losesNothing({ what, text }: Trouble): boolean {
  return (
    ["tos", "udpcsum", "srcport"].includes(what ?? "") || (what === "ttl" && / ttl (?:[3-9]\d|1\d\d|2\d\d),/.test(text))
  );
}

const base = ofTroubles({
  name: "tunnel-device",
  issues: ["#10692", "#6383", "#3271", "#10901"],
  fix: "delete the device (ip link del): Felix makes it again as it must be; see who else changes it",
  chosen: ({ kind }) => kind === "device",
  checks: (troubles, { failed }) => {
    if (troubles.every(losesNothing)) return ofHeaders;
    if (troubles.every(({ what }) => what === "learning")) return ofWays;
    // An MTU that is too small for something shows in what large packets fail.
    const isSized = failed.some(({ check }) => ofSizes.some((name) => name === check));
    return troubles.every(({ what }) => what === "MTU") && !isSized ? ofHeaders : undefined;
  },
  sentence: (node, troubles) =>
    `${node}: ${troubles
      .slice(0, 2)
      .map(({ text }) => text)
      .join("; ")}`,
});

const encryptionFix =
  "give the nodes a kernel with WireGuard (modprobe wireguard; calico-node's log says why it is not used), or set wireguardEnabled: false in FelixConfiguration";

/** A tunnel device is not as Felix makes it. */
export const tunnelDeviceWrong: Rule = {
  ...base,
  find: (incident) =>
    base.find(incident).map((cause): Found => {
      // Peers that follow a VTEP to another MAC have no entry for the right one.
      const macs = cause.evidence.flatMap((line) => /has MAC .*, not ([0-9a-f:]{17})$/.exec(line)?.[1] ?? []);
      const peers = incident.nodes.filter(({ troubles }) =>
        troubles.some(
          ({ kind, text }) => (kind === "FDB" || kind === "neighbor") && macs.some((mac) => text.includes(mac)),
        ),
      );
      const ends = peers.map(({ expected }) => `/control-plane/${expected.node}`);
      const followers = incident.failed.map(({ id }) => id).filter((id) => ends.some((end) => id.endsWith(end)));
      const isEncryption = cause.sentence.includes("asks for WireGuard");
      const fix = isEncryption ? encryptionFix : cause.fix;
      return { ...cause, fix, explains: [...new Set([...cause.explains, ...followers])] };
    }),
};
