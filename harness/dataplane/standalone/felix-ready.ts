import { poll, type Look } from "../../core/poll.ts";
import type { Lab } from "../../lab/lab.ts";
import { nodeFolder } from "./lab-folder.ts";
import { logTail } from "./log-tail.ts";

/** Asks Felix whether it is ready: FELIX_HEALTHENABLED, on Felix's default port. */
const question = ["curl", "-sS", "--max-time", "5", "-w", "\nHTTP %{http_code}", "http://127.0.0.1:9099/readiness"];

/**
 * Waits until Felix on every node says that it is ready: one that waits for tables it cannot get leaves the packets of a
 * converged lab to chance, and says so here alone.
 */
export async function waitForFelix(lab: Lab, timeoutMs: number): Promise<void> {
  await Promise.all(
    lab.nodes.map(async ({ name, executor }) => {
      const look = async (): Promise<Look<undefined>> => {
        const { stdout, stderr } = await executor.tryRun(question);
        if (stdout.endsWith("\nHTTP 200")) return { done: true, value: undefined };
        return { done: false, seen: `${stdout} ${stderr}`.trim().replaceAll(/\s+/g, " ") };
      };
      try {
        await poll(look, { what: `Felix on ${name} to be ready`, timeoutMs, intervalMs: 100 });
      } catch (error) {
        throw await logTail(error, executor, `${nodeFolder(lab, name)}/felix.log`);
      }
    }),
  );
}
