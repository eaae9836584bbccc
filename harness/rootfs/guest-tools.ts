import type { WantedProgram } from "./host-programs.ts";

/**
 * What runs inside guests: the tools that dataplanes, probes and captures call, a shell, the module loader and an ssh server. busybox
 * brings the small rest. OpenSSH and not the smaller dropbear, whose 2022.83 drops channels and whole connections when commands run side by side.
 */
export const guestTools: readonly WantedProgram[] = [
  { program: "busybox", packages: ["busybox-static"] },
  { program: "bash", packages: ["bash"] },
  { program: "dash", packages: ["dash"] },
  { program: "ip", packages: ["iproute2"] },
  { program: "tc", packages: ["iproute2"] },
  { program: "bridge", packages: ["iproute2"] },
  { program: "ss", packages: ["iproute2"] },
  { program: "nft", packages: ["nftables"] },
  { program: "sysctl", packages: ["procps"] },
  { program: "nsenter", packages: ["util-linux"] },
  { program: "unshare", packages: ["util-linux"] },
  { program: "setsid", packages: ["util-linux"] },
  { program: "kmod", packages: ["kmod"] },
  { program: "tcpdump", packages: ["tcpdump", "libpcap0.8"] },
  { program: "ping", packages: ["iputils-ping"] },
  { program: "curl", packages: ["curl"] },
  { program: "iperf3", packages: ["iperf3", "libiperf0", "libsctp1"] },
  { program: "ethtool", packages: ["ethtool"] },
  { program: "perl", packages: ["perl-base", "libcrypt1"] },
  {
    program: "sshd",
    packages: ["openssh-server", "libwrap0", "libnsl2", "libtirpc3", "libgssapi-krb5-2", "libaudit1"],
  },
];

/** Names under which kmod(8) is called. */
export const kmodNames: readonly string[] = ["modprobe", "insmod", "lsmod", "modinfo", "rmmod"];

/** Folders and files that tools read, where the host has them: names of route protocols, tables and scopes. */
export const guestData: readonly string[] = ["/etc/iproute2", "/usr/share/iproute2", "/etc/protocols"];
