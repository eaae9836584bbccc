import assert from "node:assert/strict";
import { linkWords, parseDelay, parseLoss, parseRate, qdiscOf, qdiscWords } from "./link-shape.ts";
import { diagramText } from "./diagram.ts";
import { loadTopology } from "./load.ts";
import { planTopology } from "./make-plan.ts";
import { parseTopology } from "./parse-topology.ts";

const racks = (subnet: string, node: string): string => `
subnets: { rack-a: { cidr: 198.18.1.0/24 ${subnet} } }
routers: { tor: { subnets: [rack-a] } }
nodes: { a1: { subnet: rack-a ${node} }, a2: { subnet: rack-a } }
`;
const linksOf = (text: string) =>
  planTopology(parseTopology(text, "t.yaml", "t")).nodes.map(({ uplink }) => uplink.link);

describe("links of a topology", () => {
  it("are written as tc writes them", () => {
    assert.deepEqual(["1%", "0.5%", "0%", "1", "x%"].map(parseLoss), [0.01, 0.005, 0, undefined, undefined]);
    assert.deepEqual(["20ms", "0.3s", "500us", "20"].map(parseDelay), [20, 300, 0.5, undefined]);
    assert.deepEqual(["100mbit", "1gbit", "512kbit", "1Mb"].map(parseRate), [100_000, 1_000_000, 512, undefined]);
  });

  it("are those of the subnet for every node that says nothing else", () => {
    assert.deepEqual(linksOf(racks("", "")), [undefined, undefined]);
    assert.deepEqual(linksOf(racks(", delay: 20ms, loss: 1%", ", loss: 2%")), [
      { loss: 0.02, delayMs: 20 },
      { loss: 0.01, delayMs: 20 },
    ]);
    assert.deepEqual(linksOf(racks(", loss: 1%", ", loss: 0%")), [undefined, { loss: 0.01 }]);
  });

  it("need netem for loss and delay, and no more than tbf for a rate", () => {
    assert.deepEqual([qdiscOf({ rateKbit: 1000 }), qdiscOf({ rateKbit: 1000, delayMs: 1 })], ["tbf", "netem"]);
    assert.equal(qdiscWords({ rateKbit: 10_000 }), "tbf rate 10000kbit burst 64kb latency 1s");
    assert.equal(
      qdiscWords({ loss: 0.011, delayMs: 20, rateKbit: 10_000 }),
      "netem limit 10000 delay 20ms loss 1.1% rate 10000kbit",
    );
  });

  it("are part of the plan's digest and shown with it, and leave other plans as they were", async () => {
    const digest = (text: string) => planTopology(parseTopology(text, "t.yaml", "t")).digest;
    assert.notEqual(digest(racks(", delay: 20ms", "")), digest(racks("", "")));
    assert.match(
      diagramText(planTopology(await loadTopology("wan"))),
      /\[b1 \(loss 1%, delay 20ms, rate 100mbit\) b2 \(delay 20ms, rate 100mbit\)\]$/,
    );
    assert.equal(linkWords({ rateKbit: 512 }), "rate 512kbit");
  });
});
