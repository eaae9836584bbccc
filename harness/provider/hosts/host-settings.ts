import type { Member } from "./match-inventory.ts";
import type { SavedSetting } from "./host-record.ts";

/**
 * Files below /proc/sys/net that a lab may change on a host, by itself or through what runs on it; patterns of sh. Forwarding is
 * first, because a change of it sets the forwarding of all devices and whether redirects are accepted (ip-sysctl).
 */
export const watchedSettings: readonly string[] = [
  "ipv4/ip_forward",
  "ipv4/conf/*/forwarding",
  "ipv4/conf/all/accept_redirects",
  "ipv4/conf/*/rp_filter",
  "ipv4/conf/*/send_redirects",
  "ipv4/icmp_ratelimit",
  "ipv4/icmp_ratemask",
  "ipv4/icmp_msgs_per_sec",
  "ipv4/icmp_msgs_burst",
  "ipv6/conf/all/forwarding",
  "ipv6/conf/*/forwarding",
  "ipv6/conf/*/accept_ra",
  "ipv6/icmp/ratelimit",
];

/**
 * What a lab sets on a host, given how it is: forwarding, no reverse-path filter on the lab's devices (Felix filters pods by
 * itself), no redirects from routers, and ICMP errors without limit, which are evidence (as in labs of namespaces). A
 * host's other devices are left alone, apart from what forwarding does to them.
 */
export function wantedSettings(
  { role }: Pick<Member, "role">,
  devices: readonly string[],
  ipv6: boolean,
  current: readonly SavedSetting[],
): readonly SavedSetting[] {
  const scopes = ["all", ...devices];
  // A host that forwards no longer listens to router advertisements unless told so with 2: its default route may be from one.
  const listening = current.filter(([path, value]) => /^ipv6\/conf\/[^/]+\/accept_ra$/.test(path) && value === "1");
  const wanted: readonly SavedSetting[] = [
    ["ipv4/ip_forward", "1"],
    ...scopes.map((scope): SavedSetting => [`ipv4/conf/${scope}/rp_filter`, "0"]),
    ...(role === "router" ? scopes.map((scope): SavedSetting => [`ipv4/conf/${scope}/send_redirects`, "0"]) : []),
    ["ipv4/icmp_ratelimit", "0"],
    ["ipv4/icmp_ratemask", "0"],
    ["ipv4/icmp_msgs_per_sec", "100000"],
    ["ipv4/icmp_msgs_burst", "10000"],
    ...(ipv6
      ? [
          ...listening.map(([path]): SavedSetting => [path, "2"]),
          ["ipv6/conf/all/forwarding", "1"] as const,
          ["ipv6/icmp/ratelimit", "0"] as const,
        ]
      : []),
  ];
  const values = new Map(current);
  return wanted.filter(([path, value]) => values.has(path) && values.get(path) !== value);
}

/** Script that writes settings and says `left setting …` of those that resist; those that went with their device are passed over. */
export function writeSettings(settings: readonly SavedSetting[]): string {
  return [
    "cd /proc/sys/net",
    'put() { [ ! -e "$1" ] || { echo "$2" >"$1"; } 2>/dev/null || { echo "left setting $1"; resisted=1; }; }',
    "resisted=",
    ...settings.map(([path, value]) => `put '${path}' '${value}'`),
    "cd /",
    "",
  ].join("\n");
}
