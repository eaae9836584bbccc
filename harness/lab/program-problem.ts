import { CommandError } from "../exec/command-error.ts";
import type { Executor } from "../exec/executor.ts";
import { packageFor } from "./host-tools.ts";
import type { Problem } from "./lab.ts";

/** Tells that a program is not installed, with its Debian package, by a command that does nothing (`ip -V`). */
export async function programProblem(host: Executor, argv: readonly string[]): Promise<readonly Problem[]> {
  const [program = ""] = argv;
  try {
    await host.tryRun(argv);
    return [];
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure !== "missing-program") throw error;
    return [{ what: `${program} is not installed`, fix: `install the package ${packageFor(program, "debian")}` }];
  }
}
