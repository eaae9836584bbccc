import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { costFixture } from "../measure/cost.fixture.ts";
import type { Measurement, PathRecord, RunRecord } from "../run/record.ts";
import { picturesOf } from "./run-pictures.ts";
import { reportedRun } from "./reported-run.ts";
import { passingRun } from "./sample-records.fixture.ts";
import { writePictures } from "./write-pictures.ts";
import { parseXml, type XmlNode } from "./xml-reader.fixture.ts";

const mode = "vxlan-cross-subnet" as const;

function roundTrips(label: string, factor: number): Measurement {
  const [id, what, unit] = [`${mode}/rtt/${label}`, "rtt", "µs"] as const;
  const quantiles = [0.01, 0.5, 0.99].map((share) => ({ share, value: factor * (10 + 20 * share) }));
  const base = { id, what, mode, unit, samples: [20], median: 20, min: 20, max: 20, indicative: true, conditions: {} };
  return { ...base, quantiles };
}

function measuredRun(): RunRecord {
  const record = passingRun();
  const swept = (path: PathRecord): PathRecord => ({
    ...path,
    sizes: [
      { bytes: 104, outcome: "passed" },
      { bytes: 1200, outcome: "lost", where: "forward between tor/eth0 and tor/eth1" },
      { bytes: 1450, outcome: "passed" },
      { bytes: 1451, outcome: "refused" },
    ],
  });
  return {
    ...record,
    scenarios: record.scenarios
      .filter((scenario) => scenario.mode === mode)
      .map((scenario) => ({ ...scenario, paths: scenario.paths.slice(0, 2).map(swept) })),
    measurements: [roundTrips("cross-subnet p50", 2), roundTrips("plain cross-subnet p50", 1)],
    costs: [costFixture()],
  };
}

function classes(node: XmlNode): readonly string[] {
  return [node.attributes.class ?? "", ...node.children.flatMap(classes)];
}

describe("pictures of a run", () => {
  const pictures = () => measuredRun().scenarios.flatMap((scenario) => picturesOf(scenario, measuredRun()));

  it("are of costs, round trips and sizes, each with its numbers", () => {
    const found = pictures();
    assert.deepEqual(
      found.map(({ name }) => name),
      [
        "costs-cross-subnet-v4-plain-vxlan-cross-subnet",
        "latency-cross-subnet-vxlan-cross-subnet",
        "mtu-vxlan-cross-subnet",
      ],
    );
    for (const { svg } of found) assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    const [costs, latency, mtu] = found.map(({ csv }) => csv.split("\n"));
    assert.match(costs?.[1] ?? "", /,throughput,plain,higher,0\.9,0\.88,0\.92,1\.02,1\.05,cost,/);
    assert.deepEqual(latency?.slice(0, 3), ["side,share,µs", "cross-subnet,0.01,20.4", "cross-subnet,0.5,40"]);
    assert.match(mtu?.[2] ?? "", /^vxlan.*,1200,lost,forward between tor\/eth0 and tor\/eth1$/);
  });

  it("are narrow enough for a phone, and have colors for dark pages", () => {
    for (const { svg } of pictures()) {
      assert.equal(parseXml(svg).attributes.width, "480");
      assert.match(svg, /prefers-color-scheme:dark/);
    }
  });

  it("show a hole in red between what passed, and what the sender refused in outline", () => {
    const drawn = classes(parseXml(pictures()[2]?.svg ?? "")).filter((name) => ["good", "none", "bad"].includes(name));
    // For each of two paths: the words, red because something was lost, then the stretches.
    const row = ["bad", "good", "bad", "good", "none"];
    assert.deepEqual(drawn, [...row, ...row]);
  });

  it("draw a slower side to the right of a faster one", () => {
    const points = (pictures()[1]?.svg.match(/points="([^"]+)"/g) ?? []).map((one) =>
      Number(/"([\d.]+),/.exec(one)?.[1]),
    );
    assert.ok((points[0] ?? 0) > (points[1] ?? 0), String(points));
  });

  it("are files beside each other, and none where nothing was measured", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-pictures-"));
    try {
      await writePictures(reportedRun(measuredRun()), folder);
      const files = await readdir(join(folder, "pictures"));
      assert.equal(files.length, 6);
      assert.match(
        await readFile(join(folder, "pictures", "mtu-vxlan-cross-subnet.svg"), "utf8"),
        /^<svg .*<\/svg>\n$/s,
      );
      const nothing = { ...measuredRun(), scenarios: [] };
      await rm(join(folder, "pictures"), { recursive: true });
      await writePictures(reportedRun(nothing), folder);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
