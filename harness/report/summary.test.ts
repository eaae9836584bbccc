import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunRecord } from "../run/record.ts";
import { reportedRun } from "./reported-run.ts";
import { summarize } from "./run-summary.ts";
import { brokenRun, failingId, failingRun, leakyRun, passingRun, secrets } from "./sample-records.fixture.ts";
import { renderSummaryPage } from "./summary-html.ts";
import { renderSummaryMarkdown } from "./summary-markdown.ts";
import { writeSummary } from "./write-summary.ts";

describe("the summary of a run", () => {
  const decisions: readonly (readonly [string, RunRecord, string, RegExp])[] = [
    ["passes", passingRun(), "go", /^Go: \d+ of \d+ checks passed\.$/],
    ["fails", failingRun(), "no-go", /^No-go: 1 check failed on the wire; .* 1 skipped and therefore not certified\.$/],
    ["breaks", brokenRun(), "no-go", /^No-go: the lab broke/],
    ["checks nothing", { ...passingRun(), exitCode: 2 }, "no-go", /nothing was checked/],
    ["is interrupted", { ...passingRun(), exitCode: 130 }, "no-go", /interrupted/],
    ["proves nothing", { ...passingRun(), exitCode: 3 }, "no-go", /could not be proven/],
  ];
  for (const [name, record, decision, words] of decisions) {
    it(`says ${decision} of one that ${name}, and why`, () => {
      const summary = summarize(record);
      assert.equal(summary.decision, decision);
      assert.match(summary.verdict, words);
      assert.ok(renderSummaryPage(summary).includes(`<h1 class="${decision}">`));
    });
  }

  it("counts a skip apart from what is proven", () => {
    const [mode] = summarize(failingRun()).modes;
    assert.ok(mode);
    assert.equal(mode.coverage.wrong, 1);
    assert.equal(mode.coverage.inconclusive, 1);
    assert.deepEqual(
      mode.coverage.skipped.map(({ count }) => count),
      [1],
    );
  });

  it("shows the grid, and of each category the first failure in words and with its hops", () => {
    const summary = summarize(failingRun());
    const cell = summary.modes[0]?.grids[0]?.cells.find(({ source, target }) => source === "a1" && target === "a2");
    assert.deepEqual([cell?.form, cell?.seen, cell?.status], ["plain", "→VXLAN", "fail"]);
    const page = renderSummaryPage(summary);
    assert.match(page, /<td class="fail">plain→VXLAN ✘<\/td>/);
    assert.match(page, /✘ pod a1 → pod a2, one rack: plain — needless encapsulation/);
    assert.ok(page.includes(failingId.replace(">", "&gt;")));
    assert.match(page, /<svg /);
    assert.match(renderSummaryMarkdown(summary), /^\| a1 \| local ✔ \| plain→VXLAN ✘ \|/m);
  });

  it("counts where a grid has more nodes than a page shows", () => {
    const [mode, ...modes] = summarize(failingRun()).modes;
    assert.ok(mode);
    const names = Array.from({ length: 25 }, (_, index) => `n${index}`);
    const grids = mode.grids.map((grid) => ({ ...grid, sources: names, targets: names }));
    const summary = { ...summarize(failingRun()), modes: [{ ...mode, grids }, ...modes] };
    const counts = "14 of 16 as expected, 1 wrong, 1 inconclusive (4 local, 4 plain, 8 VXLAN)";
    assert.match(
      renderSummaryMarkdown(summary),
      new RegExp(`^pod-to-pod, IPv4: ${counts.replaceAll(/[()]/g, ".")}$`, "m"),
    );
    const page = renderSummaryPage(summary);
    assert.ok(page.includes(`<h3>pod-to-pod, IPv4</h3><p>${counts}</p>`));
    assert.doesNotMatch(page, /from n1</);
  });

  it("says the cause before the grid, and what was not asked", () => {
    const record = failingRun();
    const cause = { name: "x", sentence: "a1 has a /32", fix: "give it /24", issues: ["#3003"], evidence: [] };
    const coverage = { seed: 1, notAsked: ["4 of 8 pods never sent"] };
    const [first, ...rest] = record.scenarios;
    assert.ok(first);
    const told = {
      ...first,
      causes: [{ ...cause, explains: ["p", "q"] }],
      coverage: { ...first.coverage, ...coverage },
    };
    const summary = summarize({ ...record, scenarios: [told as typeof first, ...rest] });
    const page = renderSummaryPage(summary);
    assert.match(
      page,
      /Cause: a1 has a \/32[\s\S]*give it \/24[\s\S]*2 paths and nodes. Reports of the same: projectcalico\/calico#3003\.[\s\S]*<table/,
    );
    assert.match(page, /Not asked: 4 of 8 pods never sent\./);
    assert.match(renderSummaryMarkdown(summary), /\*\*Cause\*\* \(of 2\): a1 has a \/32\. Fix: give it \/24\./);
  });

  it("says of each failure why, how to see it and how to ask it again, and of a node what differs", () => {
    const record = failingRun();
    const id = "vxlan-cross-subnet/control-plane/a1";
    const route = "a1: route 198.19.0.64/26 via 198.19.0.64 dev vxlan.calico, not via 198.18.1.12 dev eth0";
    const verdict = {
      id,
      check: "control-plane",
      status: "fail",
      category: "control plane",
      expected: "6 routes",
    } as const;
    const differing = { ...verdict, observed: "1 difference", reason: route, evidence: [] };
    const verdicts = [...record.verdicts.filter((one) => one.id !== id), differing];
    const summary = summarize({ ...record, verdicts, again: ["suite", "--fault", "wrong-vni", "--seed", "7"] });
    const page = renderSummaryPage(summary);
    assert.ok(page.includes(`<p>${route}</p>`));
    assert.match(page, /tcpdump -nn -r pcaps\/[\s\S]*npm run suite -- --mode VXLANCrossSubnet [^\n]*--seed 7 --paths/);
    assert.match(page, /<p>The run itself put a fault into its lab: wrong-vni\.<\/p>/);
    const markdown = renderSummaryMarkdown(summary);
    assert.ok(markdown.includes(`observed 1 difference: ${route}`));
    assert.match(markdown, /^The run itself put a fault into its lab: wrong-vni\.$/m);
  });

  it("begins with a table of all modes where there are several", () => {
    const { modes, ...rest } = summarize(failingRun());
    const [mode] = modes;
    assert.ok(mode);
    assert.doesNotMatch(renderSummaryPage({ ...rest, modes }), /<th scope="col">mode</);
    const page = renderSummaryPage({ ...rest, modes: [mode, { ...mode, title: "another" }] });
    assert.match(page, /No-go<\/h1>[\s\S]*<td>another<\/td><td>netns, [^<]*<\/td><td class="pass">50<[\s\S]*<section>/);
  });

  it("fetches nothing and runs nothing", () => {
    const page = renderSummaryPage(summarize(failingRun())).replaceAll("http://www.w3.org/2000/svg", "");
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|url\(|@import|https?:/);
  });

  it("is written as page, Markdown and JSON, without secrets", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-summary-"));
    try {
      await writeSummary(reportedRun(leakyRun()), folder);
      for (const name of ["summary.html", "summary.md", "summary.json"]) {
        const text = await readFile(join(folder, name), "utf8");
        for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), `${secret} in ${name}`);
      }
      const json = JSON.parse(await readFile(join(folder, "summary.json"), "utf8")) as { decision: string };
      assert.equal(json.decision, "no-go");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
