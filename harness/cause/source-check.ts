import { destinationOf } from "../topology/destination.ts";
import { legsOf } from "../verify/path-case.ts";
import { type Incident, type Rule, shownLines } from "./cause.ts";
import { isLossy, type Crossing } from "./crossings.ts";
import { lossyCrossings, pathsIn } from "./lossy-places.ts";
import { placesInWords, placesOf, type Place } from "./places.ts";

/** Packets between nodes below which it may be chance that none of them was lost. */
const fewest = 3;

type Side = "source" | "destination";

/** The network between machines lets pass only addresses that it gave out itself, as clouds do: plain packets of pods end there, those of nodes and tunnels do not. */
export const sourceCheck: Rule = {
  name: "source-check",
  find: (incident) => {
    const between = lossyCrossings(incident).filter(isBetween);
    return (["source", "destination"] as const).flatMap((side) => {
      const places = placesOf(between, incident.crossings).filter((place) => isChecked(incident, place, side));
      const lossy = places.flatMap((place) => place.lossy);
      if (lossy.length === 0) return [];
      const which = side === "source" ? "from" : "to";
      return [
        {
          name: "source-check",
          sentence: `lost ${placesInWords(places)}: all plain packets ${which} pods' addresses, while nodes' own and tunnels' pass: the network there checks addresses`,
          fix: "switch that check off (AWS: source/destination check; Azure: IP forwarding; GCP: canIpForward; OpenStack: allowed address pairs; a switch: IP source guard), or take a mode that encapsulates within subnets too (Always)",
          issues: ["#9138", "#6568", "#8166", "#7462", "calicoctl#2136"],
          evidence: places
            .map((place) => `${placesInWords([place])}: ${place.lossy.length} paths`)
            .slice(0, shownLines),
          explains: pathsIn({ lossy }),
        },
      ];
    });
  },
};

function isBetween({ last, missed }: Crossing): boolean {
  return last !== undefined && last.node !== missed.node;
}

/** Whether all packets with a pod's address on that side end at a place, and all others pass. */
function isChecked(incident: Incident, { lossy, all }: Place, side: Side): boolean {
  const ofPods = all.filter((crossing) => hasPodOn(incident, crossing, side));
  const others = all.filter((crossing) => !ofPods.includes(crossing));
  const came = others.flatMap(({ lots }) => lots).reduce((sum, lot) => sum + lot.came, 0);
  const allEnd = ofPods.every(({ lots }) => lots.every((lot) => lot.lost === lot.came));
  return lossy.every((crossing) => ofPods.includes(crossing)) && allEnd && came >= fewest && !others.some(isLossy);
}

/** Whether packets show a pod's address to the network: plain ones whose node does not translate it. */
function hasPodOn({ asked, network }: Incident, { path, direction, underlay }: Crossing, side: Side): boolean {
  if (underlay !== "plain") return false;
  const pods = new Set(network.identities.pods.flatMap(({ addresses }) => Object.values(addresses)).map(destinationOf));
  const own = asked.find(({ expectation }) => expectation.path.id === path.id);
  const leg = own === undefined ? undefined : legsOf(own.expectation).find((one) => one.direction === direction);
  const addresses = side === "source" ? leg?.expected.sources : leg && [leg.expected.destination];
  return (addresses ?? []).some((address) => pods.has(destinationOf(address)));
}
