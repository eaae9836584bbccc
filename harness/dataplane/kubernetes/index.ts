export { kubernetesCalico, type KubernetesCalicoOptions } from "./kubernetes-dataplane.ts";
