import type { Measurement } from "../run/record.ts";
import { formatFigure, plural } from "./format.ts";
import { measuredOn } from "./render-measurements.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/** Bars of one unit: the median as a bar from zero, smallest and largest sample as a range on it. */
export function renderChartSvg(title: string, measurements: readonly Measurement[]): string {
  const top = niceCeiling(Math.max(0, ...measurements.map((measurement) => measurement.max)));
  const height = headHeight + measurements.length * rowHeight + 46;
  const scale = (value: number): number => barLeft + (value / top) * barWidth;
  const unit = measurements[0]?.unit ?? "";
  return svgImage(width, height, title, [
    label(title, { x: 20, y: 28, class: "ink", "font-size": 16, "font-weight": 600 }),
    label(subtitle(measurements), { x: 20, y: 48, class: "faint", "font-size": 12 }),
    ...axis(top, unit, height, scale),
    ...measurements.flatMap((one, index) => bar(one, headHeight + index * rowHeight, scale)),
  ]);
}

const width = 860;
const barLeft = 230;
const barWidth = 440;
const rowHeight = 34;
const headHeight = 66;
const ticks = 4;

function subtitle(measurements: readonly Measurement[]): string {
  const counts = [...new Set(measurements.map((one) => one.samples.length))].map((count) => plural(count, "sample"));
  const indicative = measurements.some((one) => one.indicative) ? "indicative, " : "";
  return `${indicative}${counts.join(" or ")}; bar: median, line: smallest to largest`;
}

function axis(top: number, unit: string, height: number, scale: (value: number) => number): readonly string[] {
  return Array.from({ length: ticks + 1 }, (_, index) => {
    const value = (top * index) / ticks;
    const text = index === ticks ? `${formatFigure(value)} ${unit}` : formatFigure(value);
    const x = scale(value);
    return (
      line({ x1: x, x2: x, y1: headHeight - 6, y2: height - 34, class: "axis" }) +
      label(text, { x, y: height - 16, class: "faint", "font-size": 12, "text-anchor": "middle" })
    );
  });
}

function bar(measurement: Measurement, y: number, scale: (value: number) => number): readonly string[] {
  const { median, min, max } = measurement;
  const middle = y + 11;
  const range = min === max ? "" : ` [${formatFigure(min)}-${formatFigure(max)}]`;
  const whisker = [
    line({ x1: scale(min), x2: scale(max), y1: middle, y2: middle, class: "range" }),
    line({ x1: scale(min), x2: scale(min), y1: middle - 5, y2: middle + 5, class: "range" }),
    line({ x1: scale(max), x2: scale(max), y1: middle - 5, y2: middle + 5, class: "range" }),
  ];
  const name = measuredOn(measurement);
  return [
    label(name, { x: barLeft - 12, y: middle + 4, class: "ink", "font-size": 13, "text-anchor": "end" }, 32),
    rect({ x: barLeft, y, width: Math.max(0, scale(median) - barLeft), height: 22, rx: 3, class: `bar ${kind(name)}` }),
    ...(min === max ? [] : whisker),
    label(`${formatFigure(median)}${range}`, { x: scale(max) + 10, y: middle + 4, class: "ink", "font-size": 13 }),
  ];
}

/** The baseline is gray and what goes through a tunnel or crosses racks has a color of its own, so that the eye compares the right bars. */
function kind(name: string): string {
  if (name.includes("host")) return "base";
  return /cross-subnet|vxlan|ipip/i.test(name) ? "tunnel" : "";
}

/** The next of 1, 2, 4, 5 or 8 times a power of ten: four ticks then fall on short numbers. */
function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}
