import { judgeNodes } from "../verify/node-troubles.ts";
import { failuresOf, type Incident, type Rule, shownLines } from "./cause.ts";

/** The kernel's state changed while probes ran, so that they saw two networks. */
export const changedMidway: Rule = {
  name: "changed-midway",
  find: (incident) =>
    incident.failed
      .filter(({ check, id }) => check === "steady" && !wasWrongBefore(incident, id.split("/").at(-1) ?? ""))
      .map(({ id, reason = "", evidence }) => ({
        name: "changed-midway",
        sentence: reason,
        fix: "rerun the probe when the network is quiet; if it changes again, see the logs of Felix and BIRD there",
        issues: ["#9450", "#8071"],
        evidence: evidence.slice(0, shownLines),
        explains: failuresOf(incident, id.split("/").at(-1) ?? ""),
      })),
};

/** What was wrong already goes on being wrong, in other words: the kernel asks for a neighbor that is missing, say. */
function wasWrongBefore({ network, nodes }: Incident, node: string): boolean {
  const { before } = network;
  if (before === undefined) return false;
  const troublesOf = (judged: Incident["nodes"]): Incident["nodes"][number]["troubles"] =>
    judged.find(({ expected }) => expected.node === node)?.troubles ?? [];
  const earlier = new Set(troublesOf(judgeNodes({ ...network, facts: before })).map(({ kind }) => kind));
  const now = troublesOf(nodes);
  return now.length > 0 && now.every(({ kind }) => earlier.has(kind));
}
