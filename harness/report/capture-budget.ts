import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "../run/record.ts";

/** Decides which captures are put into the report; the page holds them all, so their sum must stay small. */
export interface CaptureBudget {
  /** True when a capture of so many bytes may be attached; one that several paths share counts once. */
  allows(name: string, bytes: number, wrong: boolean): boolean;
}

/** Only what is wrong has its captures attached, up to 256 KiB together; the others are named. */
export function captureBudget(shared = 256 << 10): CaptureBudget {
  const attached = new Set<string>();
  let left = shared;
  return {
    allows(name, bytes, wrong) {
      if (!wrong) return false;
      if (attached.has(name)) return true;
      if (bytes > left) return false;
      left -= bytes;
      attached.add(name);
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
