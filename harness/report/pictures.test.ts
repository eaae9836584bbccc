import assert from "node:assert/strict";
import type { PathRecord } from "../run/record.ts";
import { renderChartSvg } from "./chart-svg.ts";
import { renderHopSvg } from "./hop-svg.ts";
import { runOutcomes } from "./path-outcome.ts";
import { renderPathTable } from "./table-html.ts";
import { failingId, failingRun, inconclusiveId, passingRun, skippedId } from "./sample-records.fixture.ts";
import { parseXml, type XmlNode } from "./xml-reader.fixture.ts";

describe("pictures and tables", () => {
  it("draws a packet in a packet at every encapsulated hop and nowhere else", () => {
    const picture = parseXml(renderHopSvg(pathOf(inconclusiveId)));
    // Two directions of four underlay taps each, of which one saw nothing.
    assert.equal(withClass(picture, "outer").length, 6);
    assert.equal(withClass(picture, "none").length, 2);
    assert.equal(withClass(picture, "wrong").length, 0);
  });

  it("paints wrong hops red and tells what was expected there", () => {
    const picture = parseXml(renderHopSvg(pathOf(failingId)));
    assert.equal(withClass(picture, "wrong").length, 4);
    assert.equal(texts(picture).filter((text) => text === "expected plain").length, 4);
  });

  it("says that an expectation is only that when nothing was recorded", () => {
    const shown = texts(parseXml(renderHopSvg(pathOf(skippedId))));
    assert.equal(shown.filter((text) => text.includes("nothing was recorded")).length, 2);
    assert.ok(!shown.some((text) => /\d packets/.test(text)));
  });

  it("draws bars in proportion to their medians", () => {
    const measurements = passingRun().measurements.filter((one) => one.what === "throughput");
    const bars = withClass(parseXml(renderChartSvg("throughput", measurements)), "bar");
    const widths = bars.map((bar) => Number(bar.attributes.width));
    const [first = 0] = widths;
    const medians = measurements.map((one) => one.median);
    assert.deepEqual(
      widths.map((width) => (width / first).toFixed(6)),
      medians.map((median) => (median / (medians[0] ?? 0)).toFixed(6)),
    );
  });

  it("says on the chart that figures are indicative, and of how many samples", () => {
    const measurements = passingRun().measurements.filter((one) => one.what === "throughput");
    assert.ok(
      texts(parseXml(renderChartSvg("t", measurements))).some((text) => text.startsWith("indicative, 3 samples")),
    );
  });

  it("draws a chart of nothing but zeros", () => {
    const zeros = passingRun().measurements.filter((one) => one.what === "overhead" && one.max === 0);
    assert.ok(!renderChartSvg("overhead", zeros).includes("NaN"));
  });

  it("puts expected and observed side by side and marks the wrong lines", () => {
    const outcome = runOutcomes(failingRun()).find((one) => one.id === failingId);
    assert.ok(outcome !== undefined);
    const html = renderPathTable(outcome);
    assert.match(
      html,
      /<tr class="fail"><td>✘<\/td><td>not-encapsulated<\/td><td>plain on a1\/eth0, a2\/eth0<\/td><td>VXLAN/,
    );
    assert.equal(html.match(/<tr class="fail">/g)?.length, 5);
  });
});

function pathOf(id: string): PathRecord {
  const path = runOutcomes(failingRun()).find((outcome) => outcome.id === id)?.path;
  assert.ok(path !== undefined);
  return path;
}

function everything(node: XmlNode): readonly XmlNode[] {
  return [node, ...node.children.flatMap(everything)];
}

function withClass(node: XmlNode, name: string): readonly XmlNode[] {
  return everything(node).filter((one) => one.attributes.class?.split(" ").includes(name) === true);
}

function texts(node: XmlNode): readonly string[] {
  return everything(node)
    .filter((one) => one.name === "text")
    .map((one) => one.text);
}
