import type { Measurement } from "../run/record.ts";
import { formatFigure } from "./format.ts";
import { measuredOn } from "./render-measurements.ts";
import { label, line, svgImage } from "./svg.ts";
import { element } from "./xml.ts";

/** Narrow enough that a phone shows its text without zooming. */
const width = 480;
const left = 52;
const right = width - 16;
const top = 64;
const bottom = 284;

/** How long echoes took on each side: a curve per side, at each height the share of echoes that took no longer; time on a log scale. */
export function renderLatencySvg(title: string, measurements: readonly Measurement[]): string {
  const curves = measurements.filter(({ quantiles = [] }) => quantiles.length > 0);
  const values = curves.flatMap(({ quantiles = [] }) => quantiles.map(({ value }) => Math.max(0.1, value)));
  const [least, most] = [Math.log(Math.min(...values) * 0.95), Math.log(Math.max(...values) * 1.05)];
  const x = (value: number): number =>
    left + ((Math.log(Math.max(0.1, value)) - least) / (most - least)) * (right - left);
  const y = (share: number): number => bottom - share * (bottom - top);
  return svgImage(width, bottom + 42 + curves.length * 20, title, [
    label(title, { x: 16, y: 26, class: "ink", "font-size": 16, "font-weight": 600 }, 56),
    label("share of echoes that took no longer; time on a log scale", {
      x: 16,
      y: 46,
      class: "faint",
      "font-size": 12,
    }),
    ...[0, 0.5, 0.9, 0.99].map((share) => mark(share, y(share))),
    ...ticksBetween(Math.exp(least), Math.exp(most)).flatMap((tick) => [
      line({ x1: x(tick), x2: x(tick), y1: top, y2: bottom, class: "axis" }),
      label(`${formatFigure(tick)} µs`, {
        x: x(tick),
        y: bottom + 16,
        class: "faint",
        "font-size": 12,
        "text-anchor": "middle",
      }),
    ]),
    ...curves.flatMap((curve, index) => drawn(curve, index, x, y)),
  ]);
}

function mark(share: number, y: number): string {
  const text = { x: left - 6, y: y + 4, class: "faint", "font-size": 12, "text-anchor": "end" };
  return line({ x1: left, x2: right, y1: y, y2: y, class: "axis" }) + label(`${formatFigure(share * 100)} %`, text);
}

/** 1, 2 and 5 times the powers of ten, as far as they lie within. */
function ticksBetween(least: number, most: number): readonly number[] {
  const powers = Array.from({ length: 8 }, (_, power) => 10 ** power);
  return powers
    .flatMap((power) => [1, 2, 5].map((step) => step * power))
    .filter((tick) => tick >= least && tick <= most);
}

const strokes = ["curve tunnel", "curve", "curve base"] as const;

function drawn(
  curve: Measurement,
  index: number,
  x: (value: number) => number,
  y: (share: number) => number,
): readonly string[] {
  const { quantiles = [] } = curve;
  const name = measuredOn(curve).replace(/ p50$/, "");
  const side = name.startsWith("plain") ? 1 : name.startsWith("host") ? 2 : 0;
  const points = quantiles.map(({ share, value }) => `${x(value).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
  const at = (share: number): string => {
    const found = quantiles.find((one) => one.share === share);
    return found === undefined ? "?" : formatFigure(found.value);
  };
  const row = bottom + 38 + index * 20;
  return [
    element("polyline", { points, class: strokes[side] }),
    line({ x1: 16, x2: 44, y1: row - 4, y2: row - 4, class: strokes[side] }),
    label(
      `${name}: half ≤ ${at(0.5)} µs, 99 % ≤ ${at(0.99)} µs`,
      { x: left, y: row, class: "ink", "font-size": 13 },
      60,
    ),
  ];
}
