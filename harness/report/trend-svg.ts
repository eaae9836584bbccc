import type { Night } from "../history/night.ts";
import type { Trend } from "../history/trend.ts";
import { costRange } from "../measure/cost-range.ts";
import { costOf } from "../measure/metric.ts";
import { changeWords } from "./cost-format.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/** Narrow enough that a phone shows its text without zooming. */
const width = 480;
const left = 24;
const right = width - 24;
const head = 100;
/** Of a panel: its words stand above what is drawn. */
const panelHeight = 104;
const drawnTop = 22;
const drawnHeight = 64;

/** Ratios from night to night, a panel for each metric: estimate, interval and floor of each night; dashed where the level changed. */
export function renderTrendSvg(title: string, place: string, trends: readonly Trend[]): string {
  const days = trends.flatMap(({ nights }) => nights.map(({ startedAt }) => startedAt.slice(0, 10))).sort();
  const height = head + trends.length * panelHeight + 10;
  return svgImage(width, height, title, [
    label(title, { x: 16, y: 26, class: "ink", "font-size": 14, "font-weight": 600 }, 62),
    label(place, { x: 16, y: 45, class: "faint", "font-size": 12 }, 72),
    label(`${days[0] ?? ""} to ${days.at(-1) ?? ""}`, { x: 16, y: 62, class: "faint", "font-size": 12 }),
    label("upward it costs more; shaded: noise; dashed: the level changed", {
      ...{ x: 16, y: 79, class: "faint", "font-size": 12 },
    }),
    ...trends.flatMap((trend, index) => panel(trend, head + index * panelHeight)),
  ]);
}

function panel({ nights, changes }: Trend, y: number): readonly string[] {
  const last = nights.at(-1);
  if (last === undefined) return [];
  const ends = nights.flatMap((night) => [costOf(night, night.low), costOf(night, night.high)]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0.01, ...ends)];
  const x = (index: number): number => left + ((index + 0.5) / nights.length) * (right - left);
  const up = (cost: number): number => y + drawnTop + (1 - (cost - least) / (most - least)) * drawnHeight;
  return [
    label(last.metric, { x: 16, y: y + 14, class: "ink", "font-size": 13 }),
    label(`${changeWords(last.ratio)} last, ${nights.length} nights`, {
      ...{ x: width - 16, y: y + 14, class: "ink", "font-size": 13, "text-anchor": "end" },
    }),
    ...nights.flatMap((night, index) => floor(night, x(index), up, (right - left) / nights.length)),
    line({ x1: left, x2: right, y1: up(0), y2: up(0), class: "axis" }),
    ...changes.flatMap((index) => change(nights[index], (x(index - 1) + x(index)) / 2, y)),
    ...nights.flatMap((night, index) => drawn(night, x(index), up)),
  ];
}

function floor(night: Night, x: number, up: (cost: number) => number, step: number): readonly string[] {
  const range = costRange({ ...night, interval: [night.low, night.high] });
  if (range === undefined) return [];
  // No taller than the panel: a very noisy night would cover the others.
  const [top, bottom] = [Math.max(up(range.floor), up(range.high)), up(0)];
  return [
    rect({ x: x - step / 2, y: Math.min(top, bottom), width: step, height: Math.abs(bottom - top), class: "noise" }),
  ];
}

function drawn(night: Night, x: number, up: (cost: number) => number): readonly string[] {
  const at = up(costOf(night, night.ratio));
  const [one, other] = [up(costOf(night, night.low)), up(costOf(night, night.high))];
  return [
    line({ x1: x, x2: x, y1: one, y2: other, class: "axis" }),
    rect({ x: x - 2.5, y: at - 2.5, width: 5, height: 5, class: night.finding === "cost" ? "bar tunnel" : "bar" }),
  ];
}

function change(night: Night | undefined, x: number, y: number): readonly string[] {
  const mark = { x1: x, x2: x, y1: y + drawnTop - 2, y2: y + drawnTop + drawnHeight + 2, class: "change" };
  const day = { x: x + 4, y: y + drawnTop + drawnHeight + 12, class: "bad", "font-size": 11 };
  return [line(mark), label(night?.startedAt.slice(0, 10) ?? "", day)];
}
