import { defineSuite } from "../../harness/run/suite.ts";

export default defineSuite({
  name: "throughput/indicative",
  proves: "How fast each kind of path is beside the same wires without pods; indicative, no verdict.",
  modes: ["none", "ipip-always", "ipip-cross-subnet", "vxlan-always", "vxlan-cross-subnet"],
  mustInclude: [],
  probes: [],
  checks: [],
  measures: ["throughput"],
});
