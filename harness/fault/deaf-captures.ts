import { everybody } from "../lab/everybody.ts";
import { defineFault } from "./fault.ts";

/** No capture sees anything: probes are answered, and nothing can be said of what went over the wire. */
export const deafCaptures = defineFault({
  name: "deaf-captures",
  title: "none of the captures sees anything",
  describes: "the harness's own: answers alone prove no form, and silence of all taps no absence",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  apply: ({ lab }) => Promise.resolve({ did: [], deafen: everybody(lab).map(({ name }) => name) }),
  cause: "none",
  trips: [
    { check: "encapsulated", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "outer-endpoints", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "outer-header", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "checksums", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "source-address", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "answered-by", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
    { check: "mss", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" },
  ],
});
