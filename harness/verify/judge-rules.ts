import { groupBy } from "../core/group-by.ts";
import type { NodeFacts, RuleFact } from "../dataplane/node-facts.ts";
import { ruleWords } from "../dataplane/rule-words.ts";
import type { ExpectedNodeState } from "../encap/control-plane.ts";
import { familyOf, isAddress, isCidr, overlaps } from "../topology/address.ts";
import type { Family } from "../topology/topology.ts";
import { longestMatch } from "./longest-match.ts";
import { routeInWords } from "./route-words.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { Trouble } from "./trouble.ts";

/** Rules that are asked before the main table and send the lab's packets another way than it would, or end them. */
export function ruleTroubles(expected: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  const { rules } = facts;
  if (rules === undefined) return [];
  const families = [...new Set(rules.map(({ family }) => family))];
  return families.flatMap((family) => {
    const own = rules.filter((rule) => rule.family === family).toSorted((a, b) => a.priority - b.priority);
    const main = own.findIndex(isMain);
    const missing: Trouble = { kind: "rule", text: `no rule leads to the main table of IPv${family}` };
    const before = main < 0 ? own : own.slice(0, main);
    return [...(main < 0 ? [missing] : []), ...before.flatMap((rule) => troubleOf(rule, expected, facts))];
  });
}

function isMain({ from, to, iif, fwmark, others, table, suppressed }: RuleFact): boolean {
  const whole = from === "all" && to === undefined && iif === undefined && fwmark === undefined && others.length === 0;
  return whole && table === "main" && suppressed === undefined;
}

function troubleOf(rule: RuleFact, expected: ExpectedNodeState, facts: NodeFacts): readonly Trouble[] {
  const what = concerns(rule, expected) ? misleads(rule, expected, facts) : undefined;
  if (what === undefined) return [];
  const peer = onlyPeer(rule, expected);
  const text = `${ruleInWords(rule)} (${what}) is evaluated before main`;
  return [{ kind: "rule", rule, text, ...(peer === undefined ? {} : { peer }) }];
}

/** The one node that a rule's destination concerns, where it names one and is about no other. */
function onlyPeer({ family, to, not }: RuleFact, { routes, underlay }: ExpectedNodeState): string | undefined {
  if (to === undefined || not || !isNetwork(to)) return undefined;
  const own = [
    ...routes.filter(
      (route) => route.family === family && isNetwork(route.destination) && overlaps(to, route.destination),
    ),
    ...(underlay?.ways ?? []).filter(({ address }) => overlaps(to, address)).map((way) => ({ peer: way.to })),
  ];
  const peers = new Set(own.map(({ peer }) => peer));
  return peers.size === 1 ? own[0]?.peer : undefined;
}

/** What a rule does to the packets that it is about, where that is not what the main table would; undefined where it does no harm. */
function misleads(rule: RuleFact, expected: ExpectedNodeState, facts: NodeFacts): string | undefined {
  if (rule.table === "local" || rule.table === "main") return undefined;
  if (rule.table === undefined) return rule.action?.startsWith("goto") === true ? undefined : "ends packets";
  const routes = (facts.otherTables ?? []).filter(({ table }) => table === rule.table);
  const lookup = longestMatch(routes, rule.family);
  for (const { destination, via, device } of waysOf(rule, expected)) {
    const route = lookup(destination, rule.suppressed);
    // A throw ends the look-up in this table alone (ip-route(8)): the next rule is asked.
    if (route === undefined || route.type === "throw") continue;
    const same = route.device === device && isSameAddress(route.via ?? "", via ?? "") && route.type === "unicast";
    if (!same) return routeInWords(route);
  }
  return undefined;
}

/**
 * Rules that would lead the lab's packets elsewhere, or end them, if they are about them: those that choose by mark, port, protocol or user.
 * No trouble by themselves, since facts do not tell which packets bear a mark.
 */
export function selectiveRules(expected: ExpectedNodeState, facts: NodeFacts): readonly string[] {
  const chooses = ({ fwmark, not, others }: RuleFact): boolean => !not && (others.length > 0 || fwmark !== undefined);
  return (facts.rules ?? []).filter(chooses).flatMap((rule) => {
    const what = misleads(rule, expected, facts);
    return what === undefined ? [] : [`${ruleInWords(rule)} (${what})`];
  });
}

/** Marks and ports are others' business unless negated: WireGuard's rule is "not from all fwmark …". */
function concerns({ family, from, iif, fwmark, not, others }: RuleFact, expected: ExpectedNodeState): boolean {
  if (others.length > 0 || (fwmark !== undefined && !not)) return false;
  const sources = sourcesOf(expected, family);
  const fromUs = from === "all" || sources.some((source) => isNetwork(from) && overlaps(from, source));
  const devices = [...(expected.underlay?.forwards ?? []), ...expected.tunnels.map(({ device }) => device), "lo"];
  return (not && fwmark !== undefined) || (fromUs && (iif === undefined || devices.includes(iif)));
}

/** Addresses that packets of the node's pods and of the node itself come from. */
function sourcesOf({ routes, underlay }: ExpectedNodeState, family: Family): readonly string[] {
  const own = routes.filter((route) => route.family === family && route.peer === undefined);
  const addresses = (underlay?.addresses ?? []).map(({ address }) => address.replace(/\/.*/, ""));
  return [...own.map(({ destination }) => destination), ...addresses.filter((address) => familyOf(address) === family)];
}

interface Way {
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
}

/**
 * Where the packets that a rule is about must go: those of pods to other nodes' blocks and addresses; those that bear the node's own
 * address, as outer headers do, to other nodes' addresses alone.
 */
function waysOf({ family, from, to }: RuleFact, expected: ExpectedNodeState): readonly Way[] {
  const { routes, underlay } = expected;
  const pods = routes.filter((route) => route.family === family && route.peer === undefined);
  const ofPods = from === "all" || pods.some(({ destination }) => overlaps(from, destination));
  const blocks = ofPods ? routes.filter((route) => route.family === family && route.peer !== undefined) : [];
  const nodes = (underlay?.ways ?? []).filter((way) => way.family === family);
  const ways = [
    ...blocks.map(({ destination, via, device }): Way => {
      const address = destination.replace(/\/.*/, "");
      const encrypting = encryptingDevice(expected, family, address);
      if (encrypting !== undefined) return { destination: address, device: encrypting };
      return {
        destination: address,
        ...(via === undefined ? {} : { via }),
        ...(device === undefined ? {} : { device }),
      };
    }),
    ...nodes.map(({ address, via }): Way => ({
      destination: address,
      ...(via === undefined ? {} : { via }),
      ...(underlay === undefined ? {} : { device: underlay.uplink }),
    })),
  ];
  return to === undefined ? ways : ways.filter(({ destination }) => isNetwork(to) && overlaps(to, destination));
}

/** The device that must encrypt what goes to an address; undefined where nothing must. */
function encryptingDevice({ encrypted = [] }: ExpectedNodeState, family: Family, address: string): string | undefined {
  const own = encrypted.find((one) => one.family === family);
  const isDue = own?.peers.some(({ destinations }) => destinations.some((one) => overlaps(one, address)));
  return isDue === true ? own?.device : undefined;
}

function isNetwork(text: string): boolean {
  return isAddress(text) || isCidr(text);
}

/** A rule as `ip rule` prints it: "rule 500: from 198.19.0.0/26 lookup 500". */
export function ruleInWords(rule: RuleFact): string {
  return `rule ${rule.priority}: ${ruleWords(rule)}`;
}

/** All rules of a family, in order, for evidence. */
export function rulesInWords({ rules = [] }: NodeFacts): readonly string[] {
  return [...groupBy(rules, ({ family }) => family)].flatMap(([family, own]) =>
    own.map((rule) => `IPv${family} ${ruleInWords(rule)}`),
  );
}
