import type { SharedIdentity } from "../../encap/identity.ts";
import type { Family, PerFamily } from "../../topology/topology.ts";
import type { NatProgram, NatShared } from "./node-program.ts";

/** What every node does with connections to Services with several backends, as kube-proxy has it; nothing in labs without such. */
export function sharedServicesOf(
  shared: readonly Pick<SharedIdentity, "backends" | "clusterIps" | "port" | "targetPort">[] | undefined,
  pods: readonly { readonly name: string; readonly addresses: PerFamily<string> }[],
  family: Family,
): Pick<NatProgram, "shared"> {
  const services = (shared ?? []).flatMap(({ backends: names, clusterIps, port, targetPort }): readonly NatShared[] => {
    const backends = names.flatMap((name) => pods.find((pod) => pod.name === name)?.addresses[family] ?? []);
    const clusterIp = clusterIps[family];
    return clusterIp === undefined || backends.length === 0 ? [] : [{ clusterIp, port, backends, targetPort }];
  });
  return services.length === 0 ? {} : { shared: services };
}
