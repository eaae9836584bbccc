import type { Problem } from "../lab/lab.ts";
import { itemsOf, kubectl, type ClusterAccess } from "./access.ts";

/** One right that a run needs. */
interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** What for; stands in the printed role. */
  readonly purpose: string;
  /** "always", or only to change the mode of a cluster that is not ours. */
  readonly when: "always" | "mode-change";
}

const calico = [
  "ippools",
  "blockaffinities",
  "clusterinformations",
  "felixconfigurations",
  "bgpconfigurations",
  "bgppeers",
];

/** Every right that runs on a cluster need: cluster-wide, because the namespace of a run has a new name each time. */
const permissions: readonly Permission[] = [
  {
    group: "",
    resource: "nodes",
    verbs: ["get", "list"],
    purpose: "nodes and their registered addresses",
    when: "always",
  },
  {
    group: "",
    resource: "namespaces",
    verbs: ["get", "list", "create", "patch", "delete"],
    purpose: "the run's namespace",
    when: "always",
  },
  {
    group: "apps",
    resource: "daemonsets",
    verbs: ["get", "list", "create", "delete"],
    purpose: "agents; Calico's state",
    when: "always",
  },
  {
    group: "",
    resource: "pods",
    verbs: ["get", "list", "create", "delete"],
    purpose: "pods that traffic runs between",
    when: "always",
  },
  { group: "", resource: "pods/exec", verbs: ["create"], purpose: "commands in agents and pods", when: "always" },
  { group: "", resource: "pods/log", verbs: ["get"], purpose: "diagnostics", when: "always" },
  {
    group: "",
    resource: "services",
    verbs: ["get", "list", "create", "delete"],
    purpose: "ClusterIPs",
    when: "always",
  },
  { group: "", resource: "events", verbs: ["list"], purpose: "why pods do not run", when: "always" },
  {
    group: "",
    resource: "configmaps",
    verbs: ["get", "create", "delete"],
    purpose: "what must be restored",
    when: "mode-change",
  },
  ...calico.map((resource): Permission => ({
    group: "crd.projectcalico.org",
    resource,
    verbs: ["get", "list", ...(resource === "ippools" ? ["patch"] : [])],
    purpose: "Calico's configuration",
    when: "always",
  })),
  {
    group: "operator.tigera.io",
    resource: "installations",
    verbs: ["get", "list", "patch"],
    purpose: "the mode, where the operator keeps it",
    when: "mode-change",
  },
  {
    group: "operator.tigera.io",
    resource: "tigerastatuses",
    verbs: ["get", "list"],
    purpose: "what the operator says",
    when: "mode-change",
  },
];

/** The rights that are needed at all times are asked for; `patch` of pools only where the mode is to change. */
function neededVerbs(permission: Permission, changesMode: boolean): readonly string[] {
  if (permission.when === "mode-change" && !changesMode && permission.resource !== "configmaps") return [];
  if (permission.resource === "ippools" && !changesMode) return permission.verbs.filter((verb) => verb !== "patch");
  return permission.verbs;
}

/** The smallest ClusterRole that a run works with, as YAML to be applied; `changesMode` adds what --allow-mode-change needs. */
export function renderRole(changesMode: boolean): string {
  const rules = permissions.flatMap((permission) => {
    const { group, resource, purpose } = permission;
    const verbs = neededVerbs(permission, changesMode);
    const [groups, resources] = [JSON.stringify([group]), JSON.stringify([resource])];
    if (verbs.length === 0) return [];
    return [
      `  - apiGroups: ${groups} # ${purpose}`,
      `    resources: ${resources}`,
      `    verbs: ${JSON.stringify(verbs)}`,
    ];
  });
  return [
    "apiVersion: rbac.authorization.k8s.io/v1",
    "kind: ClusterRole",
    "metadata: { name: encaplab }",
    "rules:",
    ...rules,
  ].join("\n");
}

interface Review {
  readonly spec: {
    readonly resourceAttributes: {
      readonly group?: string;
      readonly resource: string;
      readonly verb: string;
      readonly subresource?: string;
    };
  };
  readonly status?: { readonly allowed?: boolean };
}

/** Asks the cluster, with one command, which of the needed rights the kubeconfig's user lacks. */
export async function missingPermissions(access: ClusterAccess, changesMode: boolean): Promise<readonly Problem[]> {
  const reviews = permissions.flatMap((permission) => {
    const [resource = "", subresource] = permission.resource.split("/");
    return neededVerbs(permission, changesMode).map((verb) => ({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          group: permission.group,
          resource,
          verb,
          ...(subresource === undefined ? {} : { subresource }),
        },
      },
    }));
  });
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: reviews });
  const { stdout } = await kubectl(access, ["create", "--validate=false", "-f", "-", "-o", "json"], { input });
  const refused = jsonDocuments(stdout)
    .flatMap((document) => itemsOf(document, access.name) as readonly Review[])
    .filter(({ status }) => status?.allowed !== true);
  const rights = refused.map(
    ({
      spec: {
        resourceAttributes: { group, resource, verb, subresource },
      },
    }) => `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}${group ? `.${group}` : ""}`,
  );
  if (rights.length === 0) return [];
  return [
    {
      what: `the kubeconfig's user is not allowed to ${rights.join(", ")}`,
      fix: "grant the ClusterRole that `npm run lab -- doctor --kubeconfig FILE` prints",
    },
  ];
}

/** kubectl prints one JSON document per created object, one after the other. */
function jsonDocuments(text: string): readonly string[] {
  return text
    .trim()
    .split(/\n(?=\{)/)
    .filter((part) => part !== "");
}
