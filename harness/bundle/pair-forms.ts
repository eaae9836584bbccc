import type { ExpectedRoute } from "../encap/control-plane.ts";
import type { BundleJudgment } from "./judge-bundle.ts";

/** By "from to": the form that packets to the other node's blocks must have, and a sign whether the source's kernel makes it so. */
export function pairForms({ nodes }: BundleJudgment): ReadonlyMap<string, string> {
  const pairs = nodes.flatMap(({ expected, troubles }) => {
    const wrong = new Set(troubles.flatMap(({ peer }) => peer ?? []));
    const peers = [...new Set(expected.routes.flatMap(({ peer }) => peer ?? []))];
    return peers.map((peer): readonly [string, string] => {
      const forms = new Set(expected.routes.filter((route) => route.peer === peer).map(formOf));
      return [`${expected.node} ${peer}`, `${[...forms].join("+")} ${wrong.has(peer) ? "✘" : "✔"}`];
    });
  });
  const loops = nodes.map(({ expected: { node } }): readonly [string, string] => [`${node} ${node}`, "local"]);
  return new Map([...pairs, ...loops]);
}

function formOf({ device }: ExpectedRoute): string {
  if (device === "tunl0") return "IPIP";
  return device?.startsWith("vxlan") === true ? "VXLAN" : "plain";
}
