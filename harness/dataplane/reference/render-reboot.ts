import type { NodeProgram } from "../program/node-program.ts";
import { renderNat, renderNatRemoval } from "../program/render-nat.ts";
import { podHostLines } from "./render-pod.ts";
import { batch, nodeSettings, setting } from "./render-script.ts";
import { fdbLines, routeLine, tunnelDeviceLines, tunnelPreparation, tunnelSetupLines } from "./render-tunnel.ts";

/** Takes off a node what no reboot leaves there. Its pods stay, behind a link that is down, so that their senders need not be started again. */
export function renderHalt({ pods, tunnels, routes }: NodeProgram): string {
  return [
    "ip -force -batch - 2>/dev/null <<'END' || true",
    ...pods.map(({ hostDevice }) => `link set ${hostDevice} down`),
    // tunl0 stays with its module, which no kernel has at its start: what is left on would pass on packets.
    ...tunnels.flatMap(({ kind, device }) =>
      kind === "ipip" ? [`addr flush dev ${device}`, `link set ${device} down`] : [`link del ${device}`],
    ),
    ...routes.map(({ destination, type }) => `route del ${type === "blackhole" ? "blackhole " : ""}${destination}`),
    "END",
    batch("nft -f -", [renderNatRemoval(4), renderNatRemoval(6)]),
  ].join("\n");
}

/**
 * Programs a node that has just come up. Its own blocks come first and its pods last: neither what is for them nor what they send shall find the
 * default route alone.
 */
export function renderBoot(program: NodeProgram): string {
  const { pods, tunnels, routes } = program;
  const blocks = routes.filter(({ type }) => type === "blackhole");
  return [
    ...tunnels.flatMap(tunnelPreparation),
    batch("ip -batch -", [...blocks.map(routeLine), ...tunnels.flatMap(tunnelDeviceLines)]),
    ...nodeSettings(program).map(setting),
    batch("ip -batch -", tunnels.flatMap(tunnelSetupLines)),
    batch("bridge -batch -", tunnels.flatMap(fdbLines)),
    batch(
      "nft -f -",
      program.nat.map((nat) => renderNat(nat)),
    ),
    batch("ip -batch -", [...routes.map(routeLine), ...pods.flatMap(podHostLines)]),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
