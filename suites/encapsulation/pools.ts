import { defineSuite } from "../../harness/run/suite.ts";
import { wireChecks, wireProbes } from "./wire-checks.ts";

export default defineSuite({
  name: "encapsulation/pools",
  proves: "Each packet has the form that the pool of its destination asks for, its answer that of its own.",
  modes: ["pools"],
  mustInclude: ["cross-subnet"],
  probes: wireProbes,
  checks: wireChecks,
});
