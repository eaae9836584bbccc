import { goesToHosts, type Traffic } from "../encap/path.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";

/** Whether a pod went to a node or out of the cluster with its own address, though it must take its node's. */
export function keptOwnAddress({ id, observed }: Verdict, { network }: Incident): boolean {
  const [, source] = /^forward (\S+) >/.exec(observed) ?? [];
  const [, traffic = ""] = id.split("/");
  return goesToHosts(traffic as Traffic) && source !== undefined && isOfPods(source, network);
}

/**
 * Whether the node of such a pod does so wherever it was asked to do otherwise, to nodes as well as to hosts outside: then no pool covers a
 * destination, but nobody masquerades there. Unknown, and so no, where only one of the two was asked.
 */
export function keepsEverywhere({ id }: Verdict, { asked, failed, network }: Incident): boolean {
  const own = asked.find(({ expectation }) => expectation.path.id === id)?.expectation.path;
  const wrong = new Set(failed.filter(({ check }) => check === "source-address").map((verdict) => verdict.id));
  const leaving = asked
    .map(({ expectation }) => expectation)
    .filter(({ path, skip, forward }) => {
      const isOwn = path.source.node === own?.source.node && skip === undefined && forward.underlay !== "none";
      return isOwn && goesToHosts(path.traffic) && !forward.sources.some((source) => isOfPods(source, network));
    });
  const kinds = new Set(leaving.map(({ path }) => path.traffic === "pod-to-external"));
  return kinds.size > 1 && leaving.every(({ path }) => wrong.has(path.id));
}

function isOfPods(address: string, { identities }: Incident["network"]): boolean {
  return identities.pods.some(({ addresses }) => Object.values(addresses).includes(address));
}
