import { expectControlPlane } from "../../encap/control-plane.ts";
import type { Identities } from "../../encap/identity.ts";
import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import { tunnelModes } from "../../encap/tunnel.ts";
import { wireguardDevice } from "../../encap/wireguard.ts";
import { readNodeFacts } from "../facts/read-node-facts.ts";
import { firstUnmetState } from "./unmet-state.ts";
import type { NodeTrouble } from "./walk-facts.ts";

/**
 * What the nodes' kernels lack of what a mode needs with these identities. Without a tunnel address the expectation has no
 * tunnel, and without a block no route: neither may pass for converged.
 */
export async function controlPlaneTroubles(
  lab: Lab,
  mode: Mode,
  identities: Identities,
): Promise<readonly NodeTrouble[]> {
  const expected = expectControlPlane(lab.plan, mode, identities);
  const facts = await readNodeFacts(lab.nodes);
  return expected.flatMap((state): readonly NodeTrouble[] => {
    const { node } = state;
    const fact = facts.find((candidate) => candidate.node === node);
    const unmet = fact === undefined ? undefined : firstUnmetState(state, fact);
    return unmet === undefined ? addressless(lab, identities, mode, node) : [{ node, ...unmet }];
  });
}

function addressless({ plan }: Lab, identities: Identities, mode: Mode, node: string): readonly NodeTrouble[] {
  const own = identities.nodes.find(({ name }) => name === node);
  const wanted = plan.families.flatMap((family) => [
    ...tunnelModes(plan, mode, family).map(([device]) => device),
    ...(own?.encrypts === true ? [wireguardDevice(family)] : []),
  ]);
  const hasTunnel = wanted.every((device) => own?.tunnelAddresses[device] !== undefined);
  const hasPods = plan.allocation.pods.some((pod) => pod.node === node);
  // A node may have no block and borrow addresses from others'.
  const ofPods = identities.pods
    .filter((pod) => pod.node === node)
    .flatMap(({ addresses }) => Object.values(addresses));
  const hasBlock = Object.values(own?.blocks ?? {}).some((blocks) => blocks.length > 0) || ofPods.length > 0;
  return [
    ...(hasTunnel
      ? []
      : [{ node, step: "device", seen: "Calico has not assigned the node a tunnel address" } as const]),
    ...(hasBlock || !hasPods
      ? []
      : [{ node, step: "route", seen: "Calico has not assigned the node an address block" } as const]),
  ];
}
