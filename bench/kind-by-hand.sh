#!/usr/bin/env bash
# What a person writes instead of encaplab for a cluster: kind with four nodes in two racks of Docker networks with a router, Calico in
# VXLANCrossSubnet until it is ready, and one request across the racks - built and asked once, but neither captured nor judged.
# From the environment: NODE_IMAGE, MANIFEST (calico-vxlan.yaml), ROUTER_IMAGE (any with sleep and ip), and, where they are not on the
# PATH or not in the node image, KIND, KUBECTL, IMAGE_ARCHIVE.
set -euo pipefail
name=byhand$$
kind=${KIND:-kind}
folder=$(mktemp -d)
export KUBECONFIG=$folder/kubeconfig
cleanup() {
  "$kind" delete cluster --name "$name" >/dev/null 2>&1 || true
  docker rm -f "$name-router" >/dev/null 2>&1 || true
  docker network rm "$name-rack-a" "$name-rack-b" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
kube() { "${KUBECTL:-kubectl}" "$@"; }

{
  printf 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'
  printf 'networking: {disableDefaultCNI: true, podSubnet: 198.19.0.0/17, serviceSubnet: 198.19.128.0/17}\nnodes:\n'
  for role in control-plane worker worker worker; do printf -- '- {role: %s, image: "%s"}\n' $role "$NODE_IMAGE"; done
} >"$folder/cluster.yaml"
for rack in a:1 b:2; do
  net=198.18.${rack#*:}
  docker network create --subnet "$net.0/24" --gateway "$net.254" \
    -o com.docker.network.bridge.enable_ip_masquerade=false "$name-rack-${rack%:*}" >/dev/null
done
docker run -d --name "$name-router" --cap-add NET_ADMIN --sysctl net.ipv4.ip_forward=1 --entrypoint sleep \
  --network "$name-rack-a" --ip 198.18.1.1 "$ROUTER_IMAGE" infinity >/dev/null
docker network connect --ip 198.18.2.1 "$name-rack-b" "$name-router"
"$kind" create cluster --name "$name" --config "$folder/cluster.yaml"
if [ -n "${IMAGE_ARCHIVE:-}" ]; then "$kind" load image-archive "$IMAGE_ARCHIVE" --name "$name"; fi
leg() { # container rack number host
  docker network connect --ip "198.18.$3.$4" "$name-rack-$2" "$1"
  docker exec "$1" ip route replace "198.18.$((3 - $3)).0/24" via "198.18.$3.1"
}
leg "$name-control-plane" a 1 11
leg "$name-worker" a 1 12
leg "$name-worker2" b 2 11
leg "$name-worker3" b 2 12

sed -e '/^ *- name: IP$/,/value:/ s|\(^ *\)value: "autodetect"|&\n            - name: IP_AUTODETECTION_METHOD\n              value: "cidr=198.18.1.0/24,198.18.2.0/24"\n            - name: CALICO_IPV4POOL_CIDR\n              value: "198.19.0.0/17"|' \
  -e '/name: CALICO_IPV4POOL_VXLAN$/,/value:/ s/value: ".*"/value: "CrossSubnet"/' \
  -e '/name: CALICO_IPV4POOL_IPIP$/,/value:/ s/value: ".*"/value: "Never"/' \
  -e 's/maxUnavailable: 1/maxUnavailable: 4/' "$MANIFEST" >"$folder/calico.yaml"
kube create -f "$folder/calico.yaml" >/dev/null
kube -n kube-system rollout status daemonset/calico-node --timeout=600s
kube wait --for=condition=Ready nodes --all --timeout=300s
kube -n kube-system rollout status deployment/coredns --timeout=300s

# CoreDNS answers on the node of one rack; a node of the other rack asks.
read -r address node < <(kube -n kube-system get pods -l k8s-app=kube-dns \
  -o jsonpath='{range .items[0]}{.status.podIP} {.spec.nodeName}{"\n"}{end}')
case $node in *-worker2 | *-worker3) from=$name-worker ;; *) from=$name-worker2 ;; esac
docker exec "$from" curl -sS --fail --max-time 10 --retry 10 --retry-all-errors "http://$address:8080/health"
echo " from $from"
