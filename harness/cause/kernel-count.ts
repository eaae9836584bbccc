import { ofCounters, type TellingCounter } from "./of-counters.ts";

/** Counters that grow for many reasons: they say what became of lost packets where nothing else does (proc(5), Documentation/networking/snmp_counter.rst). */
const kinds: readonly TellingCounter[] = [
  {
    counter: /^(\S+)\.(rx|tx)\.(?:errors|carrier_errors)$/,
    words: "counts errors on $1 ($2)",
    fix: "see what the device says of itself (ip -s -s link show, ethtool -S), its cable and its driver; on a tunnel, that the next hop of the outer packet can be reached",
    issues: [],
  },
  {
    counter: /^Ip6?\.InHdrErrors$/,
    words: "throws packets away for their IP header: their TTL has run out, or its checksum is wrong",
    fix: "see who sends with a small TTL (sysctl net.ipv4.ip_default_ttl, rules that set ttl or hoplimit), and whether packets go in circles (ip route get on each router)",
    issues: [],
  },
  {
    counter: /^(?:Ip\.OutNoRoutes|IpExt\.InNoRoutes|Ip6\.(?:In|Out)NoRoutes)$/,
    words: "has no route for packets",
    fix: "see what is missing there (ip route get ADDRESS from SOURCE iif DEVICE, ip rule, ip route show table all)",
    issues: [],
  },
  {
    counter: /^Ip6?\.InAddrErrors$/,
    words:
      "refuses packets for their addresses: they are for somebody else, or could not have come from there (martians)",
    fix: "see who sends them there: the MAC and the address do not belong together (ip neigh on the sender), or forwarding is off",
    issues: [],
  },
  {
    counter: /^Ip\.FragFails$|^Ip6\.InTooBigErrors$/,
    words: "cannot pass on packets that are too large and must not be fragmented",
    fix: "give pods and tunnel an MTU that fits all links (FelixConfiguration mtu, vxlanMTU)",
    issues: ["#415"],
    // IPv6's smallest link (RFC 8200 section 5); the pings that look for the MTU are counted too.
    least: 1280,
  },
  {
    counter: /^Udp\.(?:RcvbufErrors|InErrors)$/,
    words: "throws UDP packets away that nobody has read in time",
    fix: "see which program is slow there, and net.core.rmem_max",
    issues: [],
  },
  {
    counter: /^(\S+)\.(rx|tx)\.dropped$/,
    words: "drops packets on $1 ($2)",
    fix: "see why (ip -s -s link show; ethtool -S; on veth: its other end is down, or an XDP program drops)",
    issues: [],
  },
];

/** The kernel counted packets that it threw away, for a reason that may be another one's too. */
export const kernelCount = ofCounters("kernel-count", kinds, true);
