import type { RunOrder } from "../run/order.ts";
import { rehearse } from "../run/rehearse.ts";
import { dataplaneOf, type LabChoice } from "./lab-choice.ts";
import { modesAskedOf, type SuiteSet } from "./suite-set.ts";

/** Every object and command of a run, as text, where the options ask to be shown them; undefined where the run is to be made. */
export async function dryRun(order: RunOrder, labs: LabChoice, suites: SuiteSet): Promise<string | undefined> {
  const rehearsal = labs.offers[0]?.rehearsal;
  if (rehearsal === undefined || labs.given[rehearsal.flag] !== true) return undefined;
  const { lab, text } = await rehearsal.show(labs.given, order.plan, order.id);
  const dataplane = dataplaneOf(labs);
  const perMode = await Promise.all(
    modesAskedOf(order.modes, suites).map(async (mode) => {
      const changes = (await dataplane.rehearse?.(mode, lab)) ?? [];
      const commands = rehearse(order, mode, suites.declared);
      const measured = order.throughput
        ? "then iperf3 between pairs of pods, as fast as it goes"
        : "no throughput is measured";
      return [
        `# mode ${mode.calicoName}: ${changes.length === 0 ? "no change of Calico's configuration" : "changes of Calico's configuration:"}`,
        ...changes,
        `# ${commands.length} commands on nodes and in pods (addresses are examples until the pods have theirs); servers for HTTP, UDP and iperf3 in the pods; ${measured}`,
        ...commands.map(({ where, command }) => `${where}: ${command}`),
      ].join("\n");
    }),
  );
  return [text, ...perMode, "# dry run: nothing was made"].join("\n");
}
