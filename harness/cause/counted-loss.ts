import type { Cause, Incident, Rule } from "./cause.ts";
import { grownOn } from "./counters.ts";
import { crossedBy, isLossy } from "./crossings.ts";

interface Kind {
  readonly counter: RegExp;
  /** Follows the place's name; $1, $2 stand for parts of the counter's. */
  readonly words: string;
  readonly fix: string;
  readonly issues: readonly string[];
}

/** Counters whose growth says why packets ended, the most telling first (proc(5), Documentation/networking/snmp_counter.rst). */
const kinds: readonly Kind[] = [
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
    counter: /^conntrack\.(?:drop|early_drop)$/,
    words: "drops packets since its table of connections is full",
    fix: "raise nf_conntrack_max there, and see what fills it (conntrack -L; VXLAN must not be tracked)",
    issues: ["#8934"],
  },
];

/** The kernel itself counted why it threw packets away, in a place where packets were lost. */
export const countedLoss: Rule = {
  name: "counted-loss",
  find: (incident) => {
    const failing = new Set(incident.failed.map(({ id }) => id));
    const lossy = incident.crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
    const places = [...new Set(lossy.flatMap(crossedBy))];
    return places.flatMap((place): readonly Cause[] => {
      const told = tellingOn(incident, place);
      const [first] = told;
      if (first === undefined) return [];
      const own = lossy.filter((crossing) => crossedBy(crossing).includes(place));
      return [
        {
          name: "counted-loss",
          sentence: `${place} ${first.words} (${first.grown} during the probes)`,
          fix: first.kind.fix,
          issues: first.kind.issues,
          evidence: told.map(({ counter, grown }) => `${place}: ${counter} +${grown}`).slice(0, shown),
          explains: [...new Set(own.map(({ path }) => path.id))],
        },
      ];
    });
  },
};

/** Lines of evidence that a cause shows. */
const shown = 6;

interface Told {
  readonly kind: Kind;
  readonly counter: string;
  readonly grown: number;
  readonly words: string;
}

function tellingOn(incident: Incident, place: string): readonly Told[] {
  const grown = grownOn(incident, place);
  return kinds.flatMap((kind) =>
    grown
      .filter(([counter]) => kind.counter.test(counter))
      .map(([counter, more]) => ({ kind, counter, grown: more, words: counter.replace(kind.counter, kind.words) })),
  );
}
