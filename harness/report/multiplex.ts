import { messageOf } from "../core/errors.ts";
import type { RunListener } from "../run/record.ts";

/** A listener with the name that stands in the message when it breaks. */
export interface NamedListener {
  readonly name: string;
  readonly listener: RunListener;
}

/** One listener for many, which tells at the end which of them broke. */
export interface Multiplexer extends RunListener {
  on: (event: Parameters<RunListener["on"]>[0]) => Promise<void>;
  /** One line per broken listener: its first error and the event that caused it. */
  errors(): readonly string[];
}

/** Passes every event to every listener in turn. One that throws is left out from then on; the others go on. */
export function multiplex(listeners: readonly NamedListener[]): Multiplexer {
  const broken = new Map<NamedListener, string>();
  return {
    async on(event) {
      for (const named of listeners) {
        if (broken.has(named)) continue;
        try {
          await named.listener.on(event);
        } catch (error) {
          broken.set(named, `${named.name} report broke at ${event.kind}: ${messageOf(error)}`);
        }
      }
    },
    errors: () => [...broken.values()],
  };
}
