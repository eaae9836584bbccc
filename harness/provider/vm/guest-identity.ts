import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Port } from "../../topology/plan.ts";
import { reseedBytes } from "./reseed-program.ts";

/** What makes a booted machine a node. */
export interface GuestIdentity {
  readonly node: string;
  readonly management: { readonly address: string; readonly mac: string };
  readonly uplink: Port;
  /** sh script that sets addresses, routes and kernel settings once the uplink has its name. */
  readonly setUp: string;
  readonly hostKey: string;
  readonly authorized: string;
}

/**
 * The script that a machine runs to become a node. Randomness first: machines restored from one state draw equal bytes until
 * then. Their clock lags by the time that the state lay in the cache.
 */
export function identityScript(identity: GuestIdentity, now: Date, seed = randomBytes(reseedBytes)): string {
  const { node, management, uplink, setUp, hostKey, authorized } = identity;
  return `echo ${seed.toString("base64")} | base64 -d | /lib/encaplab/reseed
date -u -s @${Math.floor(now.getTime() / 1000)} >/dev/null
umask 077
cat >/etc/ssh/host_key <<'END'
${hostKey.trim()}
END
cat >/etc/ssh/authorized_keys <<'END'
${authorized.trim()}
END
hostname ${node}
read -r listener </run/encaplab-listener
nsenter --net=/proc/$listener/ns/net ip -batch - <<'END'
link set lo up
link set mgmt0 address ${management.mac}
addr add ${management.address}/24 dev mgmt0
link set mgmt0 up
END
umask 022
ip link set uplink name ${uplink.device} address ${uplink.mac} mtu ${uplink.mtu}
cat >/run/set-up.sh <<'END OF SET-UP'
${setUp}
END OF SET-UP
dash /run/set-up.sh
rm /run/set-up.sh
`;
}

/** The script as one line for the guest's control port. */
export function identityLine(script: string): string {
  return `${gzipSync(script).toString("base64")}\n`;
}
