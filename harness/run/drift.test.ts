import assert from "node:assert/strict";
import { modeOf } from "../encap/plan.fixture.ts";
import { driftVerdict } from "./drift.ts";

describe("a configuration that is not what a run asks about", () => {
  const mode = modeOf("vxlan-always");
  const other = modeOf("vxlan-cross-subnet");
  const drift = {
    configured: other.id,
    expected: "VXLAN",
    observed: "IPPool p 10.0.0.0/16: IPIP Never, VXLAN CrossSubnet",
  };
  const missing = [{ reason: "no kernel module" }, { reason: "the cluster is in another mode", fix: "--allow", drift }];

  it("has drifted where none of the modes asked about is configured: that fails, with the pool and the way out", () => {
    const verdict = driftVerdict(mode, missing, [mode]);
    assert.equal(verdict?.status, "fail");
    assert.equal(verdict.observed, drift.observed);
    assert.match(verdict.reason ?? "", /another mode; --allow$/);
    assert.equal(
      driftVerdict(mode, [{ reason: "", drift: { ...drift, configured: "none" } }], [mode, other])?.status,
      "fail",
    );
  });

  it("is no finding where one of them is configured, nor where nothing says what is", () => {
    assert.equal(driftVerdict(mode, missing, [mode, other]), undefined);
    assert.equal(driftVerdict(mode, [{ reason: "no kernel module" }], [mode]), undefined);
  });
});
