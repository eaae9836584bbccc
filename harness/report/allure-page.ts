import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import { shellQuote } from "../exec/quote.ts";
import type { Executor } from "../exec/executor.ts";
import { allure, noAnalytics, type AllureOptions } from "./allure-program.ts";
import { packPage } from "./pack-page.ts";
import type { ResultsFolder } from "./store.ts";

/** What became of the page; a run never fails because of it. */
export type PageOutcome =
  | { readonly generated: true; readonly page: string; readonly ms: number }
  | { readonly generated: false; readonly because: string; readonly fix: string };

export interface PageOptions extends AllureOptions {
  /** Folder that carries Allure's history from run to run; read before, replaced after. */
  readonly historyFolder?: string;
}

/** Makes the single-file page of allure-results, which opens from disk. Needs Java; without it says how to get it. */
export async function generatePage(folder: ResultsFolder, options: PageOptions): Promise<PageOutcome> {
  try {
    if (!(await hasResults(folder))) {
      const because = "there are no allure-results to generate it from";
      return { generated: false, because, fix: `${later(folder)}, once the cause is gone` };
    }
    await bringHistory(folder, options.historyFolder);
    const ms = await generate(["--single-file"], folder, folder.allureReport, options);
    await writeFile(folder.page, packPage(await readFile(folder.page, "utf8")));
    await keepHistory(folder, options);
    return { generated: true, page: folder.page, ms };
  } catch (error) {
    return explain(messageOf(error), folder, options.executor);
  }
}

function later(folder: ResultsFolder): string {
  return `npm run lab -- report ${folder.path}`;
}

/** Allure would make an empty page of nothing, which looks like a run in which nothing was wrong. */
async function hasResults(folder: ResultsFolder): Promise<boolean> {
  const names = await readdir(folder.allureResults).catch(() => []);
  return names.some((name) => name.endsWith("-result.json"));
}

function generate(
  flags: readonly string[],
  { allureResults }: ResultsFolder,
  to: string,
  options: PageOptions,
): Promise<number> {
  return allure([allureResults, "-o", to, "--clean", ...flags], options);
}

async function bringHistory(folder: ResultsFolder, historyFolder: string | undefined): Promise<void> {
  if (historyFolder === undefined || !(await exists(historyFolder))) return;
  // The folder holds more than Allure's trend: costs from night to night.
  await cp(historyFolder, join(folder.allureResults, "history"), {
    recursive: true,
    filter: (place) => place === historyFolder || place.endsWith(".json"),
  });
}

/** The single file holds no history folder, so the report is made once more as many files, only for that. */
async function keepHistory(folder: ResultsFolder, options: PageOptions): Promise<void> {
  const { historyFolder } = options;
  if (historyFolder === undefined) return;
  const full = await mkdtemp(join(folder.path, "allure-full-"));
  try {
    await generate([], folder, full, options);
    await cp(join(full, "history"), historyFolder, { recursive: true });
  } finally {
    await rm(full, { recursive: true, force: true });
  }
}

/** Makes the same page with Allure 3, which needs no Java, and is too large (128 packages, 53 MB) to bring along for it. */
function withoutJava({ allureResults, allureReport }: ResultsFolder): string {
  return `${noAnalytics} npx allure@3.18.0 allure2 ${shellQuote([allureResults])} --single-file -o ${shellQuote([allureReport])}`;
}

async function explain(message: string, folder: ResultsFolder, executor: Executor): Promise<PageOutcome> {
  const java = await executor.tryRun(["java", "-version"]).then(
    (result) => result.exitCode === 0,
    () => false,
  );
  if (java) return { generated: false, because: message, fix: `${later(folder)}, once the cause is gone` };
  return {
    generated: false,
    because: "Allure needs Java, and there is none on PATH",
    fix: `summary.html says what was found; for the page install a Java runtime (Debian: apt-get install default-jre-headless), then: ${later(folder)}; or without Java, the same page by Allure 3: ${withoutJava(folder)}`,
  };
}
