import { systemClock, type Clock } from "../core/clock.ts";
import type { CommandResult } from "../exec/executor.ts";

/** Milliseconds that an API may be silent: a control plane on a busy machine was silent for half a minute (measured at load 50). */
const patienceMs = { afterAnAnswer: 120_000, beforeAny: 45_000 } as const;

/** Milliseconds between two attempts. */
const pauseMs = 2_000;

/** What is known of an API's answers: one that has answered before is waited for longer. Shared by all commands of one way to a cluster. */
export class Patience {
  readonly #clock: Clock;
  #answered = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Makes attempts until one ends otherwise than by the way to the API. The last failure is returned when patience ends; one that
   * waiting does not mend, at an API that never answered, at once. What must not be done twice is tried again only where nothing of it
   * can have begun.
   */
  async until(attempt: () => Promise<CommandResult>, twice: "may" | "must-not" = "may"): Promise<Patient> {
    const start = this.#clock.now();
    for (let number = 1; ; number += 1) {
      const result = await attempt();
      if (!isUnreachable(result) || (twice === "must-not" && !notBegun.test(result.stderr))) {
        this.#answered = true;
        return { result, attempts: number };
      }
      const silentMs = this.#clock.now() - start;
      const limit = this.#answered ? patienceMs.afterAnAnswer : patienceMs.beforeAny;
      const hopeless = !this.#answered && !isSlow(result);
      if (hopeless || silentMs >= limit) return { result, attempts: number, silentMs };
      await this.#clock.sleep(pauseMs);
    }
  }
}

/** What attempts came to. */
export interface Patient {
  readonly result: CommandResult;
  readonly attempts: number;
  /** For how long nobody answered, where nobody did until the end. */
  readonly silentMs?: number;
}

/** What kubectl says when no request of a command got to the API, or no answer came back (client-go, net/http). */
export const unreachable =
  /connection refused|no such host|i\/o timeout|Unable to connect to the server|was refused|network is unreachable|no route to host|connection reset by peer|unexpected EOF|http2: client connection lost|Client\.Timeout|context deadline exceeded|TLS handshake timeout|etcdserver: (?:request timed out|leader changed)/i;

/** What it says when not even a connection was there. */
const notBegun =
  /connection refused|was refused|no such host|no route to host|network is unreachable|TLS handshake timeout|dial tcp/i;

/** A command in a pod speaks for itself: kubectl's own failure lacks the line that it adds to an exit code. */
function isUnreachable({ exitCode, stderr }: CommandResult): boolean {
  const isOwn = !stderr.includes("command terminated with exit code");
  return exitCode !== 0 && isOwn && unreachable.test(stderr) && !/x509|executable .* failed/.test(stderr);
}

/** Somebody is there, and does not answer in time. */
function isSlow({ stderr }: CommandResult): boolean {
  return /Client\.Timeout|deadline exceeded|TLS handshake timeout|i\/o timeout|request timed out/i.test(stderr);
}
