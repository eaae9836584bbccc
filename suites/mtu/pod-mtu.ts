import { modeIds } from "../../harness/encap/mode.ts";
import { defineSuite } from "../../harness/run/suite.ts";
import { checksOf } from "../../harness/verify/registry.ts";

export default defineSuite({
  name: "mtu/pod-mtu",
  proves: "Packets of every size up to the path's MTU pass, larger ones do not, and whoever sends them is told.",
  modes: modeIds,
  mustInclude: [],
  probes: ["mtu", "sweep"],
  checks: checksOf("mtu"),
});
