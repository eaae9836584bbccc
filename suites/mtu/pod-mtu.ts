import { defineSuite } from "../../harness/run/suite.ts";
import { checksOf } from "../../harness/verify/registry.ts";

export default defineSuite({
  name: "mtu/pod-mtu",
  proves: "A packet of exactly the pod MTU passes unfragmented, and one byte more does not.",
  modes: ["none", "ipip-always", "ipip-cross-subnet", "vxlan-always", "vxlan-cross-subnet"],
  mustInclude: [],
  probes: ["mtu"],
  checks: checksOf("mtu"),
});
