import type { Executor } from "../../exec/executor.ts";

/** Reaper image of testcontainers 11.14.0 (its reaper/reaper.ts). */
export const reaperImage = "testcontainers/ryuk:0.14.0";

/**
 * Labels by which testcontainers' reaper removes what this process leaves when it dies; undefined where there is none at
 * hand. It removes everything some seconds after this process ends, however: labs that shall stay must do without.
 */
export async function reaperLabels(
  host: Executor,
  stays: boolean,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (stays) return undefined;
  if ((await host.tryRun(["docker", "image", "inspect", reaperImage])).exitCode !== 0) return undefined;
  const { getContainerRuntimeClient, getReaper, LABEL_TESTCONTAINERS_SESSION_ID } = await import("testcontainers");
  try {
    const { sessionId } = await getReaper(await getContainerRuntimeClient());
    return { [LABEL_TESTCONTAINERS_SESSION_ID]: sessionId };
  } catch {
    // An engine may forbid what it needs, a mount of its socket: labels and `down --stale` do without.
    return undefined;
  }
}
