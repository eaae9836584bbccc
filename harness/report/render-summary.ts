import type { RunRecord } from "../run/record.ts";
import { formatMs, formatCount, plural } from "./format.ts";
import type { Style } from "./style.ts";

/** The last word on a run: troubles, then one line with the outcome and every count; ends with a line end. */
export function renderSummary(record: RunRecord, style: Style): string {
  const { summary } = record;
  const done = record.scenarios.filter((scenario) => scenario.skip === undefined);
  const ran = new Set(done.map(({ mode }) => mode)).size;
  const variants = new Set(done.map(({ variant }) => variant)).size;
  const left = record.scenarios.length - done.length;
  const counts = [
    `${plural(summary.pass, "check")} passed`,
    `${formatCount(summary.fail)} failed`,
    `${formatCount(summary.inconclusive)} inconclusive`,
    `${formatCount(summary.skip)} skipped`,
  ].join(", ");
  const { length: tests } = record.tests ?? [];
  const modes = [
    ...(ran > 0 || tests === 0 ? [`${plural(ran, "mode")}${variants > 1 ? ` in ${variants} variants` : ""}`] : []),
    ...(left > 0 ? [`${plural(left, "mode")} skipped`] : []),
    ...(tests > 0 ? [plural(tests, "test")] : []),
  ].join(", ");
  const exit = record.exitCode === 0 ? "" : ` · exit ${record.exitCode}`;
  const line = `${outcomeWord(record, style)}  ${modes} · ${counts} · ${formatMs(record.durationMs)}${exit}`;
  return [...troubleLines(record, style), line].join("\n") + "\n";
}

function troubleLines(record: RunRecord, style: Style): readonly string[] {
  return record.troubles.flatMap(({ phase, message }) => {
    const [first = "", ...rest] = message.split("\n");
    return [`${style.fail("✘")} lab error in ${phase}: ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}

/** The exit code decides, so that word and code never disagree. */
function outcomeWord(record: RunRecord, style: Style): string {
  switch (record.exitCode) {
    case 0:
      return style.pass("PASS");
    case 1:
      return style.fail("FAIL");
    case 2:
      return style.fail("NOTHING CHECKED");
    case 3:
      return record.troubles.length > 0 ? style.fail("LAB ERROR") : style.doubt("INCONCLUSIVE");
    case 130:
      return style.doubt("INTERRUPTED");
  }
}
