import { file, pick, text, words, yes, type AllGiven } from "../../core/flags.ts";
import { UsageError } from "../../core/errors.ts";
import { clusterAccess, type ClusterAccess } from "../../kubernetes/access.ts";
import { runTools } from "../run-tools.ts";
import type { ProviderContext } from "../context.ts";
import type { ProviderOffer } from "../offer.ts";
import type { Provider } from "../provider.ts";
import { sharedFlags } from "../shared-flags.ts";
import { discoverPlan } from "./discover-plan.ts";
import { clusterSource } from "../../kubernetes/discover-topology.ts";
import { doctorPage } from "./doctor-page.ts";
import { clusterProvider, type ClusterOptions } from "./index.ts";
import { rehearseCluster } from "./rehearse.ts";

const flags = {
  kubeconfig: file("file", "use an existing Kubernetes cluster with Calico"),
  context: text("name", "context of the kubeconfig (default: its current one)"),
  nodes: words("names", "only these nodes of the cluster, comma separated: nothing runs on the others (default: all)"),
  dryRun: yes("print every object and command of a run on the cluster, and make nothing"),
  ...sharedFlags,
};

/** Labs on an existing cluster: its nodes, its Calico, and the mode that it is in. */
export const clusterOffer: ProviderOffer = {
  name: "cluster",
  group: "kubernetes",
  flags,
  auto: false,
  meantBy: ["kubeconfig"],
  reachedBy: ["kubeconfig", "context", "kubectl", "nodes", "agentImage", "allowModeChange"],
  needs: {
    flag: "kubeconfig",
    detail: "runs on an existing Kubernetes cluster, and none was given",
    fix: "npm run lab -- doctor --kubeconfig FILE checks it, and prints the permissions that its runs need",
  },
  cluster: "guest",
  make,
  tools: () => ({ needed: runTools, wanted: [] }),
  discovery: {
    source: clusterSource,
    allowsEveryMode: (given) => pick(flags, given).allowModeChange === true,
    find: (given, families) => discoverPlan(accessOf(given, {}), families, pick(flags, given).nodes),
    page: (given) => {
      const { kubeconfig, allowModeChange = false } = pick(flags, given);
      const cluster = kubeconfig === undefined ? {} : { access: accessOf(given, {}), provider: make(given, {}) };
      return doctorPage({ ...cluster, allowModeChange });
    },
  },
  rehearsal: {
    flag: "dryRun",
    show: (given, plan, runId) => rehearseCluster(plan, runId, optionsOf(given, {})),
  },
};

function make(given: AllGiven, context: ProviderContext): Provider {
  return clusterProvider(context, optionsOf(given, context));
}

function optionsOf(given: AllGiven, context: ProviderContext): ClusterOptions {
  const { agentImage: image, allowModeChange = false, dryRun = false } = pick(flags, given);
  return {
    access: accessOf(given, context),
    ...(image === undefined ? {} : { image }),
    allowModeChange,
    dryRun,
  };
}

/** The way to the cluster; UsageError where none is named: nobody's default cluster is touched by accident. */
function accessOf(given: AllGiven, { onCommand }: ProviderContext): ClusterAccess {
  const { kubeconfig, context, kubectl } = pick(flags, given);
  if (kubeconfig === undefined) {
    throw new UsageError("--provider cluster needs a cluster", {
      fix: "give --kubeconfig FILE, and --context NAME where the file has several",
    });
  }
  const chosen = {
    kubeconfig,
    ...(context === undefined ? {} : { context }),
    ...(kubectl === undefined ? {} : { kubectl }),
  };
  return clusterAccess(chosen, onCommand);
}
