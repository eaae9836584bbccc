import { access } from "node:fs/promises";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../provider.ts";
import { qemuProgram } from "./qemu-command.ts";

/** Programs that building and reaching machines needs, with the Debian package of each. */
const programs: readonly (readonly [argv: readonly string[], debianPackage: string])[] = [
  [[qemuProgram, "--version"], "qemu-system-x86"],
  [["ip", "-V"], "iproute2"],
  [["nsenter", "--version"], "util-linux"],
  [["busybox", "true"], "busybox"],
  [["depmod", "--version"], "kmod"],
  [["ldd", "--version"], "libc-bin"],
  [["dpkg-deb", "--version"], "dpkg"],
];

const otherProviders = "or choose another provider: --provider netns, --provider docker";

/** What keeps this host from running machines at all. */
export async function hostProblems(host: Executor, userId: number | undefined): Promise<readonly Problem[]> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const what = `virtual machines need Linux on x86-64, this is ${process.platform} on ${process.arch}`;
    return [{ what, fix: otherProviders.slice(3) }];
  }
  if (userId !== 0) return [{ what: "wiring virtual machines needs root", fix: `run it with sudo, ${otherProviders}` }];
  const answers = await Promise.all(programs.map(([argv, name]) => programProblem(host, argv, name)));
  const tun = await access("/dev/net/tun").then(
    () => [],
    () => [{ what: "there is no /dev/net/tun to wire machines with", fix: "modprobe tun" }],
  );
  return [...answers.flat(), ...tun];
}

async function programProblem(host: Executor, argv: readonly string[], name: string): Promise<readonly Problem[]> {
  try {
    await host.tryRun(argv);
    return [];
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure !== "missing-program") throw error;
    return [{ what: `${argv[0] ?? ""} is not installed`, fix: `install the package ${name}` }];
  }
}
