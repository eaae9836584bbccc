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

/**
 * What happened to some streams through a change, over time: forms as bands, lost packets in red, when each node changed as dashed lines. `calm`
 * is how many more there are that nothing happened to.
 */
export function renderSwitchSvg(
  title: string,
  change: SwitchRecord,
  streams: readonly StreamRecord[],
  calm = 0,
): string {
  const { fromMs, untilMs } = change;
  const x = (ms: number): number => {
    const inside = Math.max(fromMs, Math.min(untilMs, ms));
    return Number((left + ((inside - fromMs) / Math.max(1, untilMs - fromMs)) * (right - left)).toFixed(1));
  };
  const { words, marks: told } = marksOf(change);
  const isLate = ({ atMs }: Mark): boolean => x(atMs) > (left + right) / 2;
  // Names stand beside their lines, on the side with more room: in this order no line crosses another's name.
  const marks = [...told.filter((mark) => !isLate(mark)), ...told.filter(isLate).toReversed()];
  const head = titleHeight + marks.length * nodeHeight;
  const rows = streams.flatMap(rowsOf);
  const bottom = head + rows.length * rowHeight;
  const more = calm === 0 ? [] : [calmWords(calm, rows.length > 0)];
  return svgImage(width, bottom + 30 + more.length * 20, title, [
    label(title, { x: left, y: 26, class: "ink", "font-size": title.length > 46 ? 12 : 15, "font-weight": 600 }, 58),
    label("blue: plain; yellow: encapsulated; red: neither form, lost or stalled", { x: left, y: 46, ...small }),
    label(`line: the change begins; dashed: ${words}`, { x: left, y: 62, ...small }),
    ...marks.flatMap((mark, index) =>
      markParts(mark, titleHeight + (index + 1) * nodeHeight, head, x(mark.atMs), isLate(mark)),
    ),
    // Across the bars alone: text above them stays readable.
    ...rows.flatMap((row, index) => [
      ...rowParts(row, head + index * rowHeight, x),
      ...[{ atMs: 0, class: "range" }, ...marks.map(({ atMs }) => ({ atMs, ...dashed }))].map(({ atMs, ...look }) => {
        const y = head + index * rowHeight + barTop;
        return line({ x1: x(atMs), x2: x(atMs), y1: y - 3, y2: y + barHeight + 3, ...look });
      }),
    ]),
    ...(x(0) - left < axisRoom ? [] : [label(seconds(fromMs), { x: left, y: bottom + 18, ...small })]),
    label("0 s", { x: x(0), y: bottom + 18, ...small, "text-anchor": "middle" }),
    label(seconds(untilMs), { x: right, y: bottom + 18, ...small, "text-anchor": "end" }),
    ...more.map((text) => label(text, { x: left, y: bottom + 40, ...small })),
  ]);
}

/** Room that two labels of the axis take side by side. */
const axisRoom = 64;

const dashed = { class: "wire", "stroke-dasharray": "3 3" };

interface Mark {
  readonly name: string;
  readonly atMs: number;
}

/** What is worth a line of its own: when each node changed on the wire, or where none did, what was reached when. */
function marksOf({ nodes, steps }: SwitchRecord): { readonly words: string; readonly marks: readonly Mark[] } {
  const turned = nodes.flatMap(({ node, firstNewMs }) =>
    firstNewMs === undefined ? [] : [{ name: node, atMs: firstNewMs }],
  );
  if (turned.length > 0) return { words: "a node's first packet in the new form", marks: turned };
  // Several that were found at one look count as the last of them.
  const marks = steps.flatMap(({ step, atMs }, index) =>
    steps[index + 1]?.atMs === atMs ? [] : [{ name: step, atMs }],
  );
  return { words: "what was reached", marks };
}

function markParts({ name, atMs }: Mark, y: number, head: number, x: number, isLate: boolean): readonly string[] {
  return [
    line({ x1: x, x2: x, y1: y - 8, y2: head - 2, ...dashed }),
    label(`${name} ${seconds(atMs)}`, {
      ...{ x: x + (isLate ? -4 : 4), y, ...small },
      "text-anchor": isLate ? "end" : "start",
    }),
  ];
}

function calmWords(calm: number, isMore: boolean): string {
  return `${isMore ? "and " : ""}${calm} ${calm === 1 ? "stream" : "streams"} whose form stays, nothing lost`;
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
  // At the tap that saw most: a packet that strays is seen at every tap that it passes.
  const leaked = Math.max(0, ...leaks.map(({ packets }) => packets));
  return {
    name: `${direction === "forward" ? "→" : "←"} ${name}`,
    // No wider than what stands beside the longest name.
    words: leaked === 0 ? `${lost}/${sent} lost, ${gap(gapMs)}` : `${leaked} leaked, ${lost} lost`,
    isBad: lost > 0 || leaks.length > 0,
    bands,
    red: [...lostAt, ...leaks],
  };
}

function rowParts({ name, words, isBad, bands, red }: Row, y: number, x: (ms: number) => number): readonly string[] {
  return [
    label(name, { x: left, y: y + 12, class: "ink", "font-size": 12 }, 46),
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
