import assert from "node:assert/strict";
import { readExpectation } from "./explain-expect.ts";

const read = (subnets: string) => readExpectation({ expect: "CrossSubnet", encap: "all", subnets });

describe("what a capture is to be judged by", () => {
  it("is read with the nodes' subnets", () => {
    assert.deepEqual(read("10.0.1.0/24, 10.0.2.0/24")?.subnets, ["10.0.1.0/24", "10.0.2.0/24"]);
  });

  it("is refused where subnets overlap, or are one twice", () => {
    assert.throws(() => read("10.0.2.0/24,10.0.0.0/16"), /10\.0\.2\.0\/24 and 10\.0\.0\.0\/16 overlap/);
    assert.throws(() => read("10.0.1.0/24,10.0.1.0/24"), /overlap/);
  });

  it("takes a VNI with --expect alone", () => {
    const expectation = readExpectation({ expect: "VXLAN", encap: "all", subnets: "10.0.1.0/24", vni: 7 });
    assert.equal(expectation?.vni, 7);
    assert.equal(read("10.0.1.0/24")?.vni, undefined);
    assert.throws(() => readExpectation({ encap: "all", vni: 7 }), /--vni do nothing without --expect/);
  });
});
