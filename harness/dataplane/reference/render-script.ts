import type { NodeProgram } from "../program/node-program.ts";
import { renderNat } from "../program/render-nat.ts";
import { podDeviceLines, podHostLines, podInsideLines, podSettings } from "./render-pod.ts";
import { fdbLines, routeLine, tunnelDeviceLines, tunnelPreparation, tunnelSetupLines } from "./render-tunnel.ts";

/** The whole programming of a fresh node as one POSIX shell script of few processes. */
export function renderInstall(program: NodeProgram): string {
  const { pods, tunnels, routes, families } = program;
  return [
    ...tunnels.flatMap(tunnelPreparation),
    batch("ip -batch -", [...pods.flatMap(podDeviceLines), ...tunnels.flatMap(tunnelDeviceLines)]),
    ...nodeSettings(program).map(setting),
    ...pods.flatMap((pod) => podSettings(pod, families)).map(setting),
    batch("ip -batch -", [
      ...pods.flatMap(podHostLines),
      ...tunnels.flatMap(tunnelSetupLines),
      ...routes.map(routeLine),
    ]),
    batch("bridge -batch -", tunnels.flatMap(fdbLines)),
    ...pods.map((pod) => batch(`ip -n ${pod.namespace} -batch -`, podInsideLines(pod))),
    batch(
      "nft -f -",
      program.nat.map((nat) => renderNat(nat)),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Here-document for a command; nothing where there is nothing to say. */
export function batch(command: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${command} <<'END'\n${lines.join("\n")}\nEND`;
}

/** `key=value` below /proc/sys/net as a shell line without a process; a kernel without IPv6 lacks the keys of IPv6. */
export function setting(keyAndValue: string): string {
  const [key = "", value = ""] = keyAndValue.split("=");
  const file = `/proc/sys/net/${key}`;
  return key.startsWith("ipv6/") ? `[ ! -e ${file} ] || echo ${value} > ${file}` : `echo ${value} > ${file}`;
}

/**
 * A node forwards, and its reverse-path filter is off as on the recorded nodes: the namespace would otherwise inherit the
 * host's, and a strict filter would turn an asymmetric path into a dead one.
 */
export function nodeSettings({ families, uplink, tunnels }: NodeProgram): readonly string[] {
  const filtered = ["all", uplink, ...tunnels.filter((tunnel) => tunnel.family === 4).map(({ device }) => device)];
  return [
    ...(families.includes(4)
      ? ["ipv4/ip_forward=1", ...filtered.map((device) => `ipv4/conf/${device}/rp_filter=0`)]
      : []),
    ...(families.includes(6) ? ["ipv6/conf/all/forwarding=1"] : []),
    ...tunnels.map(({ device, family }) =>
      family === 4 ? `ipv6/conf/${device}/disable_ipv6=1` : `ipv6/conf/${device}/accept_dad=0`,
    ),
  ];
}
