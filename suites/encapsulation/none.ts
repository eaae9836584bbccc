import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/none",
  proves:
    "Without encapsulation every packet is plain, and across subnets it arrives only where the fabric routes pods.",
  modes: ["none"],
  mustInclude: ["same-subnet"],
  probes: wireProbes,
  checks: wireChecks,
});
