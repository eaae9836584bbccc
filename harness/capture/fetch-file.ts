import { createHash } from "node:crypto";
import { LabError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { Executor } from "../exec/executor.ts";

/** Bytes asked for at once: executors hold a command's whole output in memory, here as base64. */
const defaultChunk = 8 * 1024 * 1024;

/**
 * Copies a file from a node with a file system of its own to this machine. Executors return text, so it comes as base64,
 * piece by piece; a SHA-256 made on the node, which comes with the first, proves that it came whole.
 */
export async function fetchFile(
  executor: Executor,
  remote: string,
  local: string,
  chunk: number = defaultChunk,
): Promise<void> {
  const reading = { onlyReads: true } as const;
  const parts: Buffer[] = [];
  let sum = "";
  for (let index = 0; ; index += 1) {
    const piece = 'dd if="$1" bs="$2" skip="$3" count=1 2>/dev/null | base64';
    const script = index === 0 ? `sha256sum "$1" && ${piece}` : piece;
    const argv = ["sh", "-c", script, "sh", remote, String(chunk), String(index)];
    const { stdout } = await executor.run(argv, reading);
    const begin = index === 0 ? stdout.indexOf("\n") + 1 : 0;
    if (index === 0) sum = stdout.slice(0, 64);
    const part = Buffer.from(stdout.slice(begin), "base64");
    parts.push(part);
    if (part.length < chunk) break;
  }
  const bytes = Buffer.concat(parts);
  if (createHash("sha256").update(bytes).digest("hex") !== sum) {
    throw new LabError(`${remote} changed on its way here`, { where: executor.where });
  }
  await writeFileAtomic(local, bytes);
}
