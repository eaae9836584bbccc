import { withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Trouble } from "../verify/trouble.ts";
import type { Rule } from "./cause.ts";
import { ofTroubles } from "./of-troubles.ts";

const base = ofTroubles({
  name: "wrong-gateway",
  issues: ["#3003"],
  fix: "put the gateway right where the machine gets its routes from (DHCP, cloud-init, a guest agent), and restart what depends on it",
  chosen: ({ kind, route }) => kind === "wrong way" && route?.destination === "default" && route.via !== undefined,
  concerns: "both nodes",
  sentence: (node, [first]) =>
    `${node}: its default gateway ${first?.route?.via ?? ""} is no router of the lab (${first?.text ?? ""})`,
});

/** A machine's default route leads to an address that no router has: to no other subnet anything gets through, whatever Calico does. */
export const wrongGateway: Rule = {
  name: base.name,
  find: (incident) => {
    const nodes = incident.nodes.map((judgment) => ({
      ...judgment,
      troubles: judgment.troubles.filter((trouble) => isNobodys(incident.network.plan, trouble)),
    }));
    return base.find({ ...incident, nodes });
  },
};

function isNobodys({ routers }: Plan, { route }: Trouble): boolean {
  const via = route?.via ?? "";
  const own = routers.flatMap(({ ports }) => ports.flatMap(({ addresses }) => Object.values(addresses)));
  return !own.some((address) => isSameAddress(withoutPrefix(address), via));
}
