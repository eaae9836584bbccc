import type { Scope } from "../core/scope.ts";
import type { CommandResult, Executor, RunningCommand, RunOptions } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import type { PerFamily } from "../topology/topology.ts";

/** A node, router or pod of a lab, for commands by hand. */
export interface Place {
  readonly name: string;
  /** Its addresses as they are: a pod's by whoever gave them out, a node's on its uplink; none of a router's. */
  readonly addresses: PerFamily<string>;
  /** Runs to the end; throws where the exit code is not 0. */
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs to the end; any exit code is data. */
  tryRun(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Starts a command that goes on beside the test and ends with the lab at the latest. */
  start(argv: readonly string[], options?: RunOptions): Promise<RunningCommand>;
}

/** Where a place is. */
export interface Spot extends Pick<Place, "name" | "addresses"> {
  readonly executor: Executor;
}

/** A place whose commands are told to `note`, so that the report says what was done by hand. */
export function placeOf({ name, addresses, executor }: Spot, scope: Scope, note: (line: string) => void): Place {
  const told = async (argv: readonly string[], running: Promise<CommandResult>): Promise<CommandResult> => {
    const result = await running;
    note(line(argv, result.exitCode === 0 ? "" : `   # exit ${result.exitCode}`));
    return result;
  };
  const line = (argv: readonly string[], suffix: string): string => `${name}: ${shellQuote(argv)}${suffix}`;
  return {
    name,
    addresses,
    run: (argv, options) => told(argv, executor.run(argv, options)),
    tryRun: (argv, options) => told(argv, executor.tryRun(argv, options)),
    start: (argv, options) => {
      note(line(argv, " &"));
      return executor.spawn(argv, scope, options);
    },
  };
}
