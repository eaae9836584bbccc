import { InterruptedError } from "../core/errors.ts";

/** npm passes a terminal's Ctrl-C on to its child, which has it from the terminal already: copies come within this time. */
const duplicateWithinMs = 1000;

/** Aborts at the first SIGINT or SIGTERM, so that everything is torn down; a second one kills at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      process.stderr.write(`\n${name}: tearing down (again to kill)\n`);
      controller.abort(new InterruptedError(name));
    } else if (now - firstAt > duplicateWithinMs) {
      process.stderr.write("killed; npm run lab -- down --stale removes what is left\n");
      process.exit(130);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller.signal;
}
