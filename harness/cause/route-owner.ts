import type { Trouble } from "../verify/trouble.ts";
import { ofTroubles } from "./of-troubles.ts";

/** Programs of Calico by the protocol of their routes in the kernel. */
const makers: Readonly<Record<string, string>> = { "80": "Felix", bird: "BIRD" };

/** Routes to pods are made by another program than the one that was declared: both were told to, or neither. */
export const routeOwner = ofTroubles({
  name: "route-owner",
  issues: ["#11845", "#13470", "#13536"],
  fix: "set programClusterRoutes in FelixConfiguration and BGPConfiguration so that exactly one of them is Enabled",
  chosen: isOthers,
  // They lead where they must.
  checks: () => ["control-plane", "steady"],
  sentence: (node, troubles) => {
    const [first] = troubles;
    const [declared = ""] = first?.expected?.protocols ?? [];
    const [now, must] = [makers[first?.route?.protocol ?? ""] ?? "", makers[declared] ?? ""];
    const routes = troubles.length === 1 ? "a route" : `${troubles.length} routes`;
    return `${now} makes ${routes} on ${node} that ${must} is declared to make (${first?.text ?? ""})`;
  },
});

/** A route under the other program's protocol, where it is declared whose it must be. */
function isOthers({ kind, route, expected }: Trouble): boolean {
  const [declared, ...others] = expected?.protocols ?? [];
  if (kind !== "wrong route" || route === undefined || declared === undefined || others.length > 0) return false;
  return Object.hasOwn(makers, declared) && Object.hasOwn(makers, route.protocol) && route.protocol !== declared;
}
