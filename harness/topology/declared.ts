import type { Topology } from "./topology.ts";

/** What a topology says of Calico's configuration, and what can be changed on a lab that is up. */
export type Declared = Pick<Topology, "routeOwner" | "vni" | "tunnelMtu">;

/** Of a topology, its file or a label, the part that is declared. Pure. */
export function declaredIn({
  routeOwner,
  vni,
  tunnelMtu,
}: { readonly [Key in keyof Declared]?: Declared[Key] | undefined }): Declared {
  return {
    ...(routeOwner === undefined ? {} : { routeOwner }),
    ...(vni === undefined ? {} : { vni }),
    ...(tunnelMtu === undefined ? {} : { tunnelMtu }),
  };
}
