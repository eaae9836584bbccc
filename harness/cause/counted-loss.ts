import { ofCounters, type TellingCounter } from "./of-counters.ts";

/** Counters whose growth says why packets ended, the most telling first (proc(5), Documentation/networking/snmp_counter.rst). */
const kinds: readonly TellingCounter[] = [
  {
    counter: /^(.+)\.queue\.(?:clsact|ingress)\.drops$/,
    words: "throws packets away by a filter of tc on $1",
    fix: "see which it is (tc -s filter show dev DEVICE ingress, and egress) and who put it there: tc filter del dev DEVICE ingress",
    issues: [],
  },
  {
    counter: /^(.+)\.queue\.([^.]+)\.drops$/,
    words: "throws packets away in the queue of $1 ($2)",
    fix: "see the queue there (tc -s qdisc show) and who set it: remove it (tc qdisc del dev DEVICE root), or give it the rate that the link has",
    issues: [],
  },
  {
    counter: /^(IpExt|Udp|Tcp)\.InCsumErrors$/,
    words: "throws packets away since their checksums are wrong ($1)",
    fix: "turn checksum offloading off on the sender's tunnel device (ethtool -K vxlan.calico tx off, or featureDetectOverride ChecksumOffloadBroken=true), and look for rules that rewrite checksums on the way",
    issues: ["#3145", "#4865", "#4727", "rke2#1541", "kubespray#8992"],
  },
  {
    counter: /^Ip6?\.ReasmFails$/,
    words: "gets fragments of packets that it cannot put together",
    fix: "let fragments pass on the way, or give pods and tunnel an MTU that fits all links, so that nobody makes any",
    issues: ["CAPZ#1353", "#12432"],
  },
  {
    counter: /^Xfrm\.Xfrm((?:In|Out|Fwd)\w+)$/,
    words: "throws packets away by its IPsec policies ($1)",
    fix: "see which policy takes pods' or tunnel's packets (ip xfrm policy) and whether it has a state (ip xfrm state): exempt them, or remove it",
    issues: [],
  },
  {
    counter: /^conntrack\.(?:drop|early_drop)$/,
    words: "drops packets since its table of connections is full",
    fix: "raise nf_conntrack_max there, and see what fills it (conntrack -L; VXLAN must not be tracked)",
    issues: ["#8934"],
  },
  {
    counter: /^conntrack\.insert_failed$/,
    words: "drops packets whose connection looks like another one to its connection tracker (insert_failed)",
    fix: "see what translates two connections into one (nft list ruleset, iptables-save -t nat: snat to one port, masquerade without random-fully), or a pod that sends twice at once from one port (DNS)",
    issues: ["kubernetes/kubernetes#56903"],
    rewrites: /\b(?:snat|masquerade)\b|-j (?:SNAT|MASQUERADE)/,
  },
];

/** The kernel itself counted why it threw packets away, in a place where packets were lost. */
export const countedLoss = ofCounters("counted-loss", kinds);
