#!/usr/bin/env bash
# What a person writes instead of encaplab: two racks and a router, four nodes with two pods each, VXLANCrossSubnet, and the
# same traffic on every pair of pods - built and sent, but neither captured nor judged. Prints the seconds of each part.
set -euo pipefail
run=byhand$$
ns() { echo "$run-$1"; }
on() { local where=$1; shift; ip netns exec "$(ns "$where")" "$@"; }
cleanup() {
  for name in fabric tor a1 a2 b1 b2 a1-p1 a1-p2 a2-p1 a2-p2 b1-p1 b1-p2 b2-p1 b2-p2; do
    ip netns pids "$(ns $name)" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    ip netns del "$(ns $name)" 2>/dev/null || true
  done
}
trap cleanup EXIT
now() { date +%s.%N; }
nodes="a1 a2 b1 b2"
declare -A rack=([a1]=a [a2]=a [b1]=b [b2]=b) net=([a]=1 [b]=2) host=([a1]=11 [a2]=12 [b1]=11 [b2]=12)
declare -A block=([a1]=0 [a2]=64 [b1]=128 [b2]=192)
addr() { echo "198.18.${net[${rack[$1]}]}.${host[$1]}"; }
mac() { echo "66:$(printf '%s' "$1" | sha1sum | sed -E 's/^(..)(..)(..)(..)(..).*/\1:\2:\3:\4:\5/')"; }

t0=$(now)
for name in fabric tor $nodes; do ip netns add "$(ns $name)"; on $name ip link set lo up; done
for r in a b; do on fabric ip link add br-$r type bridge; on fabric ip link set br-$r up; done
wire() { # node device rack address
  ip link add "$2" netns "$(ns "$1")" type veth peer name "$1-$2" netns "$(ns fabric)"
  on fabric ip link set "$1-$2" master "br-$3" up
  on "$1" ip addr add "$4/24" dev "$2"
  on "$1" ip link set "$2" up
}
wire tor eth0 a 198.18.1.1
wire tor eth1 b 198.18.2.1
on tor sysctl -qw net.ipv4.ip_forward=1
for n in $nodes; do
  wire $n eth0 ${rack[$n]} "$(addr $n)"
  on $n ip route add default via "198.18.${net[${rack[$n]}]}.1"
  on $n sysctl -qw net.ipv4.ip_forward=1
done
t1=$(now)
for n in $nodes; do
  on $n ip link add vxlan.calico address "$(mac $n)" mtu 1450 type vxlan id 4096 dstport 4789 dev eth0 local "$(addr $n)" nolearning
  on $n ip addr add "198.19.0.${block[$n]}/32" dev vxlan.calico
  on $n ip link set vxlan.calico up
  for p in 1 2; do
    ip netns add "$(ns $n-p$p)"
    on $n-p$p ip link set lo up
    ip link add eth0 mtu 1450 netns "$(ns $n-p$p)" type veth peer name cali$p netns "$(ns $n)"
    on $n ip link set cali$p mtu 1450 up
    on $n sysctl -qw net.ipv4.conf.cali$p.proxy_arp=1 net.ipv4.neigh.cali$p.proxy_delay=0
    on $n-p$p ip addr add "198.19.0.$((block[$n] + p))/32" dev eth0
    on $n-p$p ip link set eth0 up
    on $n-p$p ip route add 169.254.1.1 dev eth0
    on $n-p$p ip route add default via 169.254.1.1
    on $n ip route add "198.19.0.$((block[$n] + p))" dev cali$p
  done
  for m in $nodes; do
    [ $m = $n ] && continue
    on $n bridge fdb add "$(mac $m)" dev vxlan.calico dst "$(addr $m)" self permanent
    on $n ip neigh add "198.19.0.${block[$m]}" lladdr "$(mac $m)" dev vxlan.calico nud permanent
    if [ ${rack[$m]} = ${rack[$n]} ]; then on $n ip route add "198.19.0.${block[$m]}/26" via "$(addr $m)" dev eth0 onlink
    else on $n ip route add "198.19.0.${block[$m]}/26" via "198.19.0.${block[$m]}" dev vxlan.calico onlink; fi
  done
done
t2=$(now)
for m in $nodes; do
  on $m-p1 sh -c 'cd / && busybox httpd -f -p 8080' &
  on $m-p1 iperf3 -s >/dev/null &
done
sleep 0.3
for n in $nodes; do
  for m in $nodes; do
    target="198.19.0.$((block[$m] + 1))"
    from=$n-p1
    [ $n = $m ] && from=$n-p2
    on $from ping -n -q -c 5 -i 0.05 "$target" >/dev/null
    on $from curl -s -o /dev/null "http://$target:8080/"
    on $from iperf3 -c "$target" -n 128K >/dev/null
  done
done
t3=$(now)
echo "$t0 $t1 $t2 $t3" | awk '{ printf "build %.3f dataplane %.3f traffic %.3f total %.3f\n", $2-$1, $3-$2, $4-$3, $4-$1 }'
