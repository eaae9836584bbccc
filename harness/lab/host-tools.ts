import { readFileSync } from "node:fs";

/** Distributions that name packages and install them alike. */
export type Family = "debian" | "fedora" | "suse" | "alpine" | "arch";

/** The table that the bootstrap, which may not depend on anything, reads too. */
const { tools, managers } = JSON.parse(readFileSync(new URL("packages.json", import.meta.url), "utf8")) as {
  readonly tools: Readonly<Record<string, { readonly any: string } & Readonly<Partial<Record<Family, string>>>>>;
  readonly managers: Readonly<Record<Family, PackageManager>>;
};

interface PackageManager {
  readonly program: string;
  readonly environment?: readonly string[];
  readonly install: readonly string[];
  readonly remove: readonly string[];
}

/** Names of the programs that a lab needs on each host. */
export const toolNames: readonly string[] = [
  ...["ip", "tc", "bridge", "nsenter", "unshare"],
  ...["tcpdump", "iperf3", "curl", "ping", "nft", "busybox", "perl"],
];

/** The package that has a program on distributions of a family; where none is known, the name that most give it. */
export function packageFor(tool: string, family?: Family): string {
  const names = tools[tool];
  return (family === undefined ? undefined : names?.[family]) ?? names?.any ?? tool;
}

/** The packages that have these tools, on a distribution given by ID and ID_LIKE of os-release. */
export function packagesOf(names: readonly string[], distribution: readonly string[]): readonly string[] {
  const family = familyOf(distribution);
  return [...new Set(names.map((name) => packageFor(name, family)))];
}

/** The command that installs packages without questions; undefined for a distribution whose package manager is not known. */
export function installArgv(
  packages: readonly string[],
  distribution: readonly string[],
): readonly string[] | undefined {
  const family = familyOf(distribution);
  if (family === undefined) return undefined;
  const { program, environment, install } = managers[family];
  return [...(environment === undefined ? [] : ["env", ...environment]), program, ...install, ...packages];
}

/** The command that removes them again, for people. */
export function removeArgv(packages: readonly string[], distribution: readonly string[]): readonly string[] {
  const family = familyOf(distribution);
  return family === undefined ? [] : [managers[family].program, ...managers[family].remove, ...packages];
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
