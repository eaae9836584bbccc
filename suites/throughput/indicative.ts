import { modeIds } from "../../harness/encap/mode.ts";
import { defineSuite } from "../../harness/run/suite.ts";

export default defineSuite({
  name: "throughput/indicative",
  proves: "How fast each kind of path is beside the same wires without pods; indicative, no verdict.",
  modes: modeIds,
  mustInclude: [],
  probes: [],
  checks: [],
  measures: ["throughput"],
});
