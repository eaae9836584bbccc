import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../run/record.ts";

/** Decides which captures are put into the report; the page holds them all, so their sum must stay small. */
export interface CaptureBudget {
  /** True when a capture of so many bytes may be attached; what is wrong is always worth it. */
  allows(bytes: number, wrong: boolean): boolean;
}

/** Captures beyond 1 MiB are named, not attached; those of passing paths share 4 MiB. */
export function captureBudget(largest = 1 << 20, shared = 4 << 20): CaptureBudget {
  let left = shared;
  return {
    allows(bytes, wrong) {
      if (bytes > largest) return false;
      if (wrong) return true;
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
  };
}

/** Bytes of each capture that a record names and that is still in its results folder. */
export async function captureSizes(record: RunRecord, folder: string): Promise<ReadonlyMap<string, number>> {
  const names = new Set(record.scenarios.flatMap(({ paths }) => paths.flatMap(({ pcaps }) => pcaps)));
  const sizes = new Map<string, number>();
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) sizes.set(name, found.size);
  }
  return sizes;
}
