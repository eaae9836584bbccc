import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { latestRun, newOut, runCli } from "./run-cli.fixture.ts";
import type { CheckName } from "../../verify/registry.ts";
import type { Category, Status } from "../../verify/verdict.ts";

interface Row {
  readonly fault: string;
  readonly mode: string;
  readonly exit: number;
  readonly check: CheckName;
  readonly status: Status;
  readonly category: Category;
  /** More options: another lab, or fewer paths. */
  readonly options?: readonly string[];
  /** Must stand in the reason of one such verdict. */
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  {
    fault: "slash-32-node-address",
    mode: "VXLANCrossSubnet",
    exit: 1,
    check: "not-encapsulated",
    status: "fail",
    category: "needless encapsulation",
    says: /a1/,
  },
  {
    fault: "stale-tunnel-route",
    mode: "VXLANCrossSubnet",
    exit: 1,
    check: "symmetry",
    status: "fail",
    category: "asymmetric",
    says: /forward|reverse/,
  },
  {
    fault: "drop-4789-at-router",
    mode: "VXLAN",
    exit: 1,
    check: "reached",
    status: "fail",
    category: "not reached",
    says: /tor/,
  },
  {
    fault: "plain-leak",
    mode: "VXLANCrossSubnet",
    exit: 1,
    check: "no-leak",
    status: "fail",
    category: "leak",
    says: /plain/,
  },
  {
    fault: "wrong-vni",
    mode: "VXLAN",
    exit: 1,
    check: "outer-endpoints",
    status: "fail",
    category: "wrong outer address",
    says: /VNI|vni/,
  },
  {
    fault: "deaf-tap",
    mode: "VXLANCrossSubnet",
    exit: 3,
    check: "encapsulated",
    status: "inconclusive",
    category: "inconclusive",
    says: /tap|saw/,
  },
  {
    fault: "size-hole",
    mode: "VXLANCrossSubnet",
    exit: 1,
    check: "path-mtu",
    status: "fail",
    category: "size-dependent loss",
    options: ["--paths", "pod-to-pod/cross-subnet/v4/a1->b1"],
    says: /1150 to 1250 bytes \(1200 to 1300 with outer headers\) .* forward between tor\/eth0 and tor\/eth1\), while 1149 and 1251 bytes pass/,
  },
  {
    fault: "need-frag-lost",
    mode: "None",
    exit: 1,
    check: "path-mtu",
    status: "fail",
    category: "wrong MTU",
    options: ["--topology", "narrow-core", "--paths", "pod-to-host/cross-subnet/v4/a1->b2"],
    says: /1401.* lost forward between r1\/eth0 and r1\/eth1, and the sender was not notified/,
  },
  {
    fault: "backend-without-share",
    mode: "VXLANCrossSubnet",
    exit: 1,
    check: "shares",
    status: "fail",
    category: "unequal shares",
    options: ["--topology", "shared-service", "--paths", "pod-to-service"],
    says: /^none of 35 (?:curl|udp) connections to web went to b1-p1 \(198\.19\.0\.129\), one of 3 backends/,
  },
];

describe("faults turn the right check red, end to end", function () {
  this.timeout(120_000);
  let out: string;
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  for (const { fault, mode, exit, check, status, category, options = [], says } of rows) {
    it(`${fault}: ${check} is ${status}, exit ${exit}`, async () => {
      const argv = [
        "--mode",
        mode,
        "--fault",
        fault,
        "--provider",
        "netns",
        "--no-throughput",
        "--out",
        out,
        ...options,
      ];
      const { code, stdout, stderr } = await runCli("suite", ...argv);
      assert.equal(code, exit, stdout + stderr);
      const { verdicts } = await latestRun(out);
      const red = verdicts.filter((verdict) => verdict.check === check && verdict.status === status);
      assert.ok(
        red.some((verdict) => verdict.category === category && says.test(verdict.reason ?? "")),
        JSON.stringify(red, undefined, 1),
      );
    });
  }
});
