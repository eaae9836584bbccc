import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { shellQuote } from "../../exec/quote.ts";
import { cached, markUsed, pruneCache } from "../../core/cache.ts";
import { exists } from "../../core/exists.ts";
import { modelArgv, type MachineModel } from "./qemu-command.ts";
import { saveState } from "./qmp.ts";

/** Saved states that stay in the cache, about 130 MB each. */
const keptStates = 4;

/** Name of the state that fits a machine: everything that a restored machine must share with the saved one. */
export function stateKey(
  model: MachineModel,
  qemuVersion: string,
  kernelRelease: string,
  imageDigest: string,
  payloadDigest?: string,
): string {
  // The files' paths do not count, their content does.
  const payload = payloadDigest === undefined ? {} : { payload: payloadDigest };
  const argv = modelArgv({ ...model, ...payload, kernel: kernelRelease, initramfs: imageDigest });
  return createHash("sha256")
    .update(JSON.stringify([qemuVersion, argv]))
    .digest("hex")
    .slice(0, 16);
}

/** File of the saved state, if there is one. */
export async function findState(cache: string, key: string): Promise<string | undefined> {
  const file = join(cache, "states", key, "state");
  if (!(await exists(file))) return undefined;
  await markUsed(dirname(file));
  return file;
}

/**
 * Saves the state of a machine that waits for its identity; the machine runs on afterwards. Returns the file, or undefined when it
 * could not be saved: machines then boot, and `onNotice` is told why they do.
 */
export async function keepState(kit: Kit, qmpPath: string, where: string): Promise<string | undefined> {
  const { cache, stateKey: key, onNotice } = kit;
  try {
    const folder = await cached(cache, "states", key, async (half) => {
      const file = join(half, "state");
      await saveState(qmpPath, where, `exec:cat >${shellQuote([file])}`);
    });
    await pruneCache(cache, "states", keptStates);
    return join(folder, "state");
  } catch (error) {
    onNotice?.(
      `the state of ${where} could not be saved, so all machines boot, now and next time: ${messageOf(error)}`,
    );
    return undefined;
  }
}

interface Kit {
  readonly onNotice?: (text: string) => void;
  readonly cache: string;
  readonly stateKey: string;
}
