/**
 * Kernel modules that guests load at boot: the network card, tunnels, bridges, and what nft, tc and namespaces of pods need. Those
 * that a kernel has built in, or not at all, are passed over when the image is built.
 */
export const bootModules: readonly string[] = [
  "virtio_pci",
  "virtio_net",
  "af_packet",
  "veth",
  "bridge",
  "dummy",
  "nf_tables",
  "nf_conntrack",
  "nft_ct",
  "nft_chain_nat",
  "nft_nat",
  "nft_masq",
  "nft_counter",
  "nft_compat",
  "nft_numgen",
  "nft_limit",
  "nft_log",
  "nft_reject",
  "nft_reject_inet",
  "nft_fib_inet",
  "nf_nat",
  "udp_tunnel",
  "ip6_udp_tunnel",
  "vxlan",
  "ip_tunnel",
  "tunnel4",
];

/**
 * Modules that are on board and loaded when first asked for. `ipip` is one of them because loading it puts a tunl0 into every
 * namespace: a node has it only once a dataplane asks for it, as a real one.
 */
export const onDemandModules: readonly string[] = [
  "ipip",
  "sit",
  "ip_gre",
  "ip6_tunnel",
  "tunnel6",
  "wireguard",
  "geneve",
  "sch_netem",
  "sch_tbf",
  "sch_htb",
  "sch_ingress",
  "sch_fq",
  "sch_fq_codel",
  "cls_u32",
  "cls_flower",
  "cls_matchall",
  "act_mirred",
  "act_police",
  "act_gact",
  "act_vlan",
  "macvlan",
  "ipvlan",
  "vrf",
  "tun",
  "8021q",
  "bonding",
  "br_netfilter",
  "overlay",
  "ip_tables",
  "iptable_filter",
  "iptable_nat",
  "iptable_mangle",
  "iptable_raw",
  "ip6_tables",
  "ip6table_filter",
  "ip6table_nat",
  "ip_set",
  "ip_set_hash_ip",
  "ip_set_hash_net",
  "ip_set_hash_ipport",
  "xt_set",
  "xt_mark",
  "xt_MARK",
  "xt_comment",
  "xt_conntrack",
  "xt_multiport",
  "xt_addrtype",
  "xt_nat",
  "xt_MASQUERADE",
  "xt_tcpudp",
  "xt_u32",
  "xt_length",
  "xt_rpfilter",
  "xt_CT",
  "xt_statistic",
  "nf_conntrack_netlink",
  "nfnetlink_log",
  "virtio_blk",
  "ip6table_mangle",
  "ip6table_raw",
  "ipt_rpfilter",
  "ip6t_rpfilter",
  "ipt_REJECT",
  "ip6t_REJECT",
  "ip_set_bitmap_port",
  "ip_set_hash_ipportip",
  "ip_set_hash_netnet",
  "ip_set_list_set",
  "nft_fib_ipv4",
  "nft_fib_ipv6",
  "nft_hash",
  "nft_objref",
  "nft_queue",
  "nft_quota",
  "nft_redir",
  "nft_reject_ipv4",
  "nft_reject_ipv6",
  "xt_bpf",
  "xt_connmark",
  "xt_limit",
  "xt_NFLOG",
  "xt_physdev",
  "xt_state",
];

/**
 * Files of the wanted modules and of all that they need, from the text of `modules.dep` (depmod(8)): relative paths, needed ones
 * before those that need them.
 */
export function moduleFiles(modulesDep: string, wanted: readonly string[]): readonly string[] {
  const table = new Map(modulesDep.split("\n").flatMap(parseLine));
  const byName = new Map([...table.keys()].map((path) => [moduleName(path), path]));
  const files = new Set<string>();
  for (const name of wanted) {
    const path = byName.get(canonical(name));
    if (path === undefined) continue;
    // depmod lists what a module needs directly and indirectly, the deepest last.
    for (const needed of [...(table.get(path) ?? [])].reverse()) files.add(needed);
    files.add(path);
  }
  return [...files];
}

/** `kernel/net/ipv4/ipip.ko.xz` is module `ipip`. */
export function moduleName(path: string): string {
  return canonical((path.split("/").pop() ?? "").replace(/\.ko(\.\w+)?$/, ""));
}

function canonical(name: string): string {
  return name.replaceAll("-", "_");
}

function parseLine(line: string): readonly (readonly [string, readonly string[]])[] {
  const [path, needs = ""] = line.split(":");
  return path === undefined || path === "" ? [] : [[path, needs.trim().split(" ").filter(Boolean)]];
}
