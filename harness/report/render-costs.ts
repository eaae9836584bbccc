import type { Cost } from "../measure/cost.ts";
import { changeWords, intervalWords } from "./cost-format.ts";
import { underlayName } from "./form-name.ts";
import { plural } from "./format.ts";
import { paint, type Style } from "./style.ts";

/** What a mode costs, one block for each kind of path and baseline: a line per metric, or one for all where pairs are few. */
export function renderCosts(costs: readonly Cost[], style: Style): readonly string[] {
  return costGroups(costs).flatMap((group) => (isIndicative(group) ? [briefLine(group)] : block(group, style)));
}

/** Costs of one kind of path against one baseline. */
export function costGroups(costs: readonly Cost[]): readonly (readonly Cost[])[] {
  const groups = new Map<string, Cost[]>();
  for (const cost of costs) {
    const key = [cost.mode, cost.variant, cost.locality, cost.family, cost.baseline].join("/");
    groups.set(key, [...(groups.get(key) ?? []), cost]);
  }
  return [...groups.values()];
}

/** `VXLAN cross-subnet against plain packets on the same wires` */
export function groupTitle([first]: readonly Cost[]): string {
  if (first === undefined) return "";
  const { form, locality, family, baseline } = first;
  const against = {
    plain: "plain packets on the same wires",
    host: "the bare nodes",
    self: "itself (A/A)",
  }[baseline];
  return `${underlayName(form)} ${locality}${family === 6 ? " IPv6" : ""} against ${against}`;
}

/** `12 pairs in 6 labs`, and how many of them on a busy machine. */
export function groupPairs(group: readonly Cost[]): string {
  const pairs = Math.max(0, ...group.map((cost) => cost.pairs.length));
  const labs = Math.max(0, ...group.map((cost) => cost.labs));
  const busy = Math.max(0, ...group.map((cost) => cost.pairs.filter((pair) => pair.busy === true).length));
  return `${plural(pairs, "pair")} in ${plural(labs, "lab")}${busy === 0 ? "" : `, ${busy} of them on a busy machine`}`;
}

function isIndicative(group: readonly Cost[]): boolean {
  return group.every(({ finding }) => finding === "indicative");
}

function briefLine(group: readonly Cost[]): string {
  const figures = group.map((cost) => `${cost.metric} ${changeWords(cost.ratio)}`).join(", ");
  return `  · ${groupTitle(group)} (indicative, ${groupPairs(group)}): ${figures}`;
}

function block(group: readonly Cost[], style: Style): readonly string[] {
  const width = Math.max(...group.map(({ metric }) => metric.length));
  return [
    `  · ${groupTitle(group)}, ${groupPairs(group)}, 95 % intervals:`,
    ...group.map((cost) => `    ${cost.metric.padEnd(width)}  ${costLine(cost, style)}`),
  ];
}

function costLine(cost: Cost, style: Style): string {
  const { ratio, finding, byBytes } = cost;
  const figure = `${changeWords(ratio).padStart(7)}  ${intervalWords(cost).padEnd(16)}`;
  const bytes = byBytes === undefined ? "" : ` · by bytes alone ${changeWords(byBytes)}`;
  return `${figure}  ${findingWords(cost, style)}${finding === "indicative" ? "" : ` (${noiseWords(cost)})`}${bytes}`;
}

function findingWords({ finding }: Cost, style: Style): string {
  const words = {
    cost: "costs",
    gain: "gains",
    none: "no difference above the noise",
    indicative: "too few pairs to tell",
  };
  if (finding === "cost") return paint(style, "inconclusive", words.cost);
  return finding === "gain" ? words.gain : style.faint(words[finding]);
}

/** The noise floor, and from what on an effect would have been seen, both as a change in the direction of the cost. */
function noiseWords({ better, floor = 1, visible = 1 }: Cost): string {
  const away = (ratio: number): string => changeWords(better === "higher" ? 1 / ratio : ratio).replace(/^[-+]/, "");
  return `floor ${away(floor)}, seen from ${away(visible)}`;
}
