import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { groupBy } from "../core/group-by.ts";
import { fileWord } from "../core/file-word.ts";
import { addToHistory } from "../history/history-file.ts";
import { nightsOf, type Night } from "../history/night.ts";
import { trendsOf, type Trend } from "../history/trend.ts";
import type { RunRecord } from "../run/record.ts";
import { csvText } from "./csv.ts";
import { renderTrendSvg } from "./trend-svg.ts";

/** Adds a run's ratios to the history folder: `costs.ndjson`, the same as `costs.csv`, and a picture of each kind of path in `trends/`. */
export async function writeHistory(record: RunRecord, folder: string): Promise<void> {
  const own = nightsOf(record);
  if (own.length === 0) return;
  const history = await addToHistory(folder, own);
  await writeFileAtomic(join(folder, "costs.csv"), `${historyCsv(history)}\n`);
  const groups = groupBy(trendsOf(history), (trend) => `${titleOf(trend)}, ${placeOf(trend)}`);
  await Promise.all(
    [...groups].map(([name, trends]) => {
      const file = join(folder, "trends", `${fileWord(name)}.svg`);
      const [first] = trends;
      return first === undefined
        ? Promise.resolve()
        : writeFileAtomic(file, `${renderTrendSvg(titleOf(first), placeOf(first), trends)}\n`);
    }),
  );
}

const columns = [
  ...["run", "startedAt", "id", "variant", "topology", "provider", "dataplane", "kernel", "metric", "baseline"],
  ...["better", "ratio", "low", "high", "floor", "pairs", "busy", "labs", "finding"],
] as readonly (keyof Night)[];

function historyCsv(history: readonly Night[]): string {
  return csvText([columns, ...history.map((night) => columns.map((column) => night[column]))]);
}

/** `vxlan-always cross-subnet v4 against plain`: metrics of one kind of path stand together. */
function titleOf({ nights: [first] }: Trend): string {
  const [mode = "", , locality = "", family = ""] = first?.id.split("/") ?? [];
  const variant = first?.variant === undefined ? "" : ` (${first.variant})`;
  return `${mode}${variant} ${locality} ${family} against ${first?.baseline ?? ""}`;
}

function placeOf({ nights: [first] }: Trend): string {
  return first === undefined ? "" : `${first.topology} in ${first.provider}, ${first.dataplane}`;
}
