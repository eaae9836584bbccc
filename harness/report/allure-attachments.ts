import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as allure from "allure-js-commons";
import type { Measurement } from "../run/record.ts";
import type { AllureContext } from "./allure-tests.ts";
import { renderChartSvg } from "./chart-svg.ts";
import { evidenceGroups } from "./evidence-groups.ts";
import { renderHopSvg } from "./hop-svg.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { againCommand, seeItCommands } from "./see-it.ts";
import { renderPathTable } from "./table-html.ts";

/** Decides which captures are put into the report; the page holds them all, so their sum must stay small. */
export interface PcapBudget {
  /** True when a capture of so many bytes may be attached; what is wrong is always worth it. */
  allows(bytes: number, wrong: boolean): boolean;
}

/** Captures beyond 1 MiB are named, not attached; those of passing paths share 4 MiB. */
export function pcapBudget(largest = 1 << 20, shared = 4 << 20): PcapBudget {
  let left = shared;
  return {
    allows(bytes, wrong) {
      if (bytes > largest) return false;
      if (wrong) return true;
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
  };
}

/** The picture, the table, the texts, the commands and the captures of one path. */
export async function attachEvidence(outcome: PathOutcome, context: AllureContext): Promise<void> {
  const { path } = outcome;
  if (path !== undefined) await allure.attachment("hop by hop", renderHopSvg(path), "image/svg+xml");
  await allure.attachment("expected and observed", renderPathTable(outcome), "text/html");
  if (path === undefined) return;
  for (const { title, blocks } of evidenceGroups(path)) {
    const text = blocks.map((block) => [block.title, ...block.lines.map((line) => `  ${line}`)].join("\n"));
    await allure.attachment(title, text.join("\n\n"), "text/plain");
  }
  const notes = await attachPcaps(outcome, context);
  const see = seeItCommands(path, context.folder);
  const commands = [
    ...section("probes", path.commands),
    ...section("see the packets", see),
    ...section("run it again", [againCommand(path, context.record.topology)]),
    ...notes,
  ];
  await allure.attachment("commands", commands.join("\n"), "text/plain");
}

/** run.json, unless it is so large that it would make the page slow. */
export async function attachRun({ record, folder }: AllureContext): Promise<void> {
  const text = JSON.stringify(record, null, 2);
  if (text.length <= largestRun) await allure.attachment("run.json", text, "application/json");
  else await allure.attachment("run.json", `too large to show here; see ${join(folder, "run.json")}`, "text/plain");
}

/** A chart per kind and unit, and every sample with its conditions as a table. */
export async function attachMeasurements(mode: string, measurements: readonly Measurement[]): Promise<void> {
  const kinds = [...new Set(measurements.map((one) => `${one.what} in ${one.unit}`))];
  for (const kind of kinds) {
    const own = measurements.filter((one) => `${one.what} in ${one.unit}` === kind);
    await allure.attachment(kind, renderChartSvg(`${mode}: ${kind}`, own), "image/svg+xml");
  }
  await allure.attachment("samples", csv(measurements), "text/csv");
}

const largestRun = 2 << 20;

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# ${title}`, ...lines, ""];
}

async function attachPcaps(outcome: PathOutcome, context: AllureContext): Promise<readonly string[]> {
  const notes: string[] = [];
  const wrong = outcome.status === "fail" || outcome.status === "inconclusive";
  for (const pcap of outcome.path?.pcaps ?? []) {
    const file = join(context.folder, pcap);
    const size = await stat(file).then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    );
    if (size === undefined) notes.push(`# ${pcap} is not in the results folder any more`);
    else if (!context.pcaps.allows(size, wrong)) notes.push(`# ${pcap} (${size} bytes) is in the results folder only`);
    else await allure.attachmentPath(basename(pcap), file, { contentType: pcapType, fileExtension: "pcap" });
  }
  return notes;
}

const pcapType = "application/vnd.tcpdump.pcap";

function csv(measurements: readonly Measurement[]): string {
  const head = ["id", "unit", "median", "min", "max", "samples", "indicative", "conditions"];
  const rows = measurements.map((one) => {
    const conditions = Object.entries(one.conditions).map(([name, value]) => `${name}: ${value}`);
    return [
      one.id,
      one.unit,
      one.median,
      one.min,
      one.max,
      one.samples.join(" "),
      one.indicative,
      conditions.join("; "),
    ];
  });
  return [head, ...rows].map((row) => row.map((cell) => field(String(cell))).join(",")).join("\n");
}

function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
