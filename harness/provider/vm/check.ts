import { access } from "node:fs/promises";
import { UsageError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";
import { programProblem } from "../../lab/program-problem.ts";
import { imageProgram, userImage } from "./image-disks.ts";
import { qemuProgram } from "./qemu-command.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** Programs that building and reaching machines needs, each by a command that does nothing. */
const programs: readonly (readonly string[])[] = [
  [qemuProgram, "--version"],
  ["ip", "-V"],
  ["nsenter", "--version"],
  ["busybox", "true"],
  ["depmod", "--version"],
  ["ldd", "--version"],
  ["dpkg-deb", "--version"],
];

/** What a user's own image needs besides. */
const imagePrograms: typeof programs = [[imageProgram, "--version"]];

/** What keeps this host from running machines at all. */
export async function hostProblems(
  host: Executor,
  userId: number | undefined,
  image?: string,
): Promise<readonly Problem[]> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    const what = `virtual machines need Linux on x86-64, and this is ${process.platform} on ${process.arch}`;
    return [{ what, fix: otherProviders }];
  }
  if (userId !== 0)
    return [{ what: "connecting virtual machines requires root", fix: `run it with sudo, or ${otherProviders}` }];
  const needed = image === undefined ? programs : [...programs, ...imagePrograms];
  const answers = await Promise.all(needed.map((argv) => programProblem(host, argv)));
  const tun = await access("/dev/net/tun").then(
    () => [],
    () => [{ what: "there is no /dev/net/tun to connect machines with", fix: "modprobe tun" }],
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
