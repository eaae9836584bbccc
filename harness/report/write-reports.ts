import { writeFileAtomic } from "../core/atomic-file.ts";
import { messageOf } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import type { RunRecord } from "../run/record.ts";
import { generatePage, type PageOutcome } from "./allure-page.ts";
import { writeAllure, type AllureExecutor } from "./allure.ts";
import { renderJunit } from "./junit.ts";
import { saveRun, type ResultsFolder } from "./store.ts";

export interface ReportOptions {
  /** Runs Allure on this machine. */
  readonly executor: Executor;
  /** Who ran the tests; CI passes its own. */
  readonly allureExecutor?: AllureExecutor;
  /** Folder that carries Allure's history from run to run. */
  readonly historyFolder?: string;
}

/** What was written, and what was not. */
export interface ReportOutcome {
  /** One line per report that could not be written; the others were. */
  readonly errors: readonly string[];
  readonly page: PageOutcome;
}

/** Writes run.json, junit.xml, allure-results and the page. One that breaks does not keep the others from being written. */
export async function writeReports(
  record: RunRecord,
  folder: ResultsFolder,
  options: ReportOptions,
): Promise<ReportOutcome> {
  const { executor, allureExecutor, historyFolder } = options;
  const errors: string[] = [];
  const attempt = async (name: string, write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (error) {
      errors.push(`${name} could not be written: ${messageOf(error)}`);
      return false;
    }
  };
  await attempt("run.json", () => saveRun(folder, record));
  await attempt("junit.xml", () => writeFileAtomic(folder.junit, renderJunit(record, folder.path)));
  const allureOptions = allureExecutor === undefined ? {} : { executor: allureExecutor };
  if (!(await attempt("allure-results", () => writeAllure(record, folder, allureOptions)))) {
    return {
      errors,
      page: { generated: false, because: "allure-results could not be written", fix: errors.join("; ") },
    };
  }
  const page = await generatePage(folder, { executor, ...(historyFolder === undefined ? {} : { historyFolder }) });
  return { errors, page };
}

/** The lines at the end of a run: where the reports are, or why one is not there and how to get it. */
export function renderReportLines(outcome: ReportOutcome, folder: ResultsFolder): readonly string[] {
  const { page, errors } = outcome;
  const last = page.generated
    ? [`report  ${page.page}`]
    : [`results ${folder.path}`, `no page: ${page.because}`, `  fix   ${page.fix}`];
  return [...last, ...errors];
}
