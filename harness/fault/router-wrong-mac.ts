import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { culprit, routersOf } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** A MAC that no machine of a lab has. */
const nobodys = "02:00:00:00:ff:99";

/** The router has a static neighbor entry for the culprit that has outlived the culprit's network card. */
export const routerWrongMac = defineFault({
  name: "router-wrong-mac",
  title: "the router sends what is for a node to a MAC that nobody has",
  describes: "#9693 (which of two answers), #7706 (whose MAC a frame bears)",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  cause: "next-hop",
  apply: async (network, plan, scope = new Scope()) => {
    const { name, address } = culprit(network);
    const segment = plan.nodes.find((node) => node.name === name)?.uplink.segment;
    const [router] = routersOf(network);
    const ports = plan.routers.find((planned) => planned.name === router?.name)?.ports ?? [];
    const port = ports.find((candidate) => candidate.segment === segment);
    if (router === undefined || port === undefined) throw new LabError(`${name} has no router for this fault`);
    const entry = `${address} dev ${port.device}`;
    const commands = [`ip neigh replace ${entry} lladdr ${nobodys} nud permanent`];
    return { did: [await changeNode(router, commands, [`ip neigh del ${entry}`], scope)] };
  },
  // A switch floods what is for a MAC that it does not know.
  follows: ["conservation", "no-leak", "sentinel"],
  trips: [
    { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" },
    { check: "next-hop-mac", status: "fail", path: "*/next-hop-mac/*", category: "wrong next hop" },
  ],
});
