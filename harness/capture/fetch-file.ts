import { createHash } from "node:crypto";
import { LabError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { Executor } from "../exec/executor.ts";

/** Bytes asked for at once: executors hold a command's whole output in memory, here as base64. */
const defaultChunk = 8 * 1024 * 1024;

/**
 * Copies a file from a node with a file system of its own to this machine. Executors return text, so it comes as base64,
 * piece by piece; a SHA-256 made on the node proves that it came whole.
 */
export async function fetchFile(
  executor: Executor,
  remote: string,
  local: string,
  chunk: number = defaultChunk,
): Promise<void> {
  const reading = { onlyReads: true } as const;
  const sum = (await executor.run(["sha256sum", remote], reading)).stdout.slice(0, 64);
  const parts: Buffer[] = [];
  for (let index = 0; ; index += 1) {
    const script = 'dd if="$1" bs="$2" skip="$3" count=1 2>/dev/null | base64';
    const argv = ["sh", "-c", script, "sh", remote, String(chunk), String(index)];
    const { stdout } = await executor.run(argv, reading);
    const part = Buffer.from(stdout, "base64");
    parts.push(part);
    if (part.length < chunk) break;
  }
  const bytes = Buffer.concat(parts);
  if (createHash("sha256").update(bytes).digest("hex") !== sum) {
    throw new LabError(`${remote} changed on its way here`, { where: executor.where });
  }
  await writeFileAtomic(local, bytes);
}
