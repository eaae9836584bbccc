// Makes the pictures of docs/images/ from a run and a sign-off of its own: npx tsx scripts/screenshots.ts
// Needs root, Chromium, and Java for Allure's page.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser, browserHere, type View } from "../harness/report/browser.fixture.ts";
import { failureIn } from "../harness/report/allure-failure.fixture.ts";
import { resultsFolder } from "../harness/report/store.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pictures = join(root, "docs", "images");

/** A picture of a page's first screen, and what must be read there. */
interface Shot extends View {
  readonly name: string;
  readonly page: string;
  readonly shows: RegExp;
}

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

async function shotsOf(folder: string): Promise<readonly Shot[]> {
  const { page: allure } = resultsFolder(join(folder, "results", "latest"));
  const summary = join(folder, "results", "latest", "summary.html");
  const signoff = join(folder, "signoff", "signoff.html");
  const failed = { hash: await failureIn(allure, "pod a1 → pod a2"), until: "expected  plain" };
  return [
    { name: "summary", page: summary, ...desktop, shows: /^No-go\n/ },
    { name: "summary-phone-dark", page: summary, ...phone, dark: true, shows: /^No-go\n/ },
    { name: "failed-path", page: allure, ...desktop, height: 1100, ...failed, shows: /cause {2}a1 sends to all/ },
    { name: "signoff-dark", page: signoff, ...desktop, dark: true, shows: /^No-go\n/ },
    { name: "signoff-phone", page: signoff, ...phone, shows: /^No-go\n/ },
  ];
}

/** One node registered with a /32: pings pass, and packets within the rack are encapsulated. Paths on the pages are a reader's. */
function makePages(folder: string): void {
  for (const argv of [
    ["suite", "--mode", "VXLANCrossSubnet", "--no-throughput", "--fault", "slash-32-node-address", "--quiet"],
    ["signoff", "latest", "--to", "signoff"],
  ]) {
    const command = [join(root, "scripts", "encaplab.mjs"), ...argv];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
    assert.equal(status, 1, stderr);
  }
}

const program = browserHere();
assert.ok(program, "no Chromium here: apt-get install chromium");
const folder = await mkdtemp(join(tmpdir(), "encaplab-screenshots-"));
const browser = await Browser.start(program);
try {
  await mkdir(pictures, { recursive: true });
  makePages(folder);
  for (const { name, page, shows, ...view } of await shotsOf(folder)) {
    const seen = await browser.look(page, { ...view, picture: join(pictures, `${name}.webp`) });
    assert.match(seen.text, shows, name);
    assert.deepEqual([seen.requests, seen.errors], [[], []], name);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
