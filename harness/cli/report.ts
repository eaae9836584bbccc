import type { Command } from "commander";
import { ExitCode } from "../core/errors.ts";
import { loadRun } from "../report/store.ts";
import { getTools, reportTools } from "./get-tools.ts";
import { openPage } from "./open-page.ts";
import { refuseOtherThanFolder } from "./refuse-other-than-folder.ts";
import { teach, type Example } from "./teach.ts";
import { unwrittenLines } from "./unwritten.ts";
import { writeReports } from "./write-reports.ts";

interface ReportOptions {
  readonly out: string;
  readonly history?: string;
  readonly open?: boolean;
}

const usage = "npm run lab -- report [run] [options]";

const examples: readonly Example[] = [
  ["npm run lab -- report", "of the last run"],
  ["npm run lab -- report 7f3kq --open", "of this one, and open the page"],
  ["npm run lab -- report results/7f3kq", "of a run in this folder, as one from another machine"],
];

/** `report`: makes the reports of a stored run again. */
export function addReport(program: Command): void {
  const command = program
    .command("report")
    .description("regenerate JUnit, Allure results and the Allure page of a stored run")
    .argument("[run]", "run id, folder of a run, or latest", "latest");
  teach(command, usage, examples)
    .option("--out <dir>", "folder that holds the results", "results")
    .option("--history <dir>", "folder that outlives runs: costs from night to night, and Allure's trend")
    .option("--open", "open the page in a browser")
    .action(async (reference: string, options: ReportOptions) => {
      await refuseOtherThanFolder("--history", options.history);
      const { record, folder } = await loadRun(reference, options.out);
      await getTools(reportTools);
      const { lines, page, unwritten } = await writeReports(record, folder, options);
      for (const line of [...lines, ...unwrittenLines(unwritten, folder.path)]) console.log(line);
      if (options.open === true && page !== undefined) await openPage(page);
      process.exitCode = unwritten.length === 0 ? ExitCode.pass : ExitCode.lab;
    });
}
