import { judgeNodes } from "../verify/node-troubles.ts";
import { legsOf } from "../verify/path-case.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

/** "forward: 4 of 5 ping packets at a1/eth0 were plain, not VXLAN" */
const wrongForm = /(\d+) of (\d+) \w+ packets at ([^/ ]+)\/\S+ (?:was|were) ([^,;]+), not ([^,;]+)/g;

/** A node sent some packets of a flow in another form than the rest, though its kernel was as it must be before and after: it changed in between, and back. */
export const passingChange: Rule = {
  name: "passing-change",
  find: (incident) => {
    const found = wrongForms(incident);
    // Packets whose address something translated go another way by that; a route that changes also meets others.
    const translated = new Set(incident.failed.filter(({ check }) => check === "source-address").map(({ id }) => id));
    const nodes = [
      ...new Set(found.flatMap(({ id, node, isMixed }) => (isMixed && !translated.has(id) ? [node] : []))),
    ];
    return soundOnes(incident, nodes).flatMap((node) =>
      causeOf(
        incident,
        node,
        found.filter((one) => one.node === node),
      ),
    );
  },
};

interface WrongForm {
  readonly id: string;
  readonly node: string;
  readonly finding: string;
  readonly observed: string;
  /** The others of the same probe left in the right one. */
  readonly isMixed: boolean;
}

/** Findings on packets of one probe that left their sender's node in a wrong form. */
function wrongForms({ failed, asked }: Incident): readonly WrongForm[] {
  const senders = new Map(
    asked.map(({ expectation }) => [
      expectation.path.id,
      new Set(legsOf(expectation).flatMap(({ expected }) => expected.hops[0]?.tap.node ?? [])),
    ]),
  );
  return failed
    .filter(({ check }) => check === "encapsulated" || check === "not-encapsulated")
    .flatMap(({ id, reason = "" }) =>
      [...reason.matchAll(wrongForm)]
        .filter(([, , , node = ""]) => senders.get(id)?.has(node) === true)
        .map(([finding, some, all, node = "", observed = ""]) => {
          return { id, node, finding, observed, isMixed: Number(some) < Number(all) };
        }),
    );
}

/** Nodes with whose kernel nothing is wrong: that would say more, and who steers single packets leaves rules. */
function soundOnes({ network, nodes }: Incident, asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return [];
  const before = network.before === undefined ? [] : judgeNodes({ ...network, facts: network.before });
  const judged = [...nodes, ...before].filter(({ troubles }) => troubles.length > 0);
  const troubled = new Set(judged.map(({ expected }) => expected.node));
  return asked.filter((node) => !troubled.has(node));
}

function causeOf({ failed }: Incident, node: string, found: readonly WrongForm[]): readonly Cause[] {
  const mixed = found.filter(({ isMixed }) => isMixed);
  const [first] = mixed;
  if (first === undefined) return [];
  // All packets of a probe that was sent in that moment alone are in that form.
  const met = found.filter(({ observed }) => mixed.some((one) => one.observed === observed));
  const heard = failed.filter(
    ({ check, reason = "" }) => check === "sentinel" && reason.includes(`${first.observed} packets from ${node} to `),
  );
  const [, when = ""] = /(from \d\d:\d\d:\S+ to \d\d:\d\d:[\d.]+)/.exec(heard[0]?.reason ?? "") ?? [];
  return [
    {
      name: "passing-change",
      sentence: `${node} changed how it sends while probes ran, and back${when === "" ? "" : ` (${when})`}: ${first.finding}; before and after its kernel was as it must be`,
      fix: "see who wrote routes there at that time: the logs of Felix and BIRD, ip -t monitor route; rerun the probe when the network is quiet",
      issues: ["#9450", "#8071"],
      evidence: [...heard.map(({ reason = "" }) => reason), ...mixed.map(({ finding }) => finding)].slice(
        0,
        shownLines,
      ),
      explains: [...new Set([...met.map(({ id }) => id), ...heard.map(({ id }) => id)])],
    },
  ];
}
