import { failuresOf, type Rule } from "./cause.ts";

/** The kernel's state changed while probes ran, so that they saw two networks. */
export const changedMidway: Rule = {
  name: "changed-midway",
  find: (incident) =>
    incident.failed
      .filter(({ check }) => check === "steady")
      .map(({ id, reason = "", evidence }) => ({
        name: "changed-midway",
        sentence: reason,
        fix: "rerun the probe when the network is quiet; if it changes again, see the logs of Felix and BIRD there",
        issues: ["#9450", "#8071"],
        evidence: evidence.slice(0, 6),
        explains: failuresOf(incident, id.split("/").at(-1) ?? ""),
      })),
};
