import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/vxlan-always",
  proves: "Between nodes every pod packet is inside VXLAN, and none leaks.",
  modes: ["vxlan-always"],
  mustInclude: ["same-node"],
  probes: wireProbes,
  checks: wireChecks,
});
