import { groupBy } from "../core/group-by.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import { networkOf, prefixLength } from "../topology/address.ts";
import { longestName } from "../topology/schema.ts";

/** A rack of the lab, and the node of the cluster that each of its nodes stands for. */
export interface LabRack {
  readonly name: string;
  /** The network that most of its nodes' interfaces are in, as the cluster has it; missing where none has one. */
  readonly networks: { readonly 4?: string; readonly 6?: string };
  readonly nodes: readonly { readonly name: string; readonly node: PlannedNode }[];
}

/** Gives each segment of a cluster a rack, and each node a name that fits a lab. */
export function labRacks(plan: Plan, anonymize: boolean): readonly LabRack[] {
  const bySegment = groupBy(plan.nodes, ({ uplink }) => uplink.segment);
  const taken = new Set<string>();
  return [...bySegment.values()].map((members, index) => {
    const letter = rackLetter(index);
    return {
      name: `rack-${letter}`,
      networks: { ...networkIn(members, 4), ...networkIn(members, 6) },
      nodes: members.map((node, place) => {
        const made = `${letter}${place + 1}`;
        const name = !anonymize && fits(node.name) && !taken.has(node.name) ? node.name : made;
        taken.add(name);
        return { name, node };
      }),
    };
  });
}

/** a, b, … z, then r27, r28, … */
function rackLetter(index: number): string {
  return index < 26 ? String.fromCharCode("a".charCodeAt(0) + index) : `r${index + 1}`;
}

/** Names that the schema takes, and that no made name can be like. */
function fits(name: string): boolean {
  return name.length <= longestName && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && name !== routerName;
}

/** What stands for everything between the racks. */
export const routerName = "tor";

function networkIn(members: readonly PlannedNode[], family: 4 | 6): { readonly 4?: string; readonly 6?: string } {
  const single = family === 4 ? 32 : 128;
  const own = members
    .flatMap(({ uplink }) => uplink.addresses[family] ?? [])
    .filter((cidr) => prefixLength(cidr) < single)
    .map(networkOf);
  const [most] = [...groupBy(own, (cidr) => cidr)].toSorted((a, b) => b[1].length - a[1].length);
  return most === undefined ? {} : { [family]: most[0] };
}
