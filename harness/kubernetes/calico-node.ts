/** Label of calico-node's DaemonSet and pods, by manifest and by operator (charts/calico, tigera-operator). */
export const calicoNodeLabel = "k8s-app=calico-node";
