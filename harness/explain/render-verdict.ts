import type { CaptureVerdict } from "./judge-capture.ts";

/** Writes a verdict for people: one line per wrong pair, and what could not be judged. */
export function renderVerdict({ status, right, wrong, doubts }: CaptureVerdict, mode: string): string {
  const shownDoubts = doubts.slice(0, 10);
  const more = doubts.length - shownDoubts.length;
  return [
    ...wrong.map(
      ({ from, to, sameSubnet, expected, observed, packets, example }) =>
        `wrong     ${from} > ${to} (${sameSubnet ? "same subnet" : "other subnet"}): expected ${expected}, ` +
        `observed ${observed} ×${packets}, for example ${example}`,
    ),
    ...shownDoubts.map((doubt) => `unclear   ${doubt}`),
    ...(more > 0 ? [`unclear   and ${more} more`] : []),
    `${status.toUpperCase()}  ${mode}: ${right} node pair${right === 1 ? "" : "s"} as expected, ${wrong.length} wrong, ${doubts.length} unclear`,
  ].join("\n");
}
