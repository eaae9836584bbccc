import { itemsOf, tryKubectl, type ClusterAccess } from "../../kubernetes/access.ts";
import type { CalicoGroup } from "../../kubernetes/ip-pools.ts";
import type { DataplaneFacts } from "../dataplane.ts";

interface NamedObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly wireguardEnabled?: boolean; readonly wireguardEnabledV6?: boolean };
}

/** Kinds of resources by which packets may be denied. */
const policyKinds = (group: CalicoGroup) =>
  [
    ["GlobalNetworkPolicy", `globalnetworkpolicies.${group}`],
    ["NetworkPolicy of Calico", `networkpolicies.${group}`],
    ["NetworkPolicy", "networkpolicies.networking.k8s.io"],
  ] as const;

/** What the cluster's resources ask for beside pools, as far as this user may see them. */
export async function readDeclared(
  access: ClusterAccess,
  group: CalicoGroup,
): Promise<Pick<DataplaneFacts, "policies" | "encryptionAsked">> {
  const [felix, ...policies] = await Promise.all([
    list(access, `felixconfigurations.${group}`),
    ...policyKinds(group).map(async ([kind, resource]) =>
      (await list(access, resource))?.map(({ metadata }) => {
        const { namespace, name } = metadata;
        return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
      }),
    ),
  ]);
  const known = policies.filter((names) => names !== undefined);
  const asked = felix?.filter(({ spec }) => spec?.wireguardEnabled === true || spec?.wireguardEnabledV6 === true);
  return {
    ...(known.length === 0 ? {} : { policies: known.flat() }),
    ...(asked === undefined
      ? {}
      : { encryptionAsked: asked.map(({ metadata }) => `FelixConfiguration ${metadata.name} (wireguardEnabled)`) }),
  };
}

/** Undefined where the cluster does not know the kind, or this user may not see it. */
async function list(access: ClusterAccess, resource: string): Promise<readonly NamedObject[] | undefined> {
  const { exitCode, stdout } = await tryKubectl(access, ["get", resource, "-A", "-o", "json"]);
  return exitCode === 0 ? (itemsOf(stdout, access.name) as readonly NamedObject[]) : undefined;
}
