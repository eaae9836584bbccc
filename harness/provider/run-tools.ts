/** Programs of this host that every run on nodes without an image of their own needs: to build, send, listen and read. */
export const runTools: readonly string[] = [
  "ip",
  "tcpdump",
  "iperf3",
  "curl",
  "ping",
  "nft",
  "busybox",
  "ethtool",
  "perl",
];
