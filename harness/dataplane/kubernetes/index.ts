export { kubernetesCalico, type KubernetesCalicoOptions } from "./kubernetes-dataplane.ts";
export { defaultCalicoVersion } from "./manifest-source.ts";
