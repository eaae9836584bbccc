import { type Rule, shownLines } from "./cause.ts";

/** Packets that no probe sent, or copies of them, are seen between nodes in a form that the mode does not say; all that was asked passes. */
export const leakHeard: Rule = {
  name: "leak-heard",
  find: ({ failed }) => {
    const heard = failed.filter(({ check }) => check === "sentinel");
    const [first] = heard;
    if (first === undefined) return [];
    return [
      {
        name: "leak-heard",
        sentence: `beside what the probes asked, ${(first.reason ?? "").split("; ")[0] ?? ""}`,
        fix: "see the first such packet in the capture, and on its sender: ip route get for its addresses, rules that copy packets (nft dup), other tunnels (ip -d link show type vxlan)",
        issues: ["#9403", "#7706", "#10321"],
        evidence: heard.flatMap(({ evidence }) => evidence).slice(0, shownLines),
        explains: heard.map(({ id }) => id),
      },
    ];
  },
};
