import { mostOnSegment } from "./link-filter.ts";
import type { Station, Stations } from "./stations.ts";

/** What nobody asks about the MACs of frames at a tap. */
export interface UnaskedMacs {
  /** Nothing at all is asked. */
  readonly all: boolean;
  /** In words, for the tap's report. */
  readonly told: { readonly unasked?: string };
}

/** MACs that could not be read leave frames unjudged, and a large segment leaves each tap to its own machine's. Pure. */
export function unaskedAt(stations: Stations, own: Station | undefined): UnaskedMacs {
  if (own === undefined) return { all: true, told: { unasked: "it is on no segment of the plan" } };
  const others = stations.on(own.segment).filter((one) => one !== own);
  const unknown = others.filter(({ mac }) => mac === "");
  const all = own.mac === "" && unknown.length === others.length;
  const names = [...(own.mac === "" ? [own] : []), ...unknown].map(({ name, device }) => `${name}/${device}`);
  const reasons = [
    ...(names.length === 0 ? [] : [`the MAC of ${names.join(", ")} is not known`]),
    ...(others.length >= mostOnSegment ? [`of ${others.length + 1} machines on ${own.segment}, only its own`] : []),
  ];
  return { all, told: reasons.length === 0 ? {} : { unasked: reasons.join("; ") } };
}
