import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "./atomic-file.ts";

/** An answer, and the files and folders that it depends on. */
export interface Traced<T> {
  readonly value: T;
  readonly sources: readonly string[];
}

interface Remembered<T> extends Traced<T> {
  /** Size and time of change of each source. */
  readonly stamps: readonly string[];
}

/**
 * Gives the answer that was found for an equal question before, while none of its sources has changed; otherwise asks again and
 * remembers. `question` must hold everything else that the answer depends on.
 */
export async function recalled<T>(cache: string, question: string, ask: () => Promise<Traced<T>>): Promise<T> {
  const key = createHash("sha256").update(question).digest("hex").slice(0, 16);
  const file = join(cache, "answers", `${key}.json`);
  const known = await readRemembered<T>(file);
  if (known !== undefined && same(known.stamps, await stampsOf(known.sources))) return known.value;
  const answer = await ask();
  await writeFileAtomic(file, JSON.stringify({ ...answer, stamps: await stampsOf(answer.sources) }));
  return answer.value;
}

async function readRemembered<T>(file: string): Promise<Remembered<T> | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Remembered<T>;
  } catch {
    return undefined;
  }
}

function stampsOf(sources: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    sources.map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      return found === undefined ? "missing" : `${found.size} ${found.mtimeMs} ${found.ino}`;
    }),
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((stamp, index) => stamp === b[index]);
}
