import type { WireguardFact } from "../node-facts.ts";

/**
 * A shell command that tells devices and peers of WireGuard without any key: wg(8) names peers by theirs, of which a number is left.
 * Prints nothing where the kernel has no such device, or the node no wg(8).
 */
export const wireguardCommand = [
  "for device in wireguard.cali wg-v6.cali; do",
  "[ -e /sys/class/net/$device ] && command -v wg >/dev/null || continue",
  'echo "device $device $(wg show $device listen-port) $(wg show $device fwmark)"',
  "wg show $device endpoints | awk '{ print \"endpoint\", NR, $2 }'",
  "wg show $device allowed-ips | awk '{ $1 = \"allowed \" NR; print }'",
  "wg show $device latest-handshakes | awk '{ print \"handshake\", NR, $2 }'",
  "done",
].join("\n");

/** Reads what `wireguardCommand` printed. */
export function parseWireguard(output: string): readonly WireguardFact[] {
  return output
    .split(/^device /m)
    .slice(1)
    .map((part) => {
      const [first = "", ...lines] = part.trim().split("\n");
      const [device = "", port, mark = "off"] = first.split(" ");
      const words = lines.map((line) => line.trim().split(/\s+/));
      const of = (kind: string, number: string): readonly string[] =>
        words.find(([own, place]) => own === kind && place === number)?.slice(2) ?? [];
      const numbers = words.flatMap(([kind, number = ""]) => (kind === "endpoint" ? [number] : []));
      return {
        device,
        port: Number(port),
        fwmark: mark,
        peers: numbers.map((number) => ({
          endpoint: hostOf(of("endpoint", number)[0] ?? ""),
          allowed: of("allowed", number).filter((word) => word !== "(none)"),
          hasShakenHands: Number(of("handshake", number)[0] ?? 0) > 0,
        })),
      };
    });
}

/** "198.18.1.11:51820" or "[fd00::1]:51821". */
function hostOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}
