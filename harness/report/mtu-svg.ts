import type { PathRecord } from "../run/record.ts";
import type { SweptSize } from "../verify/swept-sizes.ts";
import { formatFigure } from "./format.ts";
import { label, line, rect, svgImage } from "./svg.ts";

/** Narrow enough that a phone shows its text without zooming. */
const width = 480;
const left = 16;
const right = width - 16;
const rowHeight = 40;
const head = 84;

/** Which sizes passed on each kind of path: green passed, red lost, outlined refused by a sender that knows; dashed: MTUs on the way. */
export function renderMtuSvg(title: string, paths: readonly PathRecord[]): string {
  const swept = paths.filter(({ sizes = [] }) => sizes.length > 0);
  const all = swept.flatMap(({ sizes = [] }) => sizes.map(({ bytes }) => bytes));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const x = (bytes: number): number => left + ((bytes - least) / Math.max(1, most - least)) * (right - left);
  const bottom = head + swept.length * rowHeight;
  const mtus = [...new Set(swept.flatMap(({ expectation }) => [expectation.podMtu, ...(expectation.mtus ?? [])]))];
  return svgImage(width, bottom + 30, title, [
    label(title, { x: left, y: 26, class: "ink", "font-size": 16, "font-weight": 600 }, 56),
    label("green: passed; outlined: refused, as the sender knows; red: lost", { x: left, y: 46, ...small }),
    label(`MTUs on the way, dashed: ${mtus.sort((a, b) => a - b).join(", ")} bytes`, { x: left, y: 63, ...small }),
    ...mtus
      .filter((mtu) => mtu >= least && mtu <= most)
      .map((mtu) =>
        line({ x1: x(mtu), x2: x(mtu), y1: head - 10, y2: bottom, class: "axis", "stroke-dasharray": "3 3" }),
      ),
    ...swept.flatMap((path, index) => row(path, head + index * rowHeight, x)),
    label(`${least} bytes`, { x: left, y: bottom + 18, ...small }),
    label(formatFigure(most), { x: right, y: bottom + 18, ...small, "text-anchor": "end" }),
  ]);
}

const small = { class: "faint", "font-size": 12 };

function row({ expectation, sizes = [] }: PathRecord, y: number, x: (bytes: number) => number): readonly string[] {
  const passed = sizes.filter(({ outcome }) => outcome === "passed").map(({ bytes }) => bytes);
  const name = expectation.path.id.split("/").slice(1).join(" ");
  const lost = sizes.filter(({ outcome }) => outcome === "lost");
  const words = passed.length === 0 ? "nothing passed" : `to ${Math.max(...passed)}`;
  return [
    label(name, { x: left, y: y + 12, class: "ink", "font-size": 13 }, 46),
    label(words, {
      x: right,
      y: y + 12,
      class: lost.length > 0 ? "bad" : "ink",
      "font-size": 13,
      "text-anchor": "end",
    }),
    ...stretches(sizes).map(({ from, to, outcome }) =>
      rect({ x: x(from) - 1, y: y + 18, width: x(to) - x(from) + 2, height: 10, class: classes[outcome] }),
    ),
  ];
}

const classes = { passed: "good", refused: "none", lost: "bad" } as const;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly outcome: SweptSize["outcome"];
}

/** Sizes next to each other that fared alike. */
function stretches(sizes: readonly SweptSize[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const { bytes, outcome } of sizes) {
    const last = found.at(-1);
    if (last?.outcome === outcome) found.splice(-1, 1, { ...last, to: bytes });
    else found.push({ from: bytes, to: bytes, outcome });
  }
  return found;
}
