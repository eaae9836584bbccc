// Takes machines and puts a mode into effect on them as a process of its own, so that a test can kill it.
// Arguments: file with the inventory as JSON, prefix of the machines' namespaces, run id.
import { readFileSync } from "node:fs";
import { Scope } from "../../core/scope.ts";
import { referenceDataplane } from "../../dataplane/reference/reference-dataplane.ts";
import { modes } from "../../encap/mode.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { intoNamespaces } from "./existing-machines.fixture.ts";
import { hostsProvider } from "./index.ts";
import type { Inventory } from "./inventory.ts";

const [file = "", prefix = "", runId = ""] = process.argv.slice(2);
const inventory = JSON.parse(readFileSync(file, "utf8")) as Inventory;
const plan = planTopology(await loadTopology("two-racks"));
const provider = hostsProvider({}, { inventory, connect: intoNamespaces(prefix), knownHosts: [] });
console.log(`owner ${process.pid}`);
const lab = await provider.provision(plan, runId, new Scope());
const mode = modes.find(({ id }) => id === "vxlan-cross-subnet");
if (mode === undefined) throw new Error("no such mode");
const network = await referenceDataplane.install(mode, lab, new Scope());
const [pod] = network.pods;
if (pod === undefined) throw new Error("no pod");
await pod.executor.spawn(["sleep", "300"], new Scope());
console.log("ready");
setInterval(() => undefined, 1_000);
