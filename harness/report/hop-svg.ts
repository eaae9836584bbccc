import type { HopRecord, PathRecord } from "../run/record.ts";
import { plural } from "./format.ts";
import { packetGlyph } from "./packet-glyph.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/**
 * A path hop by hop, one lane per direction: nodes as boxes, at each tap the packet as it was seen there. A packet in
 * a packet is drawn as such; wrong hops are red. Where nothing was recorded the expectation is drawn, and says so.
 */
export function renderHopSvg(path: PathRecord): string {
  const lanes = lanesOf(path);
  const columns = Math.max(minimumColumns, ...lanes.map((lane) => lane.hops.length));
  const width = columns * columnWidth + 2 * margin;
  const height =
    headHeight + lanes.length * laneHeight + (lanes.at(-1)?.end === undefined ? margin - endHeight : margin);
  const { path: about } = path.expectation;
  return svgImage(width, height, about.id, [
    label(about.id, { x: margin, y: 30, class: "ink", "font-size": 16, "font-weight": 600 }, 120),
    ...lanes.flatMap((lane, index) => drawLane(lane, headHeight + index * laneHeight)),
  ]);
}

const columnWidth = 176;
const laneHeight = 232;
/** What a lane has below its boxes, for the words that tell how it ends. */
const endHeight = 30;
const headHeight = 48;
const margin = 20;
/** A title needs this much room even on a short path. */
const minimumColumns = 4;

interface Lane {
  readonly title: string;
  readonly hops: readonly HopRecord[];
  readonly observed: boolean;
  readonly end?: string;
}

function lanesOf({ expectation, hops }: PathRecord): readonly Lane[] {
  const { path } = expectation;
  const names = [path.source.pod ?? path.source.node, path.target.pod ?? path.target.node] as const;
  return (["forward", "reverse"] as const).flatMap((direction) => {
    const expected = expectation[direction];
    if (expected === undefined) return [];
    const [from, to] = direction === "forward" ? names : [names[1], names[0]];
    const heard = hops.filter((hop) => hop.direction === direction);
    const addresses = `${expected.sources.join(" or ")} > ${expected.destination}`;
    const planned = expected.hops.map(({ tap, role, form }): HopRecord => ({
      ...tap,
      direction,
      role,
      expected: form,
      observed: form,
      packets: 0,
      ok: true,
    }));
    const lane = {
      title: `${direction} · ${from} → ${to} · ${addresses}`,
      hops: heard.length > 0 ? heard : planned,
      observed: heard.length > 0,
    };
    return [
      expected.dies === undefined
        ? lane
        : { ...lane, end: `must be dropped at ${expected.dies.node}: ${expected.dies.because}` },
    ];
  });
}

function drawLane(lane: Lane, top: number): readonly string[] {
  const title = lane.observed ? lane.title : `${lane.title} · expected; nothing was recorded`;
  const middle = top + 126;
  const wires = lane.hops.slice(1).map((hop, index) => {
    if (hop.role === silent) return "";
    const x = margin + (index + 1) * columnWidth;
    return line({ x1: x - 17, x2: x + 17, y1: middle, y2: middle, class: "wire" }) + arrowHead(x + 17, middle);
  });
  const end =
    lane.end === undefined ? [] : [label(lane.end, { x: margin, y: top + 220, class: "faint", "font-size": 12 }, 140)];
  return [
    label(title, { x: margin, y: top + 14, class: "faint", "font-size": 13 }, 130),
    ...nodeBoxes(lane.hops, top + 24),
    ...wires,
    ...lane.hops.flatMap((hop, index) => drawHop(hop, margin + index * columnWidth, top + 24, lane.observed)),
    ...end,
  ];
}

/** Role of a tap that lies beside the way and should have seen nothing: no arrow leads there. */
const silent = "silent";

function boxOf(hop: HopRecord | undefined): string {
  return hop === undefined ? "" : `${hop.node} ${hop.role === silent ? silent : ""}`;
}

/** One box around the neighboring taps of each node. */
function nodeBoxes(hops: readonly HopRecord[], top: number): readonly string[] {
  return hops.flatMap((hop, index) => {
    if (index > 0 && boxOf(hops[index - 1]) === boxOf(hop)) return [];
    const after = hops.findIndex((other, at) => at > index && boxOf(other) !== boxOf(hop));
    const count = (after === -1 ? hops.length : after) - index;
    const x = margin + index * columnWidth + 6;
    const box = rect({ x, y: top, width: count * columnWidth - 12, height: 178, rx: 8, class: "node" });
    return [box, label(hop.node, { x: x + 12, y: top + 22, class: "ink", "font-size": 14, "font-weight": 600 }, 30)];
  });
}

function drawHop(hop: HopRecord, left: number, top: number, observed: boolean): readonly string[] {
  const center = left + columnWidth / 2;
  const below = (y: number, text: string, style: string): string =>
    label(text, { x: center, y: top + y, class: style, "font-size": 12, "text-anchor": "middle" }, 27);
  const count = observed ? below(152, plural(hop.packets, "packet"), hop.ok ? "faint" : "bad") : "";
  const wrong = hop.ok ? "" : below(168, `expected ${hop.expected}`, "bad");
  return [
    below(44, hop.device, "ink"),
    below(59, hop.role, "faint"),
    packetGlyph(hop, center, top + 102, observed),
    count,
    wrong,
  ];
}

function arrowHead(x: number, y: number): string {
  return (
    line({ x1: x - 6, x2: x, y1: y - 5, y2: y, class: "wire" }) +
    line({ x1: x - 6, x2: x, y1: y + 5, y2: y, class: "wire" })
  );
}
