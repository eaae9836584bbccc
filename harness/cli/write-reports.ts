import { join } from "node:path";
import { localExecutor } from "../exec/local/local.ts";
import { defaultCacheFolder } from "../core/cache-folder.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { generatePage, type PageOutcome } from "../report/allure-page.ts";
import { writeAllure } from "../report/allure.ts";
import { renderCtrf } from "../report/ctrf.ts";
import { reportedRun } from "../report/reported-run.ts";
import { renderJunit } from "../report/junit.ts";
import type { ResultsFolder } from "../report/store.ts";
import { writeHistory } from "../report/write-history.ts";
import { writePictures } from "../report/write-pictures.ts";
import { writeSummary } from "../report/write-summary.ts";
import type { RunRecord } from "../run/record.ts";
import { unwritten, type Unwritten } from "./unwritten.ts";

/** What came of the reports of one run. */
export interface Reports {
  /** Lines for the end of the console: where things are, what could not be made and why. */
  readonly lines: readonly string[];
  /** The Allure page, where it was made. */
  readonly page?: string;
  /** Reports that need nothing but us, and could not be written all the same. */
  readonly unwritten: readonly Unwritten[];
}

function page(folder: ResultsFolder, history: { readonly historyFolder?: string }): Promise<PageOutcome> {
  return generatePage(folder, { executor: localExecutor(), cache: defaultCacheFolder(), ...history });
}

/** Writes JUnit, Allure's results and the Allure page; one that breaks does not stop the others. */
export async function writeReports(
  record: RunRecord,
  folder: ResultsFolder,
  options: { readonly history?: string },
): Promise<Reports> {
  const told = reportedRun(record);
  const broken: Unwritten[] = [];
  const attempt = async (what: string, write: () => Promise<unknown>): Promise<void> => {
    broken.push(...(await unwritten(what, write())));
  };
  const history = options.history === undefined ? {} : { historyFolder: options.history };
  // Java takes longest and is another process: it works while the other reports are written.
  const paging = Promise.all([
    attempt("Allure results", () => writeAllure(told, folder, { history: options.history !== undefined })),
    attempt("the history of costs", () =>
      options.history === undefined ? Promise.resolve() : writeHistory(record, options.history),
    ),
  ]).then(() => (broken.length > 0 ? undefined : page(folder, history)));
  await Promise.all([
    paging,
    attempt("JUnit", () => writeFileAtomic(folder.junit, renderJunit(record, folder.path))),
    attempt("CTRF", () => writeFileAtomic(folder.ctrf, `${JSON.stringify(renderCtrf(told.record), null, 2)}\n`)),
    attempt("the pictures", () => writePictures(told, folder.path)),
    attempt("the summary", () => writeSummary(told, folder.path)),
  ]);
  const made = await paging;
  const isWritten = (name: string): boolean => broken.every(({ what }) => what !== name);
  const summary = isWritten("the summary") ? [`summary ${join(folder.path, "summary.html")}`] : [];
  if (made?.generated === true)
    return { lines: [`report  ${made.page}`, ...summary], page: made.page, unwritten: broken };
  const junit = isWritten("JUnit") ? [`report  ${folder.junit}, ${folder.run}`] : [];
  const why = made === undefined ? [] : [`no Allure page: ${made.because}`, `        ${made.fix}`];
  return { lines: [...junit, ...summary, ...why], unwritten: broken };
}
