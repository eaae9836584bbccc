import assert from "node:assert/strict";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { newOut, runCli } from "../cli/e2e/run-cli.fixture.ts";
import { skipFor } from "../core/skip.fixture.ts";
import { failureIn } from "../report/allure-failure.fixture.ts";
import { Browser, browserHere } from "../report/browser.fixture.ts";
import { resultsFolder } from "../report/store.ts";
import { runSuites } from "./index.ts";

/** What a page may weigh: Allure's own program is 1.9 MB of it. */
const pageLimit = 2_600_000;

describe("the pages in a browser", function () {
  // A browser and a JVM start, on machines that do other things meanwhile.
  this.timeout(180_000);
  let out = "";
  let id = "";
  let browser: Browser | undefined;
  const view = (): Browser => {
    assert.ok(browser);
    return browser;
  };

  before(async function () {
    const program = browserHere();
    if (program === undefined) skipFor(this, "no Chromium here");
    out = await newOut();
    const fault = "slash-32-node-address";
    const record = await runSuites({ out, fault, modes: ["VXLANCrossSubnet"], provider: "netns", throughput: false });
    id = record.id;
    browser = await Browser.start(program);
  });
  after(async () => {
    await browser?.close();
    if (out !== "") await rm(out, { recursive: true });
  });

  it("shows in the summary what failed and where, wide and narrow, and asks nobody for anything", async () => {
    for (const [width, dark] of [
      [1280, false],
      [390, true],
    ] as const) {
      const { text, requests, errors, overflow } = await view().look(join(out, id, "summary.html"), { width, dark });
      assert.deepEqual([requests, errors, overflow], [[], [], 0]);
      assert.match(text, /^No-go\n/);
      assert.match(text, /pod a1 → pod a2, one rack: plain — needless encapsulation, and 3 more alike/);
      assert.match(text, /VXLAN ✔/);
    }
  });

  it("shows in the sign-off the decision, the cause and what is not certified", async () => {
    const folder = join(out, "signed");
    assert.equal((await runCli("signoff", id, "--out", out, "--to", folder)).code, 1);
    for (const width of [1280, 390]) {
      const { text, requests, errors, overflow } = await view().look(join(folder, "signoff.html"), { width });
      assert.deepEqual([requests, errors, overflow], [[], [], 0]);
      assert.match(text, /^No-go\n/);
      assert.match(text, /registered with a \/32/);
      assert.match(text, /Not asked at all, and therefore not certified: none, ipip-always/);
    }
  });

  it("shows in Allure one line for one cause, and opens a failure with it", async function () {
    const { page } = resultsFolder(join(out, id));
    const size = await stat(page).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) skipFor(this, "no Java here");
    assert.ok(size <= pageLimit, `${size} bytes`);
    const home = await view().look(page, { until: "Executors\nencaplab" });
    assert.match(home.text, /Executors\nencaplab\nrun /);
    const failed = await view().look(page, {
      hash: await failureIn(page, "pod a1 → pod a2"),
      until: "expected  plain",
    });
    assert.match(failed.text, /\n(a1 sends to all of its own subnet .*)\n(\d+)\ncause: \1\n\2\n/);
    assert.match(failed.text, /cause {2}a1 sends to all of its own subnet/);
    assert.match(failed.text, /expected {2}plain at a1\/eth0[\s\S]*observed {2}forward VXLAN/);
    assert.match(failed.text, /\[a1\/eth0 vxlan.*──▶/);
    for (const { requests, errors } of [home, failed]) assert.deepEqual([requests, errors], [[], []]);
  });
});
