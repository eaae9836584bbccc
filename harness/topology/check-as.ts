import type { ValueProblem } from "../core/yaml/value-problem.ts";
import type { Topology } from "./topology.ts";

/** Autonomous systems mean nothing without BGP, and a router is in one. */
export function checkAs({ fabric, subnets, routers, reflectors }: Topology): readonly ValueProblem[] {
  const numbered = subnets.filter(({ as }) => as !== undefined);
  const unspoken = numbered.map(({ name }): ValueProblem => {
    return { path: ["subnets", name, "as"], message: `nobody speaks BGP here; say \`fabric: bgp\`` };
  });
  if (fabric !== "bgp") return unspoken;
  const reflecting: readonly ValueProblem[] =
    reflectors === undefined || numbered.length === 0
      ? []
      : [{ path: ["reflectors"], message: "nodes of several autonomous systems have no reflectors in common" }];
  return [...reflecting, ...betweenRacks(routers, numbered)];
}

function betweenRacks(routers: Topology["routers"], numbered: Topology["subnets"]): readonly ValueProblem[] {
  return routers.flatMap((router): readonly ValueProblem[] => {
    const own = numbered.filter(({ name }) => router.subnets.includes(name));
    const other = own.find(({ as }) => as !== own[0]?.as);
    if (other === undefined) return [];
    const message = `${router.name} stands in AS ${own[0]?.as ?? ""} (${own[0]?.name ?? ""}) and AS ${other.as ?? ""} (${other.name}); give each rack a router of its own`;
    return [{ path: ["routers", router.name, "subnets"], message }];
  });
}
