import { costRange } from "../measure/cost-range.ts";
import type { Cost } from "../measure/cost.ts";
import { costOf } from "../measure/metric.ts";
import { changeWords } from "./cost-format.ts";
import { groupPairs, groupTitle } from "./render-costs.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/** Narrow enough that a phone shows its text without zooming. */
const width = 480;
const left = 24;
const right = width - 24;
const rowHeight = 46;
const head = 82;
/** Of a row: its words stand above. */
const barTop = 18;
const barHeight = 22;

/** What a mode costs by every metric: estimate and 95 % interval, the noise floor shaded, every pair as a dot; right of zero it costs. */
export function renderCostSvg(group: readonly Cost[]): string {
  const reach = Math.max(0.05, ...group.flatMap(reachOf));
  const x = (cost: number): number =>
    left + ((Math.max(-reach, Math.min(reach, cost)) + reach) / (2 * reach)) * (right - left);
  const height = head + group.length * rowHeight + 46;
  const title = groupTitle(group);
  const ticks = [-reach, 0, reach];
  return svgImage(width, height, title, [
    label(title, { x: 16, y: 26, class: "ink", "font-size": 14, "font-weight": 600 }, 62),
    label(groupPairs(group), { x: 16, y: 45, class: "faint", "font-size": 12 }),
    label("line: 95 % interval; shaded: noise; dots: pairs; right of zero it costs", {
      ...{ x: 16, y: 62, class: "faint", "font-size": 12 },
    }),
    ...group.flatMap((cost, index) => floorOf(cost, head + index * rowHeight, x)),
    ...ticks.map((tick) =>
      line({ x1: x(tick), x2: x(tick), y1: head - 6, y2: height - 34, class: tick === 0 ? "range" : "axis" }),
    ),
    ...ticks.map((tick) =>
      label(changeWords(1 + tick), {
        x: x(tick),
        y: height - 16,
        class: "faint",
        "font-size": 12,
        "text-anchor": tick === 0 ? "middle" : tick < 0 ? "start" : "end",
      }),
    ),
    ...group.flatMap((cost, index) => row(cost, head + index * rowHeight, x)),
  ]);
}

/** How far a row reaches from zero: its interval and floor, without the wildest pairs. */
function reachOf(cost: Cost): readonly number[] {
  const range = costRange(cost);
  const estimate = Math.abs(costOf(cost, cost.ratio));
  return range === undefined
    ? [estimate * 1.2]
    : [Math.abs(range.low), Math.abs(range.high), Math.min(range.floor, 1)].map((end) => end * 1.1);
}

function floorOf(cost: Cost, y: number, x: (cost: number) => number): readonly string[] {
  const floor = costRange(cost)?.floor;
  if (floor === undefined) return [];
  return [rect({ x: x(-floor), y: y + barTop, width: x(floor) - x(-floor), height: barHeight, class: "node" })];
}

function row(cost: Cost, y: number, x: (cost: number) => number): readonly string[] {
  const middle = y + barTop + barHeight / 2;
  const range = costRange(cost);
  const at = x(costOf(cost, cost.ratio));
  const interval =
    range === undefined ? [] : [line({ x1: x(range.low), x2: x(range.high), y1: middle, y2: middle, class: "range" })];
  const dots = cost.pairs.map(({ mode, baseline }) => {
    const place = x(costOf(cost, mode / baseline));
    return rect({ x: place - 1.5, y: middle + 5, width: 3, height: 3, class: "bar base" });
  });
  return [
    label(cost.metric, { x: 16, y: y + 12, class: "ink", "font-size": 13 }),
    ...dots,
    ...interval,
    rect({ x: at - 4, y: middle - 4, width: 8, height: 8, class: cost.finding === "cost" ? "bar tunnel" : "bar" }),
    label(`${changeWords(cost.ratio)}${cost.finding === "none" ? ", within noise" : ""}`, {
      ...{ x: width - 16, y: y + 12, class: "ink", "font-size": 13, "text-anchor": "end" },
    }),
  ];
}
