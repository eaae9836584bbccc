import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cause } from "../cause/cause.ts";
import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import type { Mode } from "../encap/mode.ts";
import type { ProofRecord, RunEvent } from "../run/record.ts";
import { topologyFolder } from "../topology/load.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { LabSource, OpenLab } from "./lab-source.ts";
import { loadTests, type LoadedTests, type TestsOutcome } from "./run-tests.ts";
import { oneMode } from "./test-lab.ts";

const wrong: Verdict = {
  id: "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1",
  check: "encapsulated",
  status: "fail",
  expected: "VXLAN",
  observed: "plain",
  reason: "plain at tor/eth0",
  category: "leak",
  evidence: ["tor/eth0 plain"],
};

/** Labs without anything in them, whose every proof finds what it is told to. */
class ToldLabs implements LabSource {
  readonly folder = "results";
  readonly opened: string[] = [];
  readonly #finds: Partial<Verdict>;
  readonly #causes: readonly Cause[];

  constructor(finds: Partial<Verdict> = {}, causes: readonly Cause[] = []) {
    this.#finds = finds;
    this.#causes = causes;
  }

  open: LabSource["open"] = (plan, mode) => {
    if (mode.encapsulation === "ipip") return Promise.resolve({ skip: "no ipip here" });
    if (plan.topology.name === "one-rack") return Promise.reject(new LabError("the lab would not come up"));
    this.opened.push(`${plan.topology.name} ${mode.id}`);
    const { name } = plan.topology;
    const about = { topology: name, mode: mode.id, provider: "told", dataplane: "none", because: "", seconds: 0 };
    let now: Mode = mode;
    const lab: OpenLab = {
      about,
      scope: new Scope(),
      close: () => {
        this.opened.push("closed");
        return Promise.resolve();
      },
      get network() {
        const { lab: planned, ...rest } = { lab: { plan, nodes: [], routers: [] }, pods: [], mode: now };
        return { lab: planned, ...rest } as unknown as OpenLab["network"];
      },
      prove: (): Promise<ProofRecord> =>
        Promise.resolve({ mode: now.id, paths: [], verdicts: [{ ...wrong, ...this.#finds }], causes: this.#causes }),
      switchTo: (wanted) => {
        now = wanted;
        return Promise.resolve();
      },
      inject: ({ name: fault }) => Promise.resolve([`a1: ${fault}`]),
    };
    return Promise.resolve(lab);
  };
}

describe("Mocha files", () => {
  let folder = "";
  let loadedNow: LoadedTests | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-mocha-"));
  });
  afterEach(async () => {
    loadedNow?.dispose();
    loadedNow = undefined;
    await rm(folder, { recursive: true });
  });

  async function outcomeOf(body: string, labs: LabSource = new ToldLabs(), mode?: Mode): Promise<TestsOutcome> {
    const file = join(folder, "incident.suite.ts");
    await writeFile(file, `import assert from "node:assert"; import { useLab } from "encaplab";\n${body}`);
    const defaults = { topology: "two-racks", ...(mode === undefined ? {} : { mode }) };
    const loaded = await loadTests([{ file, name: "incident" }], defaults);
    loadedNow = loaded;
    const events: RunEvent[] = [];
    const listener = {
      on: (event: RunEvent): void => {
        events.push(event);
      },
    };
    const outcome = await loaded.run({ labs, listener, signal: new AbortController().signal });
    assert.equal(events.length, outcome.tests.length);
    return outcome;
  }

  /** A describe with a lab in VXLAN, and one test. */
  const withLab = (test: string, wish = 'mode: "VXLAN"'): string =>
    `describe("incident 42", () => { const net = useLab({ ${wish} }); it("holds", async () => { ${test} }); });`;

  async function verdictOf(body: string, labs?: LabSource): Promise<Verdict> {
    const { verdicts } = await outcomeOf(body, labs);
    assert.equal(verdicts.length, 1);
    const [verdict] = verdicts;
    assert.ok(verdict);
    return verdict;
  }

  it("have a lab by hooks, on the topology and in the mode that they name", async () => {
    const labs = new ToldLabs({ status: "pass" });
    const { tests, verdicts } = await outcomeOf(withLab('(await net.prove("a1->b1")).mustPass();'), labs);
    assert.deepEqual(labs.opened, ["two-racks vxlan-always", "closed"]);
    assert.equal(verdicts[0]?.id, "tests/incident/incident 42/holds");
    assert.equal(verdicts[0].status, "pass");
    assert.equal(tests[0]?.lab?.mode, "vxlan-always");
    assert.equal(tests[0].proofs.length, 1);
  });

  it("run again on each release that a run compares, with labs of their own and their name on what comes of it", async () => {
    const skipping = new ToldLabs({ status: "pass" });
    skipping.open = () => Promise.resolve({ skip: "this release cannot" });
    const first = await outcomeOf(withLab('(await net.prove("x")).mustPass();'), skipping);
    assert.deepEqual([first.verdicts[0]?.status, first.verdicts[0]?.reason], ["skip", "this release cannot"]);
    const labs = new ToldLabs({ status: "fail" });
    const services = { labs, listener: { on: () => undefined }, signal: new AbortController().signal };
    const again = await loadedNow?.run({ ...services, variant: "v3.32.1" });
    assert.deepEqual(labs.opened, ["two-racks vxlan-always", "closed"]);
    const [verdict] = again?.verdicts ?? [];
    assert.deepEqual([verdict?.id, verdict?.variant, verdict?.status], [first.verdicts[0]?.id, "v3.32.1", "fail"]);
    assert.equal(again?.tests[0]?.variant, "v3.32.1");
  });

  it("take topology and mode from the command line where they name none", async () => {
    const labs = new ToldLabs({ status: "pass" });
    await outcomeOf(withLab('(await net.prove("x")).mustPass();', ""), labs, oneMode("none"));
    assert.deepEqual(labs.opened, ["two-racks none", "closed"]);
    await assert.rejects(outcomeOf(withLab("", "")), /names no mode/);
    await assert.rejects(outcomeOf(withLab("", 'mode: "CrossSubnet"')), /means several modes/);
  });

  it("find a topology beside them", async () => {
    const labs = new ToldLabs({ status: "pass" });
    const yaml = await readFile(join(topologyFolder, "two-racks.yaml"), "utf8");
    await writeFile(join(folder, "mine.yaml"), yaml.replace(/^name: .*/m, "name: mine"));
    await outcomeOf(withLab("net.plan; assert.ok(true);", 'topology: "./mine.yaml", mode: "VXLAN"'), labs);
    assert.equal(labs.opened[0], "mine vxlan-always");
  });

  it("say what explains a failure, and let a test assert on it", async () => {
    const cause = { name: "packet-filter", sentence: "b1 drops", fix: "remove the rule", issues: [], evidence: [] };
    const labs = new ToldLabs({}, [{ ...cause, explains: [wrong.id] }]);
    const { reason } = await verdictOf(withLab('(await net.prove("x")).mustPass()'), labs);
    assert.equal(reason, "cause: b1 drops: remove the rule\nplain at tor/eth0");
    const asserted = 'assert.match((await net.prove("x")).causes[0].sentence, /b1 drops/)';
    assert.equal((await verdictOf(withLab(asserted), labs)).status, "pass");
  });

  it("are refused before anything is built where a topology of theirs is wrong", async () => {
    const labs = new ToldLabs();
    await writeFile(join(folder, "mine.yaml"), "nodes: 7\n");
    const body = withLab("", 'topology: "./mine.yaml", mode: "VXLAN"');
    await assert.rejects(outcomeOf(body, labs), /mine\.yaml:1:8/);
    assert.deepEqual(labs.opened, []);
  });

  const wrongs: readonly (readonly [string, string, Partial<Verdict>, Partial<Verdict>])[] = [
    [
      "mustPass on a failure",
      '(await net.prove("x")).mustPass()',
      {},
      { status: "fail", category: "leak", observed: "plain" },
    ],
    [
      "mustPass on a doubt",
      '(await net.prove("x")).mustPass()',
      { status: "inconclusive" },
      { status: "inconclusive" },
    ],
    [
      "mustFail on a pass",
      '(await net.prove("x")).mustFail()',
      { status: "pass" },
      { status: "fail", category: "assertion" },
    ],
    [
      "mustFail in another category",
      '(await net.prove("x")).mustFail("asymmetric")',
      {},
      { status: "fail", category: "assertion" },
    ],
    [
      "a proof that nobody looks at",
      'await net.prove("x")',
      { status: "pass" },
      { status: "fail", category: "assertion" },
    ],
    ["an assertion of its own", "assert.equal(1, 2)", {}, { status: "fail", category: "assertion" }],
    ["a mistake in it", "null.x", {}, { status: "inconclusive", category: "lab trouble" }],
    ["a node that is not there", 'net.node("zz")', {}, { status: "inconclusive", category: "lab trouble" }],
  ];
  for (const [name, test, finds, expected] of wrongs) {
    it(`are red by ${name}`, async () => {
      const verdict = await verdictOf(withLab(test), new ToldLabs(finds));
      const { status, category, observed } = verdict;
      assert.deepEqual({ status, category, observed }, { status, category, observed, ...expected });
      assert.equal(status, expected.status);
    });
  }

  it("are green where what must fail does", async () => {
    assert.equal((await verdictOf(withLab('(await net.prove("x")).mustFail("leak")'))).status, "pass");
    assert.equal((await verdictOf(withLab('assert.equal((await net.prove("x")).status, "fail")'))).status, "pass");
  });

  it("tell where they asserted", async () => {
    const { evidence } = await verdictOf(withLab('(await net.prove("x")).mustPass()'));
    assert.match(evidence.at(-1) ?? "", /incident\.suite\.ts:2:\d+/);
  });

  it("skip with the reason what nothing here can run", async () => {
    const { status, reason } = await verdictOf(withLab("", 'mode: "IPIP"'));
    assert.deepEqual([status, reason], ["skip", "no ipip here"]);
    assert.equal((await verdictOf('it.skip("later", () => {});')).reason, "the test says so");
  });

  it("are all told where their lab does not come up, and none counts as failed", async () => {
    const two = 'it("one", () => {}); describe("in", () => { it("two", () => {}); });';
    const body = `describe("x", () => { useLab({ topology: "one-rack", mode: "VXLAN" }); ${two} }); it("other", () => {});`;
    const { verdicts } = await outcomeOf(body);
    const told = verdicts.map(({ id, status }) => `${id.split("/").at(-1) ?? ""} ${status}`);
    assert.deepEqual(told.sort(), ["one inconclusive", "other pass", "two inconclusive"]);
  });

  it("report an after hook that breaks as trouble of the lab", async () => {
    const { verdicts, troubles } = await outcomeOf(
      'it("x", () => {}); after(() => { throw new Error("left over"); });',
    );
    assert.equal(verdicts[0]?.status, "pass");
    assert.match(troubles[0]?.message ?? "", /left over/);
  });

  it("keep what was done by hand, test by test", async () => {
    const body = withLab('await net.switchTo("None"); await net.inject("stale-fdb"); assert.equal(net.mode, "none");');
    const { tests } = await outcomeOf(body);
    assert.deepEqual(tests[0]?.commands, ["# mode vxlan-always -> none", "a1: stale-fdb"]);
  });

  it("leave the Mocha around them alone", async () => {
    const { describe: mine } = globalThis;
    await outcomeOf('it("x", () => {});');
    assert.equal(globalThis.describe, mine);
  });

  it("without a test are refused, and so is a lab that is asked for too late", async () => {
    await assert.rejects(outcomeOf('describe("x", () => {});'), /has no test/);
    const late = await verdictOf('it("x", () => { useLab({ mode: "VXLAN" }); });');
    assert.match(late.reason ?? "", /useLab works in files that encaplab runs|stands in a describe/);
  });
});
