import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, faultFamily, nearPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** The one source port that all connections get. */
const port = 40_000;

/** A rule gives all connections of a pod to high ports one source port: the second to the same server looks like the first, and its SYN is dropped. */
export const clashingConnections = defineFault({
  name: "clashing-connections",
  title: "two connections of a pod look like one to connection tracking",
  describes: "kubernetes/kubernetes#56903, #12244 (source ports of masquerading that clash)",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "counted-loss",
  apply: async (network, _plan, scope = new Scope()) => {
    const family = faultFamily(network);
    const from = culprit(network);
    const pod = network.identities.pods.find(({ node }) => node === from.name)?.addresses[family];
    if (pod === undefined) throw new LabError(`${from.name} has no pod for this fault`);
    const [word, source] = family === 4 ? ["ip", pod] : ["ip6", `[${pod}]`];
    const rule = `${word} saddr ${pod} ${word} daddr ${nearPeer(network).block} tcp dport 10000-65535 snat ${word} to ${source}:${port}`;
    return { did: await addRulesToAll([from], "nat-postrouting", [rule], scope) };
  },
  follows: ["reached", "conservation", "flows", "source-address", "sizes", "mss"],
  trips: [
    { check: "connection-tracking", status: "fail", path: "*/connection-tracking/*", category: "lost on the way" },
  ],
});
