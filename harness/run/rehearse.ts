import { longestCaptureSeconds, tcpdumpArgv } from "../capture/tcpdump.ts";
import { counterSections, stateSections } from "../dataplane/facts/sections.ts";
import { expectPath } from "../encap/expect.ts";
import type { Mode } from "../encap/mode.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { shellQuote } from "../exec/quote.ts";
import { planProbes } from "../probe/plan-probes.ts";
import { probeCommands } from "../probe/probe-command.ts";
import { probeTrafficOf } from "../probe/probe-traffic.ts";
import { runAddresses } from "../probe/run-addresses.ts";
import { captureLimits } from "./capture-limits.ts";
import type { RunOrder } from "./order.ts";
import { pathsFor } from "./paths.ts";
import { questionsFor, type Suite } from "./suite.ts";

/** A command that a run would give, and where. */
export interface RehearsedCommand {
  /** "node a1", "pod a1-p1". */
  readonly where: string;
  readonly command: string;
}

/**
 * What a run would do on nodes and in pods for a mode, in order: facts, captures, probes. Nothing is asked or made; addresses are those
 * of the plan, where a network gives out its own. Servers, and what is measured afterwards, are told in words. Pure.
 */
export function rehearse(order: RunOrder, mode: Mode, suites: readonly Suite[]): readonly RehearsedCommand[] {
  const { plan } = order;
  const identities = identitiesFromAllocation(plan, mode);
  const expectations = pathsFor(mode, order).map((path) => expectPath(plan, mode, identities, path));
  const probes = planProbes(expectations, {
    seed: `${order.turn ?? order.id}-${mode.id}`,
    kinds: questionsFor(mode.id, suites).probes,
    mtuPaths: order.profile === "quick" ? "sampled" : "all",
  });
  const filter = probeTrafficOf(runAddresses(identities));
  const facts = [...stateSections, ...counterSections].map(({ command }) => command);
  const onNodes = plan.nodes.flatMap(({ name }): readonly RehearsedCommand[] => {
    const where = `node ${name}`;
    const options = { ...captureLimits, folder: "", bufferKiB: order.captureBufferKiB };
    const capture = tcpdumpArgv(`/tmp/encaplab-…/${name}.pcap`, { filter }, options);
    const limited = ["timeout", "-s", "INT", String(longestCaptureSeconds), ...capture];
    return [...facts.map((command) => ({ where, command })), { where, command: shellQuote(limited) }];
  });
  const sent = probes.flatMap((probe) =>
    probeCommands(probe).map((argv): RehearsedCommand => {
      const { node, pod } = probe.path.source;
      return { where: pod === undefined ? `node ${node}` : `pod ${pod}`, command: shellQuote(argv) };
    }),
  );
  return [...onNodes, ...sent];
}
