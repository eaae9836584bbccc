import { shellQuote } from "../exec/quote.ts";
import { responderArgv, type ServerPlan } from "./responder.ts";

/** Ports as "tcp/8080". */
export function portsOf({ http, iperf3, udp }: ServerPlan): readonly string[] {
  return [
    ...[...(http === undefined ? [] : [http]), ...iperf3].map((port) => `tcp/${port}`),
    ...(udp === undefined ? [] : [`udp/${udp.port}`]),
  ];
}

/**
 * Script that starts a place's servers and prints "<id> ready" once all listen, or "<id> taken" and ends where somebody else listens on
 * one of the ports already. SIGTERM ends everything.
 */
export function serverScript(plan: ServerPlan, id: number): string {
  return `exec ${shellQuote(responderArgv(plan, id))}\n`;
}

/** KiB of memory (/proc/meminfo) up to which a machine's table of connections is small: the kernel sizes it by that. */
const smallMachineKiB = 2 * 1024 * 1024;

/**
 * Ports on which somebody waits, of both families, as tcp/8080. By ss(8), which asks for these sockets alone: to read
 * /proc/net/tcp the kernel walks its table of all connections of the machine. Where that is small ss takes longer: 58 ms in an
 * emulated machine. In the kernel's own numbers 0A is TCP_LISTEN, and 07 TCP_CLOSE, which also says that a UDP socket is not connected.
 */
const listeningPorts = `
ports() {
  read -r _ memory _ </proc/meminfo
  if [ "\${memory:-0}" -gt ${smallMachineKiB} ] && command -v ss >/dev/null 2>&1
  then ss -Hltun | while read -r net _ _ _ local _; do echo "$net/\${local##*:}"; done
  else for net in tcp/0A udp/07; do
    cat /proc/net/\${net%/*} /proc/net/\${net%/*}6 2>/dev/null |
      while read -r _ local peer state _; do
        if [ "\${peer##*:}/$state" = "0000/\${net#*/}" ]; then echo "\${net%/*}/$((0x\${local##*:}))"; fi
      done
  done; fi
}`;

/** Prints every port on which somebody waits. */
export const portsScript = `${listeningPorts}\nports\n`;
