import type { Command } from "commander";
import { ExitCode } from "../core/errors.ts";
import { loadRun } from "../report/store.ts";
import { getTools, reportTools } from "./get-tools.ts";
import { openPage } from "./open-page.ts";
import { unwrittenLines } from "./unwritten.ts";
import { writeReports } from "./write-reports.ts";

interface ReportOptions {
  readonly out: string;
  readonly history?: string;
  readonly open?: boolean;
}

/** `report`: makes the reports of a stored run again. */
export function addReport(program: Command): void {
  program
    .command("report")
    .description("regenerate JUnit, Allure results and the Allure page of a stored run")
    .argument("[run]", "run id, folder of a run, or latest", "latest")
    .option("--out <dir>", "folder that holds the results", "results")
    .option("--history <dir>", "folder that outlives runs: costs from night to night, and Allure's trend")
    .option("--open", "open the page in a browser")
    .action(async (reference: string, options: ReportOptions) => {
      const { record, folder } = await loadRun(reference, options.out);
      await getTools(reportTools);
      const { lines, page, unwritten } = await writeReports(record, folder, options);
      for (const line of [...lines, ...unwrittenLines(unwritten, folder.path)]) console.log(line);
      if (options.open === true && page !== undefined) await openPage(page);
      process.exitCode = unwritten.length === 0 ? ExitCode.pass : ExitCode.lab;
    });
}
