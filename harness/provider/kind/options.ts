import { oneOf, pick, program, text, words } from "../../core/flags.ts";
import { runTools } from "../run-tools.ts";
import type { ProviderOffer } from "../offer.ts";
import { sharedFlags } from "../shared-flags.ts";
import { createKindProvider } from "./index.ts";
import { provider as name } from "./kind-names.ts";
import { proxyModes } from "./render-config.ts";

const flags = {
  kind: program("kind program (default: kind on the PATH)"),
  nodeImage: text("ref", "image of kind's nodes (default: the one in an archive, or kind's own)"),
  imageArchive: words(
    "files",
    "images saved by docker save, comma separated, repeatable: kind's node image, and what its nodes need of Calico",
  ),
  registry: text("url", "registry mirror for kind's nodes, used instead of all other registries"),
  kubeProxy: oneOf("mode", proxyModes, "how kube-proxy works in kind's nodes"),
  agentImage: sharedFlags.agentImage,
  kubectl: sharedFlags.kubectl,
};

/** Labs that are kind clusters: half a minute each, and real Calico to be worth it, so only where one is asked for. */
export const kindOffer: ProviderOffer = {
  name,
  group: "kubernetes",
  flags,
  auto: false,
  cluster: "lab",
  reachedBy: ["kind", "kubectl"],
  make: (given, context) => {
    const { kind: kindProgram, imageArchive: imageArchives, kubeProxy: proxyMode, ...others } = pick(flags, given);
    return createKindProvider({
      ...context,
      ...others,
      ...(kindProgram === undefined ? {} : { kindProgram }),
      ...(imageArchives === undefined ? {} : { imageArchives }),
      ...(proxyMode === undefined ? {} : { proxyMode }),
    });
  },
  tools: () => ({ needed: runTools, wanted: [] }),
};
