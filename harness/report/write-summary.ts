import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { ReportedRun } from "./reported-run.ts";
import { renderSummaryPage } from "./summary-html.ts";
import { renderSummaryMarkdown } from "./summary-markdown.ts";

/** Writes summary.html, summary.md and summary.json into a results folder; returns the page's path. */
export async function writeSummary({ summary }: Pick<ReportedRun, "summary">, folder: string): Promise<string> {
  const json = JSON.stringify(summary, (key, value: unknown) => (key === "path" ? undefined : value), 2);
  const page = join(folder, "summary.html");
  await Promise.all([
    writeFileAtomic(page, renderSummaryPage(summary)),
    writeFileAtomic(join(folder, "summary.md"), renderSummaryMarkdown(summary)),
    writeFileAtomic(join(folder, "summary.json"), `${json}\n`),
  ]);
  return page;
}
