import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/ipip-always",
  proves: "Between nodes every pod packet is inside IPIP, and none leaks.",
  modes: ["ipip-always"],
  mustInclude: ["same-node"],
  probes: wireProbes,
  checks: wireChecks,
});
