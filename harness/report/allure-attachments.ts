import { basename, join } from "node:path";
import { asTyped } from "../core/command-words.ts";
import { shellQuote } from "../exec/quote.ts";
import type { Measurement, PathRecord } from "../run/record.ts";
import { attachText, type AllureAttachment } from "./allure-item.ts";
import type { AllureContext } from "./allure-context.ts";
import { renderChartSvg } from "./chart-svg.ts";
import { csvText } from "./csv.ts";
import { evidenceGroups } from "./evidence-groups.ts";
import { renderHopSvg } from "./hop-svg.ts";
import type { PathOutcome } from "./path-outcome.ts";
import type { Picture } from "./run-pictures.ts";
import { againCommand, seeItCommands, repeatOf } from "./see-it.ts";
import { isCalm } from "../switch/calm.ts";
import { pathPictures } from "./switch-pictures.ts";
import { renderPathTable } from "./table-html.ts";

/** The picture, the table, the texts, the captures and the commands of one path. */
export function evidenceOf(outcome: PathOutcome, context: AllureContext): readonly AllureAttachment[] {
  const { path } = outcome;
  const table = attachText("expected and observed", renderPathTable(outcome), "text/html");
  if (path === undefined) return isWrong(outcome) ? [table] : [];
  if (!isWrong(outcome) && !context.examples.has(path))
    return [attachText("hops, packets, commands", elsewhere(path, context))];
  // What is as expected is shown by its packets; the kernel's state and the tools' words are in run.json.
  const groups = evidenceGroups(path).filter(({ kind }) => isWrong(outcome) || kind === "packets");
  const texts = groups.map(({ title, blocks }) =>
    attachText(
      title,
      blocks.map((block) => [block.title, ...block.lines.map((line) => `  ${line}`)].join("\n")).join("\n\n"),
    ),
  );
  const { captures, notes } = capturesOf(outcome, context);
  const commands = [
    ...section("probes", path.commands),
    ...section("see the packets", seeItCommands(path, context.folder)),
    ...section("run it again", [againCommand(path, repeatOf(context.record))]),
    ...notes,
  ];
  return [
    attachText("hop by hop", renderHopSvg(path), "image/svg+xml"),
    ...changeOf(outcome, context),
    ...(isWrong(outcome) ? [table] : []),
    ...texts,
    ...captures,
    attachText("commands", commands.join("\n")),
  ];
}

/** What became of the path's streams while the mode was changed to its own, where that was anything. */
function changeOf({ id, verdicts }: PathOutcome, { record }: AllureContext): readonly AllureAttachment[] {
  const variant = verdicts[0]?.variant;
  const change = (record.switches ?? []).find((one) => id.startsWith(`${one.to}/`) && one.variant === variant);
  const streams = change?.streams.filter((stream) => stream.path === id) ?? [];
  const svg = change === undefined || streams.every(isCalm) ? undefined : pathPictures(change).get(id);
  return svg === undefined ? [] : [attachText("through the change of mode", svg, "image/svg+xml")];
}

/** run.json, unless it is so large that it would make the page slow. */
export function attachRun({ record, folder }: AllureContext): AllureAttachment {
  const text = JSON.stringify(record, null, 2);
  if (text.length <= largestRun) return attachText("run.json", text, "application/json");
  return attachText("run.json", `too large to show here; see ${join(folder, "run.json")}`);
}

/** A chart per kind and unit, and every sample with its conditions as a table. */
export function attachMeasurements(mode: string, measurements: readonly Measurement[]): readonly AllureAttachment[] {
  const kinds = [...new Set(measurements.map((one) => `${one.what} in ${one.unit}`))];
  const charts = kinds.map((kind) => {
    const own = measurements.filter((one) => `${one.what} in ${one.unit}` === kind);
    return attachText(kind, renderChartSvg(`${mode}: ${kind}`, own), "image/svg+xml");
  });
  return [...charts, attachText("samples", csv(measurements), "text/csv")];
}

/** Every picture of a mode, each with its numbers. */
export function attachPictures(pictures: readonly Picture[]): readonly AllureAttachment[] {
  return pictures.flatMap(({ title, svg, csv: numbers }) => [
    attachText(title, svg, "image/svg+xml"),
    attachText(`${title}: numbers`, numbers, "text/csv"),
  ]);
}

/** Bytes of run.json that a page may carry: that of one mode has a megabyte, and lies beside the page anyway. */
const largestRun = 128 << 10;

function isWrong({ status }: PathOutcome): boolean {
  return status === "fail" || status === "inconclusive";
}

/** The command that shows everything about a passed path that looks like another one. */
export function elsewhere({ expectation }: PathRecord, { record }: AllureContext): string {
  return asTyped(`npm run lab -- explain ${record.id} ${shellQuote([expectation.path.id])}`);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# ${title}`, ...lines, ""];
}

function capturesOf(
  outcome: PathOutcome,
  { folder, captureSizes, pcaps }: AllureContext,
): { readonly captures: readonly AllureAttachment[]; readonly notes: readonly string[] } {
  const captures: AllureAttachment[] = [];
  const notes: string[] = [];
  const wrong = isWrong(outcome);
  for (const pcap of outcome.path?.pcaps ?? []) {
    const size = captureSizes.get(pcap);
    if (size === undefined) notes.push(`# ${pcap} is no longer in the results folder`);
    else if (!pcaps.allows(pcap, size, wrong)) notes.push(`# ${pcap} (${size} bytes) is in the results folder only`);
    else
      captures.push({ kind: "attachment", name: basename(pcap), type: pcapType, body: { file: join(folder, pcap) } });
  }
  return { captures, notes };
}

/** As the IANA registry has it; the writer makes `.pcap` of it. */
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
  return csvText([head, ...rows]);
}
