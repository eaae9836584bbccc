import { constants } from "node:os";

const namedExits: Readonly<Record<number, string>> = {
  126: "exit 126: the program was found but could not be executed",
  127: "exit 127: the program was not found",
};

/**
 * Says what an exit code means, in words. 126, 127 and 128 + n are POSIX sh conventions (POSIX.1-2017, 2.8.2); everything
 * else belongs to the program and is only named by its number.
 */
export function exitMeaning(exitCode: number): string {
  const signal = signalName(exitCode - 128);
  return namedExits[exitCode] ?? (signal === undefined ? `exit ${exitCode}` : `exit ${exitCode}: killed by ${signal}`);
}

/** 128 + number of a signal, as a shell reports a killed command. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
