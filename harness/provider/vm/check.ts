import { access } from "node:fs/promises";
import { UsageError } from "../../core/errors.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";
import { imageProgram, userImage } from "./image-disks.ts";
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

/** What a user's own image needs besides. */
const imagePrograms: typeof programs = [[[imageProgram, "--version"], "qemu-utils"]];

const otherProviders = "or choose another provider: --provider netns, --provider docker";

/** What keeps this host from running machines at all. */
export async function hostProblems(
  host: Executor,
  userId: number | undefined,
  image?: string,
): Promise<readonly Problem[]> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const what = `virtual machines need Linux on x86-64, this is ${process.platform} on ${process.arch}`;
    return [{ what, fix: otherProviders.slice(3) }];
  }
  if (userId !== 0) return [{ what: "wiring virtual machines needs root", fix: `run it with sudo, ${otherProviders}` }];
  const needed = image === undefined ? programs : [...programs, ...imagePrograms];
  const answers = await Promise.all(needed.map(([argv, name]) => programProblem(host, argv, name)));
  const tun = await access("/dev/net/tun").then(
    () => [],
    () => [{ what: "there is no /dev/net/tun to wire machines with", fix: "modprobe tun" }],
  );
  const problems = [...answers.flat(), ...tun];
  return problems.length > 0 || image === undefined ? problems : imageProblems(host, image);
}

async function imageProblems(host: Executor, image: string): Promise<readonly Problem[]> {
  try {
    await userImage(host, image);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ what: error.message, fix: error.details.fix ?? "give another --image" }];
  }
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
