// Builds a large lab as a process of its own, so that a test can kill it in the middle. Argument: the run id.
import { Scope } from "../../core/scope.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { netnsProvider } from "./index.ts";

const topology = await loadTopology("two-racks");
const nodes = Array.from({ length: 40 }, (_, index) => {
  const addresses = { 4: `198.18.1.${11 + index}/24` };
  return { name: `n${index}`, subnet: "rack-a", addresses, registered: addresses, pods: 0 };
});
console.log(`owner ${process.pid}`);
await netnsProvider().provision(planTopology({ ...topology, nodes }), process.argv[2] ?? "", new Scope());
