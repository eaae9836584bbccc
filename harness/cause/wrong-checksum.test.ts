import assert from "node:assert/strict";
import { planOf } from "../encap/plan.fixture.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";
import { rewrittenOuter } from "./rewritten-outer.ts";
import { wrongChecksum } from "./wrong-checksum.ts";

const plan = await planOf("two-racks");
const damaged = "reverse at tor/eth1: wrong outer UDP checksum in 1 of 30 packets of udp, right at tor/eth0";

function incidentWith(outer?: string): Incident {
  const base = { status: "fail", expected: "", observed: "", evidence: [] } as const;
  const failed: readonly Verdict[] = [
    { ...base, id: "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a2->b2", check: "checksums", reason: damaged },
    ...(outer === undefined
      ? []
      : [
          {
            ...base,
            id: "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1",
            check: "outer-endpoints",
            reason: outer,
          } as const,
        ]),
  ];
  const network = { plan, facts: { nodes: [] } };
  return { failed, asked: [], network } as unknown as Incident;
}

const found = (outer?: string) => wrongChecksum.find(incidentWith(outer)).map(({ name }) => name);

describe("wrong checksums", () => {
  it("are a cause of their own, also beside addresses that are changed somewhere else", () => {
    assert.deepEqual(found(), ["wrong-checksum"]);
    assert.deepEqual(found("forward at a1/eth0: outer source 198.18.1.12, not 198.18.1.11"), ["wrong-checksum"]);
  });

  it("follow from addresses that are changed in the same place, of other paths too", () => {
    const outer = "forward at tor/eth1: outer source 198.18.1.12, not 198.18.1.11";
    assert.deepEqual(found(outer), []);
    const [cause] = rewrittenOuter.find(incidentWith(outer));
    assert.deepEqual(
      cause?.explains.map((id) => id.split("/").at(-1)),
      ["a1->b1", "a2->b2"],
    );
  });
});
