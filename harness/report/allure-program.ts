import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { cached, pruneCache } from "../core/cache.ts";
import type { Executor } from "../exec/executor.ts";

/** What Allure is run with. */
export interface AllureOptions {
  /** Runs it on this machine. */
  readonly executor: Executor;
  /** Folder where what Java has once loaded of Allure is kept for the next time; missing = nowhere. */
  readonly cache?: string;
}

/** A large report (thousands of tests) needs some ten seconds; beyond this something hangs. */
const generateTimeoutMs = 180_000;

/** Starting counts more than peak speed: the JVM lives about a second. Options that a Java does not know do nothing. */
const javaOptions = "-XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto";

/** Without it the page calls an analytics host whenever somebody opens it (it is read as a boolean: 1 means nothing). */
export const noAnalytics = "ALLURE_NO_ANALYTICS=true";

/** Archives that are kept, 23 MB each: one for each Java and Allure. */
const keptArchives = 2;

/** Generates a report; returns how many milliseconds that took. */
export async function allure(argv: readonly string[], { executor, cache }: AllureOptions): Promise<number> {
  const script = allureScript();
  const java = await javaFile();
  let ms: number | undefined;
  const run = async (option: string): Promise<void> => {
    const words = ["env", `JAVA_OPTS=${javaOptions} ${option}`.trim(), noAnalytics, script, "generate", ...argv];
    ms = (await executor.run(words, { timeoutMs: generateTimeoutMs })).durationMs;
  };
  // JAVA_OPTS are split at blanks.
  if (cache !== undefined && java !== undefined && !/\s/.test(cache)) {
    // Without a cache it takes longer, and that is all.
    await withArchive(cache, await archiveKey(java, script), run).catch(() => undefined);
  }
  if (ms === undefined) await run("");
  return ms ?? 0;
}

/** Runs with the classes of an earlier time; the first time, writes them down. */
async function withArchive(cache: string, key: string, run: (option: string) => Promise<void>): Promise<void> {
  const state = { made: false };
  const folder = await cached(cache, "java", key, async (half) => {
    await run(`-XX:ArchiveClassesAtExit=${join(half, archive)}`);
    state.made = true;
  });
  if (state.made) await pruneCache(cache, "java", keptArchives);
  else await run(`-XX:SharedArchiveFile=${join(folder, archive)}`);
}

/** Classes of Allure as Java keeps them once loaded (application class-data sharing, JEP 350, Java 13): a third of the time is loading them. */
const archive = "allure.jsa";

/** Java refuses an archive of other programs, and Allure's files have no dates of their own. */
async function archiveKey(java: string, script: string): Promise<string> {
  const { size, mtimeMs } = await stat(java);
  return createHash("sha256")
    .update(JSON.stringify([java, size, mtimeMs, script, (await stat(script)).ctimeMs]))
    .digest("hex")
    .slice(0, 16);
}

/** The java(1) that Allure's script takes. */
async function javaFile(): Promise<string | undefined> {
  const home = process.env.JAVA_HOME;
  const folders = home === undefined || home === "" ? (process.env.PATH ?? "").split(delimiter) : [join(home, "bin")];
  for (const folder of folders) {
    const file = await realpath(join(folder, "java")).catch(() => undefined);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** The package's own script by its path: another package installs a command of the same name. */
function allureScript(): string {
  return join(dirname(createRequire(import.meta.url).resolve("allure-commandline")), "dist", "bin", "allure");
}
