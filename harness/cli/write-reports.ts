import { join } from "node:path";
import { localExecutor } from "../exec/local/local.ts";
import { messageOf } from "../core/errors.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { generatePage } from "../report/allure-page.ts";
import { writeAllure } from "../report/allure.ts";
import { renderCtrf } from "../report/ctrf.ts";
import { reportedRun } from "../report/reported-run.ts";
import { renderJunit } from "../report/junit.ts";
import type { ResultsFolder } from "../report/store.ts";
import { writeHistory } from "../report/write-history.ts";
import { writePictures } from "../report/write-pictures.ts";
import { writeSummary } from "../report/write-summary.ts";
import type { RunRecord } from "../run/record.ts";

/** What came of the reports of one run. */
export interface Reports {
  /** Lines for the end of the console: where things are, what could not be made and why. */
  readonly lines: readonly string[];
  /** The Allure page, where it was made. */
  readonly page?: string;
  /** False when a report that needs nothing but us could not be written. */
  readonly ok: boolean;
}

/** Writes JUnit, Allure's results and the Allure page; one that breaks does not stop the others. */
export async function writeReports(
  record: RunRecord,
  folder: ResultsFolder,
  options: { readonly history?: string },
): Promise<Reports> {
  const told = reportedRun(record);
  const broken: string[] = [];
  const attempt = async (what: string, write: () => Promise<unknown>): Promise<void> => {
    await write().catch((error: unknown) => broken.push(`${what} could not be written: ${messageOf(error)}`));
  };
  const history = options.history === undefined ? {} : { historyFolder: options.history };
  // Java takes longest and is another process: it works while the other reports are written.
  const paging = Promise.all([
    attempt("Allure results", () => writeAllure(told, folder)),
    attempt("the history of costs", () =>
      options.history === undefined ? Promise.resolve() : writeHistory(record, options.history),
    ),
  ]).then(() => generatePage(folder, { executor: localExecutor(), ...history }));
  await Promise.all([
    paging,
    attempt("JUnit", () => writeFileAtomic(folder.junit, renderJunit(record, folder.path))),
    attempt("CTRF", () => writeFileAtomic(folder.ctrf, `${JSON.stringify(renderCtrf(told.record), null, 2)}\n`)),
    attempt("the pictures", () => writePictures(told, folder.path)),
    attempt("the summary", () => writeSummary(told, folder.path)),
  ]);
  const page = await paging;
  const summary = `summary ${join(folder.path, "summary.html")}`;
  if (page.generated)
    return { lines: [`report  ${page.page}`, summary, ...broken], page: page.page, ok: broken.length === 0 };
  const lines = [
    `report  ${folder.junit}, ${folder.run}`,
    summary,
    `no Allure page: ${page.because}`,
    `        ${page.fix}`,
  ];
  return { lines: [...lines, ...broken], ok: broken.length === 0 };
}
