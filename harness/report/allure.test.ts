import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestResult } from "allure-js-commons";
import { localExecutor } from "../exec/local/local.ts";
import type { RunRecord } from "../run/record.ts";
import { allureCategories } from "./allure-categories.ts";
import { generatePage } from "./allure-page.ts";
import { writeAllure } from "./allure.ts";
import { filesIn } from "./packed-page.fixture.ts";
import { reportedRun } from "./reported-run.ts";
import { createResultsFolder, resultsFolder, type ResultsFolder } from "./store.ts";
import {
  brokenRun,
  failingId,
  failingRun,
  inconclusiveId,
  leakyRun,
  passingRun,
  secrets,
  skippedId,
} from "./sample-records.fixture.ts";
import { skipFor } from "../core/skip.fixture.ts";

describe("Allure results", () => {
  let out = "";
  let folder: ResultsFolder = resultsFolder("");
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "encaplab-allure-"));
    folder = await createResultsFolder(out, "7f3kq");
  });
  afterEach(async () => {
    await rm(out, { recursive: true, force: true });
  });

  async function resultsOf(record: RunRecord): Promise<readonly TestResult[]> {
    await writeAllure(reportedRun(record), folder);
    const names = (await readdir(folder.allureResults)).filter((name) => name.endsWith("-result.json"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder.allureResults, name), "utf8")));
    return texts.map((text) => JSON.parse(text) as TestResult);
  }

  it("has one passed test per path and node, one for the measurements and one for the run", async () => {
    const record = passingRun();
    const results = await resultsOf(record);
    const ids = [...new Set(record.verdicts.map((verdict) => verdict.id))];
    const expected = [...ids, "vxlan-cross-subnet/measurements", "run/two-racks"].sort();
    assert.deepEqual(results.map(idOf).sort(), expected);
    assert.deepEqual([...new Set(results.map((result) => result.status))], ["passed"]);
  });

  const statuses: readonly (readonly [string, string, RegExp])[] = [
    [failingId, "failed", /^needless encapsulation: Packets were encapsulated on a path that must be plain\.$/],
    [inconclusiveId, "broken", /^inconclusive: tap tor\/eth1/],
    [skippedId, "skipped", /^VXLAN over IPv6 needs kernel/],
  ];
  for (const [id, status, message] of statuses) {
    it(`shows ${id} as ${status} with its reason`, async () => {
      const results = await resultsOf(failingRun());
      const result = only(results, id);
      assert.equal(result.status, status);
      assert.match(result.statusDetails.message ?? "", message);
      assert.equal(results.filter((one) => String(one.status) === status).length, 1);
    });
  }

  it("labels, times and steps a path as the record tells", async () => {
    const result = only(await resultsOf(failingRun()), failingId);
    const labels = Object.fromEntries(result.labels.map(({ name, value }) => [name, value]));
    assert.equal(labels.parentSuite, "vxlan-cross-subnet");
    assert.equal(labels.suite, "pod-to-pod");
    assert.equal(labels.feature, "vxlan-cross-subnet");
    assert.equal(labels.story, "pod-to-pod same-subnet");
    assert.equal(labels.severity, "critical");
    assert.equal(labels.tag, "needless encapsulation");
    assert.equal(result.name, "pod a1 → pod a2, one rack: plain");
    assert.equal(labels.id, failingId);
    const start = Date.parse(failingRun().startedAt);
    assert.ok([result, ...result.steps].every((timed) => timed.start === start && timed.stop === start));
    assert.deepEqual(
      result.steps
        .filter((step) => / as expected$|: wrong$/.test(step.name ?? ""))
        .map((step) => [step.name, step.status]),
      [
        ["reached: as expected", "passed"],
        ["not-encapsulated: wrong", "failed"],
        ["mtu: as expected", "passed"],
      ],
    );
    const parameters = result.steps.find((step) => step.name?.startsWith("not-enc"))?.parameters;
    assert.deepEqual(parameters, [
      { name: "expected", value: "plain on a1/eth0, a2/eth0" },
      { name: "observed", value: "VXLAN 10 of 10 (VNI 4096), both directions" },
    ]);
  });

  it("attaches picture, table, evidence, commands and captures to a path", async () => {
    await writeFile(join(folder.pcaps, "a1.pcap"), "capture");
    const result = only(await resultsOf(failingRun()), failingId);
    const found = attachments(result);
    const expected = [
      "hop by hop",
      "expected and observed",
      "routes, devices, FDB",
      "first packets at each tap",
      "what the probes said",
      "commands",
      "a1.pcap",
    ];
    for (const name of expected)
      assert.ok(
        found.some((one) => one.name === name),
        name,
      );
    const commands = found.find((one) => one.name === "commands");
    const text = await readFile(join(folder.allureResults, commands?.source ?? ""), "utf8");
    assert.match(text, /tcpdump -nn -r .*a1\.pcap/);
    assert.match(text, /a2\.pcap is no longer in the results folder/);
  });

  it("attaches the captures of what is wrong alone, and no more than a page can carry", async () => {
    await writeFile(join(folder.pcaps, "a1.pcap"), "capture");
    await writeFile(join(folder.pcaps, "a2.pcap"), new Uint8Array(1 << 20));
    const results = await resultsOf(failingRun());
    const names = results.flatMap((result) =>
      attachments(result).flatMap((one) => (one.name.endsWith(".pcap") ? [`${idOf(result)} ${one.name}`] : [])),
    );
    assert.deepEqual(names.sort(), [`${inconclusiveId} a1.pcap`, `${failingId} a1.pcap`].sort());
  });

  it("opens a failed path with what was expected and observed, and the run with its decision and grid", async () => {
    const results = await resultsOf(failingRun());
    const failed = only(results, failingId);
    assert.match(failed.description ?? "", /expected {2}plain on a1\/eth0, a2\/eth0[\s\S]*observed {2}VXLAN 10 of 10/);
    assert.match(
      failed.description ?? "",
      /pod a1 → pod a2, one rack: plain[\s\S]*a1\/eth0 .* expected plain, observed/,
    );
    assert.match(failed.statusDetails.trace ?? "", /at a1\/eth0 \(forward\)/);
    const run = only(results, "run/two-racks");
    assert.equal(run.name, "the whole run on two-racks: no-go");
    assert.match(run.description ?? "", /No-go: 1 check failed[\s\S]*plain→VXLAN ✘/);
    assert.ok(attachments(run).some(({ name }) => name === "summary"));
  });

  it("keeps what several paths share once", async () => {
    await writeFile(join(folder.pcaps, "a1.pcap"), "capture");
    const results = await resultsOf(failingRun());
    const sources = results.flatMap((result) => attachments(result).filter((one) => one.name === "a1.pcap"));
    assert.ok(sources.length > 1);
    assert.equal(new Set(sources.map((one) => one.source)).size, 1);
  });

  it("rejects when the results cannot be written", async () => {
    const file = join(out, "a-file");
    await writeFile(file, "");
    await assert.rejects(
      writeAllure(reportedRun(passingRun()), { ...folder, allureResults: join(file, "allure-results") }),
      {
        code: "ENOTDIR",
      },
    );
  });

  it("keeps history ids from run to run, whatever the folder, the run and the addresses are", async () => {
    const ids = async (record: RunRecord): Promise<unknown> =>
      (await resultsOf(record)).map((one) => [one.name, one.historyId, one.testCaseId]).sort();
    const first = await ids(passingRun());
    folder = await createResultsFolder(out, "zzzzz");
    assert.deepEqual(
      await ids({ ...passingRun(), id: "zzzzz", startedAt: "2026-11-22T09:00:00.000Z", provider: "vm" }),
      first,
    );
    assert.equal(
      new Set((await resultsOf(passingRun())).map((one) => one.historyId)).size,
      (first as unknown[]).length,
    );
  });

  it("leaves nothing of earlier results", async () => {
    await resultsOf(passingRun());
    assert.equal((await resultsOf(brokenRun())).length, 1);
  });

  it("is broken, not failed, when the lab could not be built", async () => {
    const [result] = await resultsOf(brokenRun());
    assert.equal(result?.status, "broken");
    assert.match(result.statusDetails.message ?? "", /^lab trouble: build: ip -batch failed/);
  });

  it("is broken when nothing at all was checked", async () => {
    const [result] = await resultsOf({ ...brokenRun(), troubles: [] });
    assert.equal(result?.status, "broken");
  });

  it("sorts every message into exactly one category", async () => {
    const run = onlyPath(failingRun(), failingId);
    const categories = allureCategories(run);
    for (const { name, matchedStatuses } of categories) {
      const status = String(matchedStatuses[0]) === "failed" ? "fail" : "inconclusive";
      const verdicts = run.verdicts.map((verdict) =>
        verdict.id === failingId
          ? ({ ...verdict, status, category: name, reason: "two\nlines" } as RunRecord["verdicts"][number])
          : verdict,
      );
      const result = only(await resultsOf({ ...run, verdicts }), failingId);
      assert.deepEqual(categoriesOf([result], run), [name]);
    }
  });

  it("makes one line of all that one cause explains, and tells the cause on each page", async () => {
    const run = failingRun();
    const sentence = "a1 (198.18.1.11) is registered with a /32, so that no node shares its subnet";
    const cause = { name: "registered-prefix", sentence, fix: "register it with /24", issues: [], evidence: [] };
    const failed = new Set([failingId, "vxlan-cross-subnet/control-plane/a1"]);
    const verdicts = run.verdicts.map((one) => (failed.has(one.id) ? { ...one, status: "fail" as const } : one));
    const scenarios = run.scenarios.map((one) => ({ ...one, causes: [{ ...cause, explains: [...failed] }] }));
    const results = await resultsOf({ ...run, scenarios, verdicts });
    const own = results.filter(({ status }) => String(status) === "failed");
    assert.deepEqual(own.map(idOf).sort(), [...failed].sort());
    assert.deepEqual(categoriesOf(own, { ...run, scenarios }), [sentence]);
    for (const { description = "" } of own)
      assert.match(description, /a1 \(198.* is registered with a \/32[\s\S]*register it with \/24/);
    assert.match(only(results, failingId).description ?? "", /forward {2}.*\[a1\/eth0 .*──▶/);
  });

  it("takes the time of a path from its packets", async () => {
    const run = passingRun();
    const heard = { from: 1_900_000_000.25, until: 1_900_000_001.5 };
    const scenarios = run.scenarios.map((one) => ({ ...one, paths: one.paths.map((path) => ({ ...path, heard })) }));
    const { start, stop } = only(await resultsOf({ ...run, scenarios }), failingId);
    assert.deepEqual([start, stop], [1_900_000_000_250, 1_900_000_001_500]);
  });

  it("writes environment, executor and categories", async () => {
    const run = passingRun();
    const [scenario] = run.scenarios;
    assert.ok(scenario);
    const made = ["v0.33.0", "v0.34.0"].map((kind) => ({ ...scenario, versions: { calico: "v3.32.1", kind } }));
    await writeAllure(reportedRun({ ...run, scenarios: made }), folder, {
      executor: { name: "CI", type: "github", buildUrl: "https://ci.example/7" },
    });
    const read = (name: string): Promise<string> => readFile(join(folder.allureResults, name), "utf8");
    assert.match(await read("environment.properties"), /dataplane *= *reference dataplane, not Calico/);
    assert.match(await read("environment.properties"), /^calico *= *v3\.32\.1$/m);
    assert.match(await read("environment.properties"), /^trend *= *none without --history DIR/m);
    assert.match(await read("environment.properties"), /^kind *= *v0\.33\.0, v0\.34\.0$/m);
    assert.deepEqual((JSON.parse(await read("categories.json")) as unknown[]).length, allureCategories(run).length);
    const executor = JSON.parse(await read("executor.json")) as Record<string, unknown>;
    assert.equal(executor.name, "CI");
    assert.equal(executor.buildUrl, "https://ci.example/7");
    assert.equal(executor.buildName, "run 7f3kq");
  });

  it("tells no secret", async () => {
    await writeAllure(reportedRun(leakyRun()), folder);
    for (const name of await readdir(folder.allureResults)) {
      const text = await readFile(join(folder.allureResults, name), "utf8");
      for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), `${secret} in ${name}`);
    }
  });

  describe("page", function () {
    // Up to four starts of a JVM, on machines that do other things meanwhile.
    this.timeout(120_000);
    const executor = localExecutor();
    const java = (): Promise<boolean> =>
      executor.tryRun(["java", "-version"]).then(
        (result) => result.exitCode === 0,
        () => false,
      );

    it("is one file that carries every test", async function () {
      if (!(await java())) skipFor(this, "no Java here");
      await writeAllure(reportedRun(failingRun()), folder);
      const outcome = await generatePage(folder, { executor });
      assert.ok(outcome.generated);
      assert.doesNotMatch(await readFile(outcome.page, "utf8"), /googletagmanager|google-analytics/);
      assert.equal(outcome.page, folder.page);
      assert.match(await readFile(outcome.page, "utf8"), /\.description__text pre[^}]*monospace/);
      assert.deepEqual(await readdir(folder.allureReport), ["index.html"]);
      const page = await readFile(folder.page, "utf8");
      assert.ok(filesIn(page).get("data/suites.json")?.includes(failingId));
      // The program of Allure itself is 1.9 MB of it.
      assert.ok(page.length < 2_300_000, `${page.length} bytes`);
    });

    it("carries history from run to run", async function () {
      if (!(await java())) skipFor(this, "no Java here");
      const historyFolder = join(out, "history");
      const emptyTrend = [];
      for (const id of ["first", "second"]) {
        const next = await createResultsFolder(out, id);
        await writeAllure(reportedRun({ ...brokenRun(), id }), next);
        assert.ok((await generatePage(next, { executor, historyFolder })).generated);
        emptyTrend.push((await readFile(next.page, "utf8")).includes('.widget[data-id$="-trend"] { display: none; }'));
      }
      assert.deepEqual(emptyTrend, [true, false], "of one run there is no trend to show");
      const trend = JSON.parse(await readFile(join(historyFolder, "history-trend.json"), "utf8")) as unknown[];
      assert.equal(trend.length, 2);
      assert.deepEqual(
        (await readdir(join(out, "second"))).filter((name) => name.startsWith("allure-full")),
        [],
      );
    });

    it("is the same with the classes that Java has kept from the time before", async function () {
      if (!(await java())) skipFor(this, "no Java here");
      const cache = join(out, "cache");
      await writeAllure(reportedRun(failingRun()), folder);
      for (const classes of ["kept", "used"]) {
        assert.ok((await generatePage(folder, { executor, cache })).generated, classes);
        assert.ok(
          filesIn(await readFile(folder.page, "utf8"))
            .get("data/suites.json")
            ?.includes(failingId),
        );
        assert.equal((await readdir(join(cache, "java"))).length, 1);
      }
    });

    it("is made where nothing can be kept", async function () {
      if (!(await java())) skipFor(this, "no Java here");
      await writeAllure(reportedRun(failingRun()), folder);
      const cache = join(folder.run, "no folder");
      assert.ok((await generatePage(folder, { executor, cache })).generated);
    });

    it("is missing without Java, which is said with the way to get it", async () => {
      const path = join(out, "bin");
      await mkdir(path);
      for (const tool of ["env", "sh", "bash", "uname", "dirname", "basename", "ls", "expr"]) {
        const found = (await executor.run(["sh", "-c", `command -v ${tool}`])).stdout.trim();
        await symlink(found, join(path, tool));
      }
      const bare = localExecutor({ env: { PATH: path, JAVA_HOME: "" } });
      await writeAllure(reportedRun(brokenRun()), folder);
      const outcome = await generatePage(folder, { executor: bare });
      assert.ok(!outcome.generated);
      assert.match(outcome.because, /Allure needs Java/);
      assert.match(
        outcome.fix,
        /^summary\.html .*default-jre-headless.*lab -- report.*ALLURE_NO_ANALYTICS=true npx allure@3\S+ allure2 /,
      );
    });

    it("is not made of nothing", async () => {
      const outcome = await generatePage(folder, { executor });
      assert.ok(!outcome.generated);
      assert.match(outcome.because, /no allure-results/);
    });
  });
});

function onlyPath(run: RunRecord, id: string): RunRecord {
  const scenarios = run.scenarios.map((scenario) => ({
    ...scenario,
    paths: scenario.paths.filter((path) => path.expectation.path.id === id),
  }));
  return { ...run, scenarios, verdicts: run.verdicts.filter((verdict) => verdict.id === id) };
}

/** The categories in which Allure puts results, as Java matches them. */
function categoriesOf(results: readonly TestResult[], record: RunRecord): readonly string[] {
  const found = results.flatMap(({ status, statusDetails }) =>
    allureCategories(record).filter(
      ({ matchedStatuses, messageRegex }) =>
        matchedStatuses.map(String).includes(String(status)) &&
        new RegExp(`^(?:${messageRegex})$`, "s").test(statusDetails.message ?? ""),
    ),
  );
  return [...new Set(found.map(({ name }) => name))];
}

/** Behind the suites' titles in the full name. */
function idOf({ fullName = "" }: TestResult): string {
  return fullName.split(" > ").at(-1) ?? "";
}

function only(results: readonly TestResult[], id: string): TestResult {
  const found = results.filter((result) => idOf(result) === id);
  assert.equal(found.length, 1, id);
  const [result] = found;
  assert.ok(result !== undefined);
  return result;
}

/** Attachments of a test and of its steps, at any depth. */
function attachments(item: Partial<Pick<TestResult, "attachments" | "steps">>): TestResult["attachments"] {
  return [...(item.attachments ?? []), ...(item.steps ?? []).flatMap(attachments)];
}
