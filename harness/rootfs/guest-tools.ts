import type { WantedProgram } from "./host-programs.ts";
import { packageFor } from "../lab/host-tools.ts";

/**
 * What runs inside guests: the tools that dataplanes, probes and captures call, a shell, the module loader and an ssh server. busybox
 * brings the small rest. OpenSSH and not the smaller dropbear, whose 2022.83 drops channels and whole connections when commands run side by side.
 */
export const guestTools: readonly WantedProgram[] = [
  { program: "busybox", packages: ["busybox-static"] },
  ...["bash", "dash", "ip", "tc", "bridge", "ss", "nft", "sysctl", "nsenter", "unshare", "setsid", "kmod"].map(
    (program) => packaged(program),
  ),
  packaged("tcpdump", "libpcap0.8"),
  packaged("ping"),
  packaged("curl"),
  packaged("iperf3", "libiperf0", "libsctp1"),
  packaged("ethtool"),
  packaged("perl", "libcrypt1"),
  packaged("sshd", "libwrap0", "libnsl2", "libtirpc3", "libgssapi-krb5-2", "libaudit1"),
];

/** What the nodes of labs with WireGuard have besides: not every distribution's repositories are at hand everywhere. */
export const encryptionTools: readonly WantedProgram[] = [packaged("wg")];

function packaged(program: string, ...libraries: readonly string[]): WantedProgram {
  return { program, packages: [packageFor(program, "debian"), ...libraries] };
}

/** Names under which kmod(8) is called. */
export const kmodNames: readonly string[] = ["modprobe", "insmod", "lsmod", "modinfo", "rmmod"];

/** Folders and files that tools read, where the host has them: names of route protocols, tables and scopes. */
export const guestData: readonly string[] = ["/etc/iproute2", "/usr/share/iproute2", "/etc/protocols"];
