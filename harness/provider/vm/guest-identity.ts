import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { cardOf, type Port } from "../../topology/plan.ts";
import { reseedBytes } from "../../rootfs/reseed-program.ts";

/** What makes a booted machine a node. */
export interface GuestIdentity {
  readonly node: string;
  readonly uplink: Port;
  /** sh script that sets addresses, routes and kernel settings once the uplink has its name. */
  readonly setUp: string;
  readonly hostKey: string;
  readonly authorized: string;
}

/**
 * The script that a machine runs to become a node. Randomness first: machines restored from one state draw equal bytes until
 * then. Their clock lags by the time that the state lay in the cache. Runs in busybox, whose own ip(8) knows no batches.
 */
export function identityScript(identity: GuestIdentity, now: Date, seed = randomBytes(reseedBytes)): string {
  const { node, uplink, setUp } = identity;
  return `${renewalScript(identity, now, seed)}hostname ${node}
ip link set uplink name ${cardOf(uplink)}
ip link set ${cardOf(uplink)} address ${uplink.mac} mtu ${uplink.mtu}
${setUp.replace(/^exec ip /m, "/usr/bin/ip ").replace(/^(ip|tc) /gm, "/usr/bin/$1 ")}
`;
}

/** The part of it that a machine needs again which was a node when its state was saved: randomness, the time, this lab's keys. */
export function renewalScript(
  { hostKey, authorized }: Pick<GuestIdentity, "hostKey" | "authorized">,
  now: Date,
  seed = randomBytes(reseedBytes),
): string {
  return `echo ${seed.toString("base64")} | base64 -d | /lib/encaplab/reseed
date -u -s @${Math.floor(now.getTime() / 1000)} >/dev/null
umask 077
cat >/etc/ssh/host_key <<'END OF KEY'
${hostKey.trim()}
END OF KEY
echo '${authorized.trim()}' >/etc/ssh/authorized_keys
umask 022
`;
}

/** The script as one line for the guest's control port. */
export function identityLine(script: string): string {
  return `${gzipSync(script).toString("base64")}\n`;
}
