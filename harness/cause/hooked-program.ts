import type { NodeFacts } from "../dataplane/node-facts.ts";
import { type Rule, shownLines } from "./cause.ts";
import { factsOf } from "./counters.ts";
import type { Crossing } from "./crossings.ts";
import { lossyPlaces, pathsIn } from "./lossy-places.ts";
import { isTunnelDevice } from "./tunnel-words.ts";

/** Packets are lost at a device where a program sees them that no packet filter lists: XDP, or a filter of tc. */
export const hookedProgram: Rule = {
  name: "hooked-program",
  find: (incident) =>
    lossyPlaces(incident).flatMap(({ place, lossy }) => {
      const facts = factsOf(incident.network.facts, place);
      const programs = facts === undefined ? [] : programsIn(facts, place);
      const own = lossy.filter((crossing) => programs.some((program) => meets(program, place, crossing)));
      const told = programs.filter((program) => own.some((crossing) => meets(program, place, crossing)));
      const [first] = told;
      if (first === undefined) return [];
      return [
        {
          name: "hooked-program",
          sentence: `packets are lost in ${place}, where ${first.words} sees them and may drop them`,
          fix: "take it off and try again (ip link set DEVICE xdp off; tc filter del dev DEVICE ingress), and see who put it there (bpftool net)",
          issues: [],
          evidence: told.map(({ words }) => `${place}: ${words}`).slice(0, shownLines),
          explains: pathsIn({ lossy: own }),
        },
      ];
    }),
};

/** Felix's own programs in eBPF mode and for policies without connection tracking (felix/bpf: cali_tc_…, cali_xdp_…). */
const calicos = /\bcali/;

interface Program {
  readonly device: string;
  readonly words: string;
}

function programsIn({ links, classifiers = [] }: NodeFacts, place: string): readonly Program[] {
  const isCalicos = ({ words }: Program): boolean => calicos.test(words.replace(/ on \S+/, ""));
  return [
    ...links.flatMap(({ device, xdp }) =>
      xdp === undefined ? [] : [{ device, words: `the XDP program ${xdp} on ${place}/${device}` }],
    ),
    ...classifiers.map(({ device, direction, words }) => ({
      device,
      words: `the tc filter ${words} on ${place}/${device} (${direction})`,
    })),
  ].filter((program) => !isCalicos(program));
}

/** Whether packets end at the program's device; within a node they may go by a tunnel device, at which nobody listens, and a pod's own has no tap. */
function meets({ device }: Program, place: string, { last, missed, underlay }: Crossing): boolean {
  const isTap = [last, missed].some((tap) => tap?.node === place && tap.device === device);
  const isTunnel = underlay !== "plain" && underlay !== "none" && isTunnelDevice(device);
  return isTap || isTunnel || isPodOf(place, last, missed);
}

/** A pod is the place itself: all of its devices are on the way. */
function isPodOf(place: string, last: Crossing["last"], missed: Crossing["missed"]): boolean {
  return place !== missed.node && place !== last?.node;
}
