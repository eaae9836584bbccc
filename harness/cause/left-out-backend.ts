import { groupBy } from "../core/group-by.ts";
import { listOf } from "../verify/words.ts";
import type { Incident, Rule } from "./cause.ts";

/** A node sends no connection to one of several backends, or far too few, and none of its connections goes to a stranger instead. */
export const leftOutBackend: Rule = {
  name: "left-out-backend",
  find: (incident) =>
    [...groupBy(leftOut(incident), ({ backend, service }) => `${service} ${backend}`).values()].map((own) => {
      const [{ backend, service, address } = { backend: "", service: "", address: "" }] = own;
      const nodes = [...new Set(own.map(({ node }) => node))].toSorted();
      return {
        name: "left-out-backend",
        sentence: `${listOf(nodes)} ${nodes.length === 1 ? "leaves" : "leave"} out ${backend} (${address}), a backend of ${service}: connections go to the others`,
        fix: "kubectl get endpointslices (is the backend among them, and ready?), and the logs of kube-proxy there: it has not heard of a change",
        issues: [],
        evidence: own.map(({ reason }) => reason),
        explains: own.flatMap(({ explains }) => explains),
      };
    }),
};

/** Paths to backends that get less than their share, with those from the same node to the backends that get it instead. */
function leftOut({ failed, cases }: Incident) {
  const unequal = failed.filter(({ check }) => check === "shares");
  const paths = cases.map(({ expectation }) => expectation);
  return unequal.flatMap(({ id, reason = "" }) => {
    const expectation = paths.find(({ path }) => path.id === id);
    if (expectation === undefined || !reason.includes(" so few ")) return [];
    const { path, forward } = expectation;
    const own = paths.filter(
      (other) => other.path.source.node === path.source.node && other.path.service === path.service,
    );
    const others = unequal.filter((other) => own.some((one) => one.path.id === other.id)).map((other) => other.id);
    return [
      {
        reason,
        node: path.source.node,
        service: path.service ?? "",
        backend: path.target.pod ?? path.target.node,
        address: forward.destination,
        explains: [...new Set([id, ...others])],
      },
    ];
  });
}
