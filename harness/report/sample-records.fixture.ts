import type { Path } from "../encap/path.ts";
import type { Measurement, RunRecord, ScenarioRecord, Summary } from "../run/record.ts";
import { runSchema } from "../run/record.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import { mode, nodes, pairs, routesOf, sampleOf, samplePaths, type Sample } from "./sample-paths.fixture.ts";

/** For tests only: two racks, VXLANCrossSubnet, every verdict a pass. */
export function passingRun(): RunRecord {
  return runOf(pairs.flatMap(([source, target]) => samplePaths(source, target)));
}

/** For tests only: one failing path (a1->a2 needlessly encapsulated), one inconclusive, one skipped, the rest passing. */
export function failingRun(): RunRecord {
  const samples = pairs.flatMap(([source, target]) => samplePaths(source, target));
  return runOf([
    ...samples.map((sample) => {
      const { id } = sample.path.expectation.path;
      if (id === failingId) return needlesslyEncapsulated(sample);
      if (id === inconclusiveId) return deaf(sample);
      return sample;
    }),
    skippedSample(),
  ]);
}

/** For tests only: the lab could not be built, so there are neither paths nor verdicts. */
export function brokenRun(): RunRecord {
  const run = runOf([]);
  const scenario: ScenarioRecord = { mode, provider: "netns", dataplane: title, because, phases: [], paths: [] };
  return {
    ...run,
    durationMs: 412,
    scenarios: [scenario],
    measurements: [],
    troubles: [
      {
        phase: "build",
        message:
          "ip -batch failed with exit code 1: RTNETLINK answers: Operation not permitted\n  where    this host\n  fix      run as root",
        category: "lab trouble",
      },
    ],
    exitCode: 3,
  };
}

/** For tests only: a failing run with secrets in its command, environment, troubles and evidence. */
export function leakyRun(): RunRecord {
  const run = failingRun();
  return {
    ...run,
    command: `npm run suite -- --kubeconfig k --token ${secrets.plain} --proxy https://me:${secrets.url}@proxy.example:3128`,
    environment: { ...run.environment, tools: { kubectl: `v1.34 Authorization: Bearer ${secrets.bearer}` } },
    troubles: [{ phase: "report", message: `client-key-data: ${secrets.kubeconfig}`, category: "lab trouble" }],
    verdicts: run.verdicts.map((verdict) => ({ ...verdict, evidence: [...verdict.evidence, ...pemLines] })),
  };
}

export const failingId = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2";
export const inconclusiveId = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
export const skippedId = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v6/a1->b1";
export const secrets = {
  plain: "s3cr3t-t0ken",
  url: "hunter2",
  bearer: "abcDEF123456.ghi",
  kubeconfig: "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk",
  pem: "MIIEpAIBAAKCAQEAsecretsecret",
};

const title = "reference dataplane, not Calico";
const because = "netns: this kernel has vxlan; reference: no Calico image was given (--calico-image, --calico-archive)";
const pemLines = ["-----BEGIN RSA PRIVATE KEY-----", secrets.pem, "-----END RSA PRIVATE KEY-----"];

function needlesslyEncapsulated(sample: Sample): Sample {
  const { path } = sample;
  const inVxlan = [
    "IPv4 198.18.1.11 > 198.18.1.12, ttl 64",
    "UDP 52344 > 4789",
    "VXLAN vni 4096, flags 0x08",
    "IPv4 198.19.0.2 > 198.19.0.67, ttl 63, ICMP echo request",
  ];
  return {
    path: {
      ...path,
      evidence: path.evidence.map((block) =>
        /forward.*eth0/.test(block.title) ? { ...block, lines: inVxlan } : block,
      ),
      hops: path.hops.map((hop) => (hop.role.endsWith("uplink") ? { ...hop, observed: "vxlan ×10", ok: false } : hop)),
    },
    verdicts: sample.verdicts.map((verdict) =>
      verdict.check === "not-encapsulated"
        ? {
            ...verdict,
            status: "fail",
            expected: "plain on a1/eth0, a2/eth0",
            observed: "VXLAN 10 of 10 (VNI 4096), both directions",
            reason: "at a1/eth0 (forward) packets for the same subnet are inside VXLAN",
            category: "needless encapsulation",
            evidence: [
              "a1/eth0  198.18.1.11 > 198.18.1.12 UDP 52344 > 4789 · VXLAN vni 4096 · 198.19.0.2 > 198.19.0.67 ICMP echo request",
              "a1 node address registered as 198.18.1.11/32: with /32 no peer is in the same subnet",
            ],
          }
        : verdict,
    ),
  };
}

function deaf(sample: Sample): Sample {
  const { path } = sample;
  return {
    path: {
      ...path,
      evidence: path.evidence.filter((block) => !block.title.includes("at tor/")),
      hops: path.hops.map((hop) =>
        hop.role === "router-out" ? { ...hop, observed: "nothing", packets: 0, ok: false } : hop,
      ),
    },
    verdicts: sample.verdicts.map((verdict) =>
      verdict.check === "encapsulated"
        ? {
            ...verdict,
            status: "inconclusive",
            observed: "tor/eth1 saw 0 of 10",
            reason: "tap tor/eth1 saw none of the 10 packets that arrived at b1: the tap cannot be trusted",
            category: "inconclusive",
            evidence: ["tcpdump on tor: 0 packets captured, 412 dropped by kernel"],
          }
        : verdict,
    ),
  };
}

function skippedSample(): Sample {
  const sample = sampleOf("pod-to-pod", "a1", "b1");
  const reason = "VXLAN over IPv6 needs kernel 4.19.1 or newer";
  const path: Path = { ...sample.path.expectation.path, id: skippedId, family: 6 };
  const status: Status = "skip";
  return {
    path: { ...sample.path, expectation: { ...sample.path.expectation, path, skip: reason }, hops: [], pcaps: [] },
    verdicts: [{ id: skippedId, check: "reached", status, expected: "-", observed: "-", reason, evidence: [] }],
  };
}

function measurementsOf(): readonly Measurement[] {
  const throughput = (of: string, samples: readonly [number, number, number]): Measurement => ({
    id: `${mode}/throughput/${of}`,
    what: "throughput",
    mode,
    unit: "Gbit/s",
    samples,
    median: [...samples].sort((a, b) => a - b)[1] ?? Number.NaN,
    min: Math.min(...samples),
    max: Math.max(...samples),
    indicative: true,
    conditions: { mtu: "1450", kernel: "6.18.44", offloads: "tso on, gso on", capture: "off" },
  });
  const overhead = (of: string, bytes: number): Measurement => ({
    id: `${mode}/overhead/${of}`,
    what: "overhead",
    mode,
    unit: "B",
    samples: [bytes, bytes],
    median: bytes,
    min: bytes,
    max: bytes,
    indicative: false,
    conditions: { packets: "120" },
  });
  return [
    overhead("same-subnet", 0),
    overhead("cross-subnet", 50),
    throughput("same-subnet", [13.2, 14.1, 14.6]),
    throughput("cross-subnet", [12.8, 11.9, 13.3]),
    throughput("host", [17.4, 17.1, 17.9]),
  ];
}

function runOf(samples: readonly Sample[]): RunRecord {
  const control = samples.length === 0 ? [] : controlPlaneVerdicts();
  const verdicts = [...samples.flatMap((sample) => sample.verdicts), ...control];
  const summary = summaryOf(verdicts);
  return {
    schema: runSchema,
    id: "7f3kq",
    startedAt: "2026-11-21T09:00:00.000Z",
    durationMs: 9412,
    command: "npm run suite -- --mode VXLANCrossSubnet",
    mode: [mode],
    provider: "netns",
    dataplane: title,
    topology: "two-racks",
    planDigest: "0f3a9c1b2d4e",
    environment: {
      version: "0.1.0",
      kernel: "6.18.44",
      cpus: 2,
      memoryMiB: 24064,
      os: "Debian GNU/Linux 12 (bookworm)",
      node: "v20.20.2",
      tools: { ip: "iproute2-6.1.0", tcpdump: "4.99.3", iperf3: "3.12" },
    },
    scenarios: [scenarioOf(samples)],
    verdicts,
    measurements: measurementsOf(),
    troubles: [],
    summary,
    exitCode: summary.fail > 0 ? 1 : summary.inconclusive > 0 ? 3 : 0,
  };
}

function scenarioOf(samples: readonly Sample[]): ScenarioRecord {
  return {
    mode,
    provider: "netns",
    dataplane: title,
    because,
    phases: [
      { phase: "build", ms: 210 },
      { phase: "install", ms: 640 },
      { phase: "probe", ms: 2104 },
    ],
    capture: { packets: 1912, droppedByKernel: 0, taps: 11 },
    paths: samples.map((sample) => sample.path),
  };
}

function controlPlaneVerdicts(): readonly Verdict[] {
  const programmed = "3 routes, vxlan.calico with VNI 4096, 2 FDB entries";
  return nodes.map((node) => ({
    id: `${mode}/control-plane/${node}`,
    check: "control-plane",
    status: "pass",
    expected: programmed,
    observed: programmed,
    evidence: routesOf(node),
  }));
}

function summaryOf(verdicts: readonly Verdict[]): Summary {
  const count = (status: Status): number => verdicts.filter((verdict) => verdict.status === status).length;
  return { pass: count("pass"), fail: count("fail"), inconclusive: count("inconclusive"), skip: count("skip") };
}
