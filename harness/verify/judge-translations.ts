import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { FilterFact } from "../dataplane/node-facts.ts";
import type { Identities } from "../encap/identity.ts";
import { isAddress, isCidr, overlaps } from "../topology/address.ts";
import type { Trouble } from "./trouble.ts";

/** What gives a packet another destination: nft(8), iptables-extensions(8). */
const translates = /\b(?:dnat|redirect|tproxy)\b|-j (?:DNAT|REDIRECT|TPROXY|NETMAP)\b/;

/** The portmap plugin of CNI makes hostPorts so, to pods that ask for them. */
const expected = /\bCNI-/;

/** An address or network in the words of a rule, with the port that may follow it in brackets or not. */
const addresses = /(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,}(?:\/\d{1,3})?/g;

/**
 * By node: rules that are neither Calico's nor kube-proxy's and lead what is for a pod or a Service elsewhere, or something else to a pod. Whether
 * a probe of this run meets them is chance: pods and ports are drawn.
 */
export function translationTroubles(
  { nodes, services }: Identities,
  facts: DataplaneFacts,
): ReadonlyMap<string, readonly Trouble[]> {
  const ours = [
    ...nodes.flatMap(({ blocks }) => Object.values(blocks).flat()),
    ...services.flatMap(({ clusterIps }) => Object.values(clusterIps)),
  ];
  return new Map(
    facts.nodes.map(({ node, rewrites = [] }) => [
      node,
      rewrites
        .filter((rule) => touches(rule, ours))
        .map(({ where, rule }): Trouble => ({
          kind: "translation",
          what: rule,
          text: `foreign NAT rule, neither Calico's nor kube-proxy's, for addresses of pods or Services: ${where}: ${rule}`,
        })),
    ]),
  );
}

function touches({ where, rule }: FilterFact, ours: readonly string[]): boolean {
  if (!translates.test(rule) || expected.test(where) || expected.test(rule)) return false;
  const named = [...rule.matchAll(addresses)].map(([text]) => text).filter((text) => isAddress(text) || isCidr(text));
  return named.some((one) => ours.some((own) => overlaps(own, one)));
}
