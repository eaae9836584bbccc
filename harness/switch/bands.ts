import type { Flight } from "./flight.ts";
import type { Moments } from "./moments.ts";
import type { Band } from "./switch-record.ts";
import { wireForms } from "./wire-form.ts";

/** Bins that a window is cut into at most: a picture shows no more, and a record stays small. */
const mostBins = 500;

/** Least width of a bin in milliseconds: packets of one interval stand in one. */
const leastBinMs = 10;

/** The forms in which packets left their node, over time. Bins without a packet belong to the band before. Pure. */
export function bandsOf(flight: Flight, sent: ReadonlyMap<number, number>, moments: Moments): readonly Band[] {
  const span = (moments.end - moments.start) * 1000;
  const width = Math.max(leastBinMs, span / mostBins);
  const bins = new Map<number, Set<number>>();
  for (const [number, at] of sent) {
    const form = flight.exitForm[number] ?? (flight.heardAt[number] === undefined ? undefined : none);
    if (form === undefined) continue;
    const bin = Math.floor(((at - moments.start) * 1000) / width);
    const forms = bins.get(bin) ?? new Set();
    bins.set(bin, forms.add(form));
  }
  return joined(bins, width, moments);
}

/** Stands for packets that did not leave their node. */
const none = wireForms.length;

function joined(bins: ReadonlyMap<number, ReadonlySet<number>>, width: number, moments: Moments): readonly Band[] {
  const bands: { fromMs: number; toMs: number; forms: Band["forms"]; key: string }[] = [];
  const offset = moments.ms(moments.start);
  for (const [bin, forms] of [...bins].toSorted(([a], [b]) => a - b)) {
    const sorted = [...forms].toSorted();
    const key = sorted.join(" ");
    const [fromMs, toMs] = [moments.round(offset + bin * width), moments.round(offset + (bin + 1) * width)];
    const last = bands.at(-1);
    if (last?.key === key) last.toMs = toMs;
    else {
      if (last !== undefined) last.toMs = fromMs;
      bands.push({ fromMs, toMs, forms: sorted.map((form) => wireForms[form] ?? "none"), key });
    }
  }
  return bands.map(({ fromMs, toMs, forms }) => ({ fromMs, toMs, forms }));
}
