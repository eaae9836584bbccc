import { ofVerdicts, placeIn } from "./of-verdicts.ts";

/** Packets were damaged on the way, or somebody changed them and not their checksum. */
export const wrongChecksum = ofVerdicts({
  name: "wrong-checksum",
  issues: ["#3145", "flannel-io/flannel#1279"],
  fix: "see who changes packets there: rules that write into headers (nft list ruleset), programs of tc and XDP, and the device's own work: ethtool -K DEVICE tx-checksum-ip-generic off, on the tunnel's device and on the one below it; receivers count what they drop (nstat -az '*CsumErrors')",
  check: "checksums",
  // Who writes other addresses into packets, or back into answers, may leave the checksum behind: the addresses are the cause then.
  chosen: ({ id, reason = "" }, { failed }) =>
    !failed.some(
      (other) =>
        other.check === "outer-endpoints" && (other.id === id || placeIn(other.reason ?? "") === placeIn(reason)),
    ),
  rewrites: / checksum set | set 0x/,
  sentence: (finding) => `packets are damaged from ${placeIn(finding)} on: ${finding}`,
});
