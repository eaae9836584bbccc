import { onceFor } from "../core/once-for.ts";
import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { NodeFacts, Unreadable } from "../dataplane/node-facts.ts";
import { expectControlPlane, type ExpectedNodeState } from "../encap/control-plane.ts";
import { wireguardDevices } from "../encap/identity.ts";
import type { NetworkCase } from "./check.ts";
import { encryptionTroubles } from "./judge-encryption.ts";
import { nextHopTroubles } from "./judge-next-hops.ts";
import { ownerTroubles } from "./judge-owners.ts";
import { routeTroubles } from "./judge-routes.ts";
import { ruleTroubles } from "./judge-rules.ts";
import { deviceTroubles, fdbTroubles, neighborTroubles } from "./judge-tunnels.ts";
import { linkTroubles, registrationTroubles, settingTroubles, uplinkTroubles, wayTroubles } from "./judge-underlay.ts";
import { translationTroubles } from "./judge-translations.ts";
import type { Trouble } from "./trouble.ts";

/** One node's kernel state, as it must be and as it is. */
export interface NodeJudgment {
  readonly expected: ExpectedNodeState;
  /** Missing where the node was not read at all. */
  readonly facts?: NodeFacts;
  readonly troubles: readonly Trouble[];
  /** Parts that troubles could be in and that nobody could read. */
  readonly unreadable: readonly Unreadable[];
}

/** Compares every node's kernel state with what mode and plan make of it. */
export function judgeNodes({ plan, mode, identities, facts }: NetworkCase): readonly NodeJudgment[] {
  return judged(facts)(identities)(plan)(mode);
}

/** What must be does not change between the facts before the probes and those after them. */
const expected = onceFor((identities: NetworkCase["identities"]) =>
  onceFor((plan: NetworkCase["plan"]) =>
    onceFor((mode: NetworkCase["mode"]) => expectControlPlane(plan, mode, identities)),
  ),
);

/** Two checks ask the same of the same facts. */
const judged = onceFor((facts: DataplaneFacts) =>
  onceFor((identities: NetworkCase["identities"]) =>
    onceFor((plan: NetworkCase["plan"]) =>
      onceFor((mode: NetworkCase["mode"]): readonly NodeJudgment[] => {
        const owners = ownerTroubles(plan, identities, facts.nodes);
        const hops = nextHopTroubles(plan, identities, facts);
        const translations = translationTroubles(identities, facts);
        const byNode = new Map(
          facts.nodes.map(({ node }) => [
            node,
            [...(owners.get(node) ?? []), ...(hops.get(node) ?? []), ...(translations.get(node) ?? [])],
          ]),
        );
        return judgeStates(expected(identities)(plan)(mode), facts, byNode);
      }),
    ),
  ),
);

/** The same for expectations that are there already; `owners` are troubles that only a look at all nodes shows. */
export function judgeStates(
  expected: readonly ExpectedNodeState[],
  { nodes, registered, encryptionAsked = [] }: DataplaneFacts,
  owners: ReadonlyMap<string, readonly Trouble[]> = new Map(),
): readonly NodeJudgment[] {
  const byNode = new Map(nodes.map((own) => [own.node, own]));
  return expected.map((state) => {
    const facts = byNode.get(state.node);
    if (facts === undefined) return { expected: state, troubles: [], unreadable: [] };
    const own = registered?.find(({ node }) => node === state.node)?.addresses;
    return {
      expected: state,
      facts,
      troubles: [
        ...(owners.get(state.node) ?? []),
        ...troublesOf(state, facts, own),
        ...unencrypted(facts, encryptionAsked),
      ],
      unreadable: (facts.unreadable ?? []).filter(({ what }) => needed.has(what)),
    };
  });
}

/** Felix makes the device where the kernel can (wireguard.cali, felix/wireguard); without it packets go as they are, and nothing else says so. */
function unencrypted({ links, unreadable = [] }: NodeFacts, asked: readonly string[]): readonly Trouble[] {
  const isThere = links.some(({ device }) => wireguardDevices.some((own) => own === device));
  if (asked.length === 0 || isThere || unreadable.some(({ what }) => what === "devices")) return [];
  const text = `${asked.join(" and ")} asks for WireGuard, and there is no device wireguard.cali: packets are not encrypted, and new pods get WireGuard's MTU all the same`;
  return [{ kind: "device", what: "wireguard", text }];
}

/** What packet filters and counters say explains failures; a pass does not depend on it. */
const needed: ReadonlySet<Unreadable["what"]> = new Set(["routes", "rules", "devices", "neighbors", "FDB", "settings"]);

/** What causes others first. What could not be read has no trouble: it is unreadable, not absent. */
function troublesOf(
  state: ExpectedNodeState,
  facts: NodeFacts,
  registered: readonly string[] | undefined,
): readonly Trouble[] {
  const unread = new Set(facts.unreadable?.map(({ what }) => what));
  const where = (what: Unreadable["what"], judge: () => readonly Trouble[]): readonly Trouble[] =>
    unread.has(what) ? [] : judge();
  return [
    ...where("devices", () => uplinkTroubles(state, facts)),
    ...where("devices", () => linkTroubles(state, facts)),
    ...registrationTroubles(state, registered),
    ...where("rules", () => where("routes", () => ruleTroubles(state, facts))),
    ...where("rules", () => where("routes", () => encryptionTroubles(state, facts))),
    ...where("routes", () => wayTroubles(state, facts)),
    ...where("settings", () => settingTroubles(state, facts)),
    ...where("devices", () => deviceTroubles(state, facts)),
    ...where("routes", () => routeTroubles(state, facts)),
    ...where("FDB", () => fdbTroubles(state, facts)),
    ...where("neighbors", () => neighborTroubles(state, facts)),
  ];
}
