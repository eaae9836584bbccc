import type { NodeFacts } from "../dataplane/node-facts.ts";
import { tunnelDevices } from "../encap/identity.ts";
import type { Plan } from "../topology/plan.ts";
import { defineCheck, type NetworkCase } from "./check.ts";
import { judgeCounters, type Growth } from "./judge-counters.ts";

/** Devices say themselves when frames are damaged, or cannot be sent. */
export const interfaceErrors = defineCheck({
  of: "network",
  name: "interface-errors",
  part: "encapsulation",
  proves: "no uplink, tunnel, pod's device or router's port counted errors while the probes ran",
  judge: (networkCase) =>
    judgeCounters(networkCase, {
      check: "interface-errors",
      expected: "no errors on uplinks, tunnels, pods' devices and routers' ports during the probes",
      chosen: (counter, facts) => isOurs(counter, facts, networkCase),
      wrong: inWords,
    }),
});

/** Dropped frames are no errors: sound devices drop what nobody speaks, and tunnels drop neighbor discovery that has no peer. */
function inWords({ counter, by }: Growth): string | undefined {
  const [, device = "", way = "", kind = ""] = /^(.+)\.(rx|tx)\.(\w+)$/.exec(counter) ?? [];
  if (by <= 0 || kind === "dropped") return undefined;
  return `${device} counted ${by} ${kind === "errors" ? "errors" : "carrier errors"} ${way === "rx" ? "receiving" : "sending"}`;
}

function isOurs(counter: string, { node }: NodeFacts, { plan, identities }: NetworkCase): boolean {
  const device = /^(.+)\.(?:rx|tx)\.(?:errors|carrier_errors|dropped)$/.exec(counter)?.[1];
  if (device === undefined) return false;
  const pods = identities.pods.filter((pod) => pod.node === node).map(({ hostDevice }) => hostDevice);
  return [...portsOf(plan, node), ...pods, ...tunnelDevices].includes(device);
}

function portsOf({ nodes, routers }: Plan, name: string): readonly string[] {
  return [
    ...nodes.flatMap((node) => (node.name === name ? [node.uplink.device] : [])),
    ...routers.flatMap((router) => (router.name === name ? router.ports.map(({ device }) => device) : [])),
  ];
}
