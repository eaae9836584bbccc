import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/vxlan-cross-subnet",
  proves: "Pod packets are inside VXLAN exactly between subnets, and plain inside one.",
  modes: ["vxlan-cross-subnet"],
  mustInclude: ["same-subnet", "cross-subnet"],
  probes: wireProbes,
  checks: wireChecks,
});
