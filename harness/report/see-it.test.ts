import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { PathRecord } from "../run/record.ts";
import { againCommand, againTest, repeatOf } from "./see-it.ts";

describe("the command that repeats a path", () => {
  let path: PathRecord;
  before(async () => {
    const plan = await planOf("two-racks");
    const mode = modeOf("vxlan-cross-subnet");
    const [first] = enumeratePaths(plan, mode, "quick").filter(({ locality }) => locality === "cross-subnet");
    assert.ok(first !== undefined);
    const expectation = expectPath(plan, mode, identitiesFromAllocation(plan, mode), first);
    path = { expectation, hops: [], commands: [], evidence: [], pcaps: [] };
  });

  const again = (words?: readonly string[]): string =>
    againCommand(path, repeatOf({ topology: "mine", topologyFile: "/t/mine.yaml", ...(words && { again: words }) }));

  it("has every option of the run", () => {
    assert.match(
      again(["suite", "--provider", "kind", "--kind", "/opt/my kind", "--fault", "silent-drop"]),
      /^npm run suite -- --mode VXLANCrossSubnet --provider kind --kind '\/opt\/my kind' --fault silent-drop --paths '?pod-to-pod\//,
    );
  });

  it("checks the lab that was checked, in the mode that it is in", () => {
    assert.match(again(["check", "7f3kq"]), /^npm run lab -- check 7f3kq --paths '?pod-to-pod\//);
  });

  it("names at least the topology where nothing was typed", () => {
    assert.match(again(), /^npm run suite -- --mode VXLANCrossSubnet --topology \/t\/mine\.yaml --paths /);
  });
});

describe("the command that repeats a test", () => {
  it("has every option of the run but other suites", () => {
    const words = ["suite", "--suites", "mine", "--calico", "a.tar,b.tar", "--suites=others", "--seed", "7"];
    assert.equal(
      againTest("mine/a b.suite.ts", words),
      "npm run suite -- --suites 'mine/a b.suite.ts' --calico a.tar,b.tar --seed 7",
    );
  });
});
