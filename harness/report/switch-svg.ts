import { modes, type ModeId } from "../encap/mode.ts";
import { pathWithoutMode } from "../switch/stream.ts";
import type { Band, DirectionRecord, StreamRecord, SwitchRecord } from "../switch/switch-record.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/** Narrow enough that a phone shows its text without zooming. */
const width = 480;
const left = 16;
const right = width - 16;
const rowHeight = 36;
const barTop = 18;
const barHeight = 12;
/** Above the rows: title, legend, and a line for each node's name. */
const titleHeight = 72;
const nodeHeight = 13;

const small = { class: "faint", "font-size": 12 };

/** What happened to some streams through a change, over time: forms as bands, lost packets in red, when each node changed as dashed lines. */
export function renderSwitchSvg(title: string, change: SwitchRecord, streams: readonly StreamRecord[]): string {
  const { fromMs, untilMs } = change;
  const x = (ms: number): number => {
    const inside = Math.max(fromMs, Math.min(untilMs, ms));
    return Number((left + ((inside - fromMs) / Math.max(1, untilMs - fromMs)) * (right - left)).toFixed(1));
  };
  const turned = change.nodes.flatMap(({ node, firstNewMs }) =>
    firstNewMs === undefined ? [] : [{ node, firstNewMs }],
  );
  const head = titleHeight + turned.length * nodeHeight;
  const rows = streams.flatMap(rowsOf);
  const bottom = head + rows.length * rowHeight;
  return svgImage(width, bottom + 30, title, [
    label(title, { x: left, y: 26, class: "ink", "font-size": 15, "font-weight": 600 }, 58),
    label("blue: plain; yellow: encapsulated; red: neither form, lost or stalled", { x: left, y: 46, ...small }),
    label("line: the change begins; dashed: a node's first packet in the new form", { x: left, y: 62, ...small }),
    ...turned.flatMap(({ node, firstNewMs }, index) => {
      const y = titleHeight + (index + 1) * nodeHeight;
      const isLate = x(firstNewMs) > (left + right) / 2;
      return [
        line({ x1: x(firstNewMs), x2: x(firstNewMs), y1: y - 8, y2: bottom, class: "axis", "stroke-dasharray": "3 3" }),
        label(`${node} ${seconds(firstNewMs)}`, {
          ...{ x: x(firstNewMs) + (isLate ? -4 : 4), y, ...small },
          "text-anchor": isLate ? "end" : "start",
        }),
      ];
    }),
    line({ x1: x(0), x2: x(0), y1: head - 4, y2: bottom, class: "range" }),
    ...rows.flatMap((row, index) => rowParts(row, head + index * rowHeight, x)),
    label(seconds(fromMs), { x: left, y: bottom + 18, ...small }),
    label("0 s", { x: x(0), y: bottom + 18, ...small, "text-anchor": "middle" }),
    label(seconds(untilMs), { x: right, y: bottom + 18, ...small, "text-anchor": "end" }),
  ]);
}

/** "VXLAN → None": a change in Calico's words; or what happened in a mode. */
export function changeTitle({ from, to, happened }: Pick<SwitchRecord, "from" | "to" | "happened">): string {
  if (happened !== undefined) return `${nameOf(to)}: ${happened}`;
  return `${nameOf(from)} → ${nameOf(to)}`;
}

function nameOf(id: ModeId): string {
  return modes.find((mode) => mode.id === id)?.calicoName ?? id;
}

interface Row {
  readonly name: string;
  readonly words: string;
  readonly isBad: boolean;
  /** [] where the stream is judged as a whole. */
  readonly bands: readonly Band[];
  readonly red: readonly { readonly fromMs: number; readonly toMs: number }[];
}

function rowsOf({ path, kind, directions, tcp }: StreamRecord): readonly Row[] {
  const name = `${pathWithoutMode(path)} ${kind}`;
  if (tcp !== undefined) {
    const { outcome, stallMs, stallAtMs = 0 } = tcp;
    const stall = outcome === "survived" ? [] : [{ fromMs: stallAtMs, toMs: stallAtMs + stallMs }];
    return [{ name, words: `${outcome}, ${gap(stallMs)}`, isBad: outcome !== "survived", bands: [], red: stall }];
  }
  return directions.map((direction) => directionRow(name, direction));
}

function directionRow(name: string, { direction, lost, sent, gapMs, bands, lostAt, leaks }: DirectionRecord): Row {
  return {
    name: `${direction === "forward" ? "→" : "←"} ${name}`,
    words: `${lost}/${sent} lost, ${gap(gapMs)}`,
    isBad: lost > 0 || leaks.length > 0,
    bands,
    red: [...lostAt, ...leaks],
  };
}

function rowParts({ name, words, isBad, bands, red }: Row, y: number, x: (ms: number) => number): readonly string[] {
  return [
    label(name, { x: left, y: y + 12, class: "ink", "font-size": 12 }, 48),
    label(words, { x: right, y: y + 12, class: isBad ? "bad" : "faint", "font-size": 12, "text-anchor": "end" }),
    ...(bands.length > 0
      ? []
      : [rect({ x: left, y: y + barTop, width: right - left, height: barHeight, class: "none" })]),
    ...bands.flatMap(({ fromMs, toMs, forms }) =>
      forms.map((form, index) => {
        const height = barHeight / forms.length;
        const [x1, x2] = [x(fromMs), x(toMs)];
        return rect({ x: x1, y: y + barTop + index * height, width: wide(x1, x2), height, class: classes[form] });
      }),
    ),
    ...red.map(({ fromMs, toMs }) => {
      const [x1, x2] = [x(fromMs), x(toMs)];
      return rect({ x: x1, y: y + barTop - 2, width: wide(x1, x2), height: barHeight + 4, class: "bad" });
    }),
  ];
}

const classes = {
  plain: "plain",
  vxlan: "outer",
  ipip: "outer",
  wireguard: "outer",
  other: "wrong",
  none: "none",
} as const;

/** A single packet must show too. */
function wide(x1: number, x2: number): number {
  return Number(Math.max(1.5, x2 - x1).toFixed(1));
}

function gap(ms: number): string {
  return ms < 1000 ? `gap ${Math.round(ms)} ms` : `gap ${seconds(ms)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
