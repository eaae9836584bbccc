import { contains, isAddress } from "../topology/address.ts";
import { listOf } from "../verify/words.ts";
import { sharedBy } from "./shared-by.ts";
import { type Incident, type Rule, shownLines } from "./cause.ts";

/** Packets leave a node for a ClusterIP as it is: nobody has translated it into a pod's address. */
export const untranslatedService: Rule = {
  name: "untranslated-service",
  find: (incident) => {
    const { failed, asked, network } = incident;
    const found = failed.flatMap(({ id, check, reason = "" }) => {
      if (check !== "source-address" || !id.includes("-to-clusterip/")) return [];
      const [, where = "", address = ""] = / at ([^/ ]+)\/\S+ destination ([0-9a-f.:]+), not /.exec(reason) ?? [];
      return isClusterIp(incident, address) ? [{ id, where, address, reason }] : [];
    });
    const [first] = found;
    if (first === undefined) return [];
    const nodes = [...new Set(found.map(({ where }) => where))];
    const paths = asked.map(({ expectation }) => expectation.path);
    const own = paths.filter(({ traffic, source }) => traffic.endsWith("-to-clusterip") && nodes.includes(source.node));
    const failing = new Set(failed.map(({ id }) => id));
    const explains = own.map(({ id }) => id).filter((id) => failing.has(id));
    const scope = sharedBy(
      own.filter(({ id }) => failing.has(id)),
      paths,
      network.plan,
    );
    return [
      {
        name: "untranslated-service",
        sentence: `${listOf(nodes)} ${nodes.length === 1 ? "does" : "do"} not translate ClusterIPs: packets leave for ${first.address} itself${scope === "" ? "" : ` (paths that ${scope})`}`,
        fix: "see that kube-proxy runs on that node, knows the service (its rules for that address) and its endpoints, and that nothing keeps the packets from being tracked (notrack)",
        issues: ["#5952"],
        evidence: found.map(({ reason }) => reason).slice(0, shownLines),
        explains,
      },
    ];
  },
};

function isClusterIp({ network: { identities } }: Incident, address: string): boolean {
  if (!isAddress(address)) return false;
  return identities.services.some(({ clusterIps }) => Object.values(clusterIps).some((one) => contains(one, address)));
}
