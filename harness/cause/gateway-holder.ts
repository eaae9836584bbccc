import { groupBy } from "../core/group-by.ts";
import { withoutPrefix } from "../topology/address.ts";
import { isSameAddress } from "../topology/same-address.ts";
import { leadsBy } from "../verify/path-case.ts";
import { listOf } from "../verify/words.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";
import { dropInWords, dropsOn } from "./drops.ts";

/** The gateway's address, which one of two routers must hold while the other stands by, is at the other, at both, or at none. */
export const gatewayHolder: Rule = {
  name: "gateway-holder",
  find: (incident) => {
    const astray = heldAddresses(incident).filter(
      ({ active, holders }) => holders.length !== 1 || holders[0] !== active,
    );
    return [...groupBy(astray, ({ active, holders }) => [active, ...holders].join(" ")).values()].flatMap((own) =>
      causeOf(incident, own),
    );
  },
};

interface Held {
  readonly address: string;
  /** The router that must have it. */
  readonly active: string;
  /** The routers that have it. */
  readonly holders: readonly string[];
}

/** Nothing where routers were not read. */
function heldAddresses({ network: { plan, facts } }: Incident): readonly Held[] {
  const read = facts.routers ?? [];
  return plan.routers.flatMap(({ name: active, ports }) => {
    if (!read.some(({ node }) => node === active)) return [];
    return ports.flatMap(({ holds = {} }) =>
      Object.values(holds).map((cidr) => {
        const address = withoutPrefix(cidr);
        const has = read.filter(({ links }) =>
          links.some(({ addresses }) => addresses.some((own) => isSameAddress(withoutPrefix(own), address))),
        );
        return { address, active, holders: has.map(({ node }) => node) };
      }),
    );
  });
}

function causeOf(incident: Incident, held: readonly Held[]): readonly Cause[] {
  const [first] = held;
  if (first === undefined) return [];
  const { active, holders } = first;
  const rules = holders.flatMap((name) =>
    name === active ? [] : dropsOn(incident, name).map((guilty) => `${name}: ${dropInWords(guilty)}`),
  );
  const addresses = listOf(held.map(({ address }) => address));
  const [rule] = rules;
  return [
    {
      name: "gateway-holder",
      sentence: `${addresses}, the gateway's address${held.length === 1 ? "" : "es"} that ${active} must hold, ${held.length === 1 ? "is" : "are"} ${whereWords(active, holders)}${rule === undefined ? "" : `; ${rule}`}`,
      fix: "see why the routers do not agree (VRRP: advertisements lost between them, priorities, a filter for protocol 112), and let one alone hold the address",
      issues: [],
      evidence: [
        ...held.map(({ address, holders: own }) => `${address}: at ${listOf(own) || "no router"}`),
        ...rules,
      ].slice(0, shownLines),
      explains: explainedBy(incident, active, held),
    },
  ];
}

function whereWords(active: string, holders: readonly string[]): string {
  if (holders.length === 0) return "at no router";
  if (!holders.includes(active)) return `at ${listOf(holders)}, which stands by: it took over`;
  return `at ${listOf(holders)}: both are active`;
}

/** Paths through the router, what machines saw of each other meanwhile, and what their neighbor tables say of the address. */
function explainedBy({ failed, cases }: Incident, active: string, held: readonly Held[]): readonly string[] {
  const through = new Set(
    cases.filter(({ expectation }) => leadsBy(expectation, active)).map(({ expectation }) => expectation.path.id),
  );
  const ofNetwork = ["next-hop-mac", "neighbors", "sentinel"];
  const ofAddress = (reason = ""): boolean => held.some(({ address }) => reason.includes(`${address} `));
  const explained = failed.filter(
    ({ id, check, reason }) =>
      through.has(id) ||
      ofNetwork.includes(check) ||
      (["control-plane", "steady"].includes(check) && ofAddress(reason)),
  );
  return [...new Set(explained.map(({ id }) => id))];
}
