/** How Felix handles packets, by the words of Calico's own setting. */
export const linuxDataplanes = ["iptables", "nftables", "bpf"] as const;

/** One of them. */
export type LinuxDataplane = (typeof linuxDataplanes)[number];
