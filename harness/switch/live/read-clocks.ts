import { settleAll } from "../../core/settle.ts";
import type { LabNode } from "../../lab/lab.ts";

/** Looks at a clock: the one that took the shortest tells most. */
const looks = 3;

/** Epoch seconds by this process's clock, which is that of captures in namespaces and containers of this host. */
export function clockNow(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

/**
 * By how many seconds each node's clock is ahead of this host's: captures of machines with clocks of their own tell of one time only then. 0 where
 * the asking took so long that the difference may be none, as in namespaces, and where a node's date(1) tells no fractions.
 */
export async function readClocks(nodes: readonly LabNode[]): Promise<ReadonlyMap<string, number>> {
  const read = nodes.map(async ({ name, executor }) => {
    let best = { took: Infinity, ahead: 0 };
    for (let look = 0; look < looks; look += 1) {
      const before = clockNow();
      const { stdout } = await executor.tryRun(["date", "+%s.%N"]);
      const after = clockNow();
      if (after - before < best.took && /^\d+\.\d+$/.test(stdout.trim()))
        best = { took: after - before, ahead: Number(stdout) - (before + after) / 2 };
    }
    return [name, Math.abs(best.ahead) > best.took / 2 ? best.ahead : 0] as const;
  });
  return new Map(await settleAll(read));
}
