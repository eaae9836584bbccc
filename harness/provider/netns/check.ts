import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";
import { programProblem } from "../../lab/program-problem.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** Programs without which no lab of namespaces can be built, each by a command that does nothing. */
const programs: readonly (readonly string[])[] = [
  ["ip", "-V"],
  ["nsenter", "--version"],
  ["ping", "-V"],
];

/** What keeps this machine from making network namespaces at all; asked before anything is tried. */
export async function machineProblems(host: Executor, userId: number | undefined): Promise<readonly Problem[]> {
  if (process.platform !== "linux") {
    return [{ what: `network namespaces need Linux, and this is ${process.platform}`, fix: otherProviders }];
  }
  if (userId !== 0) {
    return [{ what: "creating network namespaces requires root", fix: `run it with sudo, or ${otherProviders}` }];
  }
  const answers = await Promise.all(programs.map((argv) => programProblem(host, argv)));
  return answers.flat();
}

/** Words for a failed attempt to make a namespace. */
export function namespaceProblem(error: unknown): Problem {
  const tail = error instanceof CommandError ? (error.details.tail ?? error.message) : String(error);
  const forbidden = /not permitted|permission denied/i.test(tail);
  return {
    what: `a network namespace cannot be created here: ${tail.split("\n").at(-1) ?? tail}`,
    fix: forbidden
      ? `in a container, give it --privileged (or CAP_SYS_ADMIN and CAP_NET_ADMIN), or ${otherProviders}`
      : `use a kernel with CONFIG_NET_NS and CONFIG_VETH, or ${otherProviders}`,
  };
}
