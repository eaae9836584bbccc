import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/none",
  proves:
    "Without encapsulation every packet is plain, and across subnets it arrives only where the fabric routes pods.",
  modes: ["none"],
  mustInclude: ["same-subnet"],
  probes: ["ping", "curl", "bulk"],
  checks: wireChecks,
});
