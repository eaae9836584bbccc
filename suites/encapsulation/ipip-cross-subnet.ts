import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/ipip-cross-subnet",
  proves: "Pod packets are inside IPIP exactly between subnets, and plain inside one.",
  modes: ["ipip-cross-subnet"],
  mustInclude: ["same-subnet", "cross-subnet"],
  probes: wireProbes,
  checks: wireChecks,
});
