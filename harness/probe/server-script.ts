import { shellQuote } from "../exec/quote.ts";
import { responderArgv } from "./responder.ts";

/** What listens in one place. */
export interface ServerPlan {
  /** Name of the pod or node, which the responder tells; missing where it has none. */
  readonly name?: string;
  /** Port of the HTTP responder; missing = none. */
  readonly http?: number;
  /** Where UDP requests are answered; missing = nowhere. */
  readonly udp?: { readonly port: number; readonly addresses: readonly string[] };
  readonly iperf3: readonly number[];
}

/** Ports as "tcp/8080": what the script waits for before it says that it is ready. */
export function portsOf({ http, iperf3, udp }: ServerPlan): readonly string[] {
  return [
    ...[...(http === undefined ? [] : [http]), ...iperf3].map((port) => `tcp/${port}`),
    ...(udp === undefined ? [] : [`udp/${udp.port}`]),
  ];
}

/**
 * Script that starts a place's servers and prints "<id> ready" once all listen, or "<id> taken" and ends where somebody else listens on
 * one of the ports already and would answer in their place. SIGTERM ends everything.
 */
export function serverScript(plan: ServerPlan, id: number): string {
  const { name = "", http, udp, iperf3 } = plan;
  const answers = http !== undefined || udp !== undefined;
  const own = { name, ...(http === undefined ? {} : { http }), ...(udp === undefined ? {} : { udp }) };
  return [
    listeningPorts,
    `wanted='${portsOf(plan).join(" ")}'`,
    `for port in $(ports); do case " $wanted " in *" $port "*) echo "${id} taken"; exit 1 ;; esac; done`,
    shellStart,
    ...iperf3.map((port) => `start iperf3 -s -p ${port}`),
    ...(answers ? [`start ${shellQuote(responderArgv(own))}`] : []),
    awaitPorts,
    `echo "${id} ready"`,
    // Interrupted by the trap, whose commands then run.
    "wait",
    "",
  ].join("\n");
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

/** Looks often at first, because servers take some 10 ms, and then seldom: in emulated machines a look takes longer than what it waits for. */
const awaitPorts = `
missing() {
  seen=" $(echo $(ports)) "
  for port in $wanted; do case $seen in *" $port "*) ;; *) return 0 ;; esac; done
  return 1
}
looks=0
while missing; do
  looks=$((looks + 1))
  if [ $looks -lt 4 ]; then sleep 0.02; elif [ $looks -lt 20 ]; then sleep 0.1; else sleep 0.3; fi
done`;

const shellStart = `
pids=
trap 'trap "" TERM INT HUP; kill $pids 2>/dev/null; wait; exit 0' TERM INT HUP
start() { "$@" >/dev/null & pids="$pids $!"; }`;
