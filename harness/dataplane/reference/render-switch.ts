import type { NodeProgram } from "../program/node-program.ts";
import { renderNat } from "../program/render-nat.ts";
import { batch, nodeSettings, setting } from "./render-script.ts";
import { fdbLines, routeLine, tunnelDeviceLines, tunnelPreparation, tunnelSetupLines } from "./render-tunnel.ts";

/**
 * One node's change from one mode to another: pods stay as they are, with their MTU, as in Calico. Devices, neighbors, FDB
 * and NAT come before routes, and old devices go last (felix/design/dataplane.md).
 */
export function renderSwitch(from: NodeProgram, to: NodeProgram): string {
  const has = (program: NodeProgram, device: string): boolean =>
    program.tunnels.some((tunnel) => tunnel.device === device);
  // The kernel changes no VNI of a device that is there.
  const remade = to.tunnels.filter((tunnel) =>
    from.tunnels.some(({ device, vni }) => device === tunnel.device && vni !== tunnel.vni),
  );
  const added = [...remade, ...to.tunnels.filter(({ device }) => !has(from, device))];
  const gone = from.tunnels.filter(({ device }) => !has(to, device));
  return [
    ...added.flatMap(tunnelPreparation),
    batch("ip -batch -", [...remade.map(({ device }) => `link del ${device}`), ...added.flatMap(tunnelDeviceLines)]),
    ...nodeSettings(to).map(setting),
    batch("ip -batch -", to.tunnels.flatMap(tunnelSetupLines)),
    batch("bridge -batch -", to.tunnels.flatMap(fdbLines)),
    batch(
      "nft -f -",
      to.nat.map((nat) => renderNat(nat)),
    ),
    batch("ip -batch -", [
      ...to.routes.map(routeLine),
      // Felix takes only the address from tunl0 and leaves the device up.
      ...gone.map(({ kind, device }) => (kind === "ipip" ? `addr flush dev ${device}` : `link del ${device}`)),
    ]),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
