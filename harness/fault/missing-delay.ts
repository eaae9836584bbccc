import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { qdiscWords } from "../topology/link-shape.ts";
import { defineFault } from "./fault.ts";
import { withoutDelay } from "./without-delay.ts";

/** Links do not hold packets back, though the topology says so. */
export const missingDelay = defineFault({
  name: "missing-delay",
  title: "the links' delay is gone, as if somebody had cleared the queues",
  describes: "a lab that is not what its topology says: tc state lost when a device is made anew",
  modes: modes.map(({ id }) => id),
  needs: [],
  unmet: withoutDelay,
  apply: async ({ lab }, plan, scope = new Scope()) => ({
    did: await Promise.all(
      plan.nodes.flatMap(({ name, uplink }) => {
        const node = lab.nodes.find((candidate) => candidate.name === name);
        if (node === undefined || uplink.link?.delayMs === undefined) return [];
        const { executor } = node;
        const qdisc = ["tc", "qdisc"];
        const at = ["dev", uplink.device, "root"];
        scope.defer(`shape the link of ${name} again`, async () => {
          await executor.run([...qdisc, "replace", ...at, ...qdiscWords(uplink.link ?? {}).split(" ")]);
        });
        return executor.run([...qdisc, "del", ...at]).then(() => `${name}: tc qdisc del ${at.join(" ")}`);
      }),
    ),
  }),
  cause: "link-shape",
  trips: [{ check: "delay", status: "fail", path: "*/pod-to-pod/*", category: "lab trouble" }],
});
