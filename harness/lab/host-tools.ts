/** Packages of one tool, by family of distributions. */
interface Tool {
  readonly name: string;
  /** Where no family says otherwise. */
  readonly package: string;
  readonly others?: Readonly<Partial<Record<Family, string>>>;
}

type Family = "debian" | "fedora" | "alpine" | "suse" | "arch";

/** Programs that a lab needs on each host. */
const tools: readonly Tool[] = [
  { name: "ip", package: "iproute2", others: { fedora: "iproute" } },
  { name: "tc", package: "iproute2", others: { fedora: "iproute-tc", alpine: "iproute2-tc" } },
  { name: "bridge", package: "iproute2", others: { fedora: "iproute" } },
  { name: "nsenter", package: "util-linux", others: { alpine: "util-linux-misc" } },
  { name: "unshare", package: "util-linux", others: { alpine: "util-linux-misc" } },
  { name: "tcpdump", package: "tcpdump" },
  { name: "iperf3", package: "iperf3", others: { suse: "iperf" } },
  { name: "curl", package: "curl" },
  { name: "ping", package: "iputils", others: { debian: "iputils-ping" } },
  { name: "nft", package: "nftables" },
  { name: "busybox", package: "busybox" },
  { name: "perl", package: "perl", others: { debian: "perl-base", fedora: "perl-interpreter", suse: "perl-base" } },
];

/** How packages are installed without questions, and removed, by family. */
const managers: Readonly<Record<Family, { readonly install: readonly string[]; readonly remove: readonly string[] }>> =
  {
    debian: {
      install: ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "install", "--no-install-recommends"],
      remove: ["apt-get", "remove"],
    },
    fedora: { install: ["dnf", "-q", "-y", "install"], remove: ["dnf", "remove"] },
    alpine: { install: ["apk", "add", "-q"], remove: ["apk", "del"] },
    suse: { install: ["zypper", "-q", "-n", "install"], remove: ["zypper", "remove"] },
    arch: { install: ["pacman", "-q", "-S", "--noconfirm", "--needed"], remove: ["pacman", "-R"] },
  };

/** Names of the programs that a lab needs on each host. */
export const toolNames: readonly string[] = tools.map(({ name }) => name);

/** The packages that have these tools, on a distribution given by ID and ID_LIKE of os-release. */
export function packagesOf(names: readonly string[], distribution: readonly string[]): readonly string[] {
  const family = familyOf(distribution);
  const packages = tools
    .filter(({ name }) => names.includes(name))
    .map((tool) => (family === undefined ? undefined : tool.others?.[family]) ?? tool.package);
  return [...new Set(packages)];
}

/** The command that installs packages; undefined for a distribution whose package manager is not known. */
export function installArgv(
  packages: readonly string[],
  distribution: readonly string[],
): readonly string[] | undefined {
  const family = familyOf(distribution);
  return family === undefined ? undefined : [...managers[family].install, ...packages];
}

/** The command that removes them again, for people. */
export function removeArgv(packages: readonly string[], distribution: readonly string[]): readonly string[] {
  const family = familyOf(distribution);
  return family === undefined ? [] : [...managers[family].remove, ...packages];
}

function familyOf(distribution: readonly string[]): Family | undefined {
  const words = new Set(distribution);
  const has = (...names: readonly string[]): boolean => names.some((name) => words.has(name));
  if (has("debian", "ubuntu")) return "debian";
  if (has("fedora", "rhel", "centos")) return "fedora";
  if (has("suse", "opensuse", "sles")) return "suse";
  if (has("alpine")) return "alpine";
  return has("arch") ? "arch" : undefined;
}
