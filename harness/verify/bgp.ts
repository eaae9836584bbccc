import type { BgpSessionFact, DataplaneFacts } from "../dataplane/dataplane.ts";
import { expectBgp, type ExpectedSession, type ExpectedSpeaker } from "../encap/bgp.ts";
import type { Mode } from "../encap/mode.ts";
import { normalizeAddress } from "../topology/address.ts";
import { defineCheck } from "./check.ts";
import type { Verdict } from "./verdict.ts";
import { counted } from "./words.ts";

/** Whoever must speak BGP does, and has learned and told what it must. */
export const bgp = defineCheck({
  of: "network",
  name: "bgp",
  part: "encapsulation",
  proves: "every BGP session that must be there is Established, and has brought the blocks that it must",
  judge: ({ plan, mode, identities, bgp: design, facts }) => judgeBgp(expectBgp(plan, identities, design), facts, mode),
});

/** How many differences a reason spells out; all of them are evidence. */
const spelledOut = 3;

/**
 * Every BGP session that must be there is Established, and has brought the blocks that it must; one verdict for each
 * router or node that speaks. Green pings prove neither: a route of yesterday carries them on.
 */
export function judgeBgp(expected: readonly ExpectedSpeaker[], facts: DataplaneFacts, mode: Mode): Verdict[] {
  const speakers = expected.map(({ at }) => at);
  return expected.map((speaker) => {
    const own = (facts.bgp ?? []).filter(({ at }) => at === speaker.at);
    return judgeSpeaker(speaker, own, speakers, `${mode.id}/bgp/${speaker.at}`);
  });
}

function judgeSpeaker(
  { at, sessions }: ExpectedSpeaker,
  facts: readonly BgpSessionFact[],
  speakers: readonly string[],
  id: string,
): Verdict {
  const blocks = sessions.reduce((sum, { learned }) => sum + learned.length, 0);
  const expected = `${counted(sessions.length, "session")} Established, ${counted(blocks, "block")} learned`;
  const base = { id, check: "bgp", expected } as const;
  if (facts.length === 0) {
    const reason = `the BGP state of ${at} is unknown: check that its BIRD runs and answers`;
    return { ...base, status: "inconclusive", observed: "nothing", reason, category: "inconclusive", evidence: [] };
  }
  const evidence = facts.map(inWords);
  const troubles = [
    ...sessions.flatMap((session) => troublesOf(at, session, facts)),
    ...needless(at, sessions, facts, speakers),
  ];
  if (troubles.length === 0) return { ...base, status: "pass", observed: "the same", evidence };
  const more = troubles.length > spelledOut ? `; and ${troubles.length - spelledOut} more` : "";
  const reason = `${troubles.slice(0, spelledOut).join("; ")}${more}`;
  const observed = counted(troubles.length, "difference");
  return { ...base, status: "fail", observed, reason, category: "control plane", evidence: [...troubles, ...evidence] };
}

function troublesOf(at: string, session: ExpectedSession, facts: readonly BgpSessionFact[]): readonly string[] {
  const { peer, family } = session;
  const fact = facts.find((candidate) => candidate.peer === peer && candidate.family === family);
  const name = `the IPv${family} session of ${at} with ${peer}`;
  if (fact === undefined) return [`${name} does not exist`];
  if (fact.state !== "Established") return [`${name} is ${fact.state}, not Established`];
  return [
    ...lacking(session.learned, fact.learned).map((block) => `${at} has not learned ${block} from ${peer}`),
    ...lacking(session.advertised ?? [], fact.advertised).map(
      (block) => `${at} does not advertise ${block} to ${peer}`,
    ),
  ];
}

/** Sessions with another of the speakers that nothing asks for: a mesh that reflectors should have replaced. */
function needless(
  at: string,
  sessions: readonly ExpectedSession[],
  facts: readonly BgpSessionFact[],
  speakers: readonly string[],
): readonly string[] {
  return facts
    .filter(({ peer, family }) => !sessions.some((session) => session.peer === peer && session.family === family))
    .filter(({ peer }) => speakers.includes(peer))
    .map(({ peer, family, state }) => `the IPv${family} session of ${at} with ${peer} should not be there (${state})`);
}

function lacking(wanted: readonly string[], there: readonly string[] = []): readonly string[] {
  const known = new Set(there.map(normalized));
  return wanted.filter((block) => !known.has(normalized(block)));
}

function normalized(block: string): string {
  const [address = "", prefix = ""] = block.split("/");
  return `${normalizeAddress(address)}/${prefix}`;
}

function inWords({ at, peer, family, state, learned = [], advertised }: BgpSessionFact): string {
  const told = advertised === undefined ? "" : `, advertised ${advertised.join(" ") || "nothing"}`;
  return `${at} with ${peer} (IPv${family}): ${state}, learned ${learned.join(" ") || "nothing"}${told}`;
}
