import { groupBy } from "../core/group-by.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Path } from "../encap/path.ts";
import { connectionsToTell } from "../encap/shares.ts";
import type { Probe } from "./probe.ts";
import { mustDie } from "./sampled-paths.ts";
import type { TokenSource } from "./token.ts";
import { headerBytes, leastPayload } from "./udp/datagram.ts";
import { whereTo } from "./where-to.ts";

/** Names the source and the Service of a path to one of several backends. */
export function sharedBy({ mode, family, source, service }: Path): string {
  return [mode, family, source.node, service].join(" ");
}

/**
 * Connections to Services with several backends: by each source so many of TCP and of UDP that a backend which gets none of them is left out
 * by no chance. Which backend answers shows only then (see observe/by-backend.ts): until then they are spread over the paths that are
 * asked about. `first` is the first number for which no token is given out yet.
 */
export function planShared(
  expectations: readonly PathExpectation[],
  tokens: TokenSource,
  first: { readonly pattern: number; readonly port: number },
): readonly Probe[] {
  const groups = [...groupBy(expectations, ({ path }) => sharedBy(path)).values()];
  const places = groups.flatMap((group) => {
    const [{ path } = {}] = group;
    const connections = connectionsToTell(path?.backends ?? 1);
    // Nobody knows beforehand which of them die.
    const dies = group.some(mustDie);
    return Array.from({ length: connections }, (_, index) => ({ expectation: group[index % group.length], dies }));
  });
  return places.flatMap(({ expectation, dies }, index) => {
    if (expectation === undefined) return [];
    const common = { ...whereTo(expectation), ...(dies ? { dies: true as const } : {}) };
    const port = first.port + index;
    const tcp = {
      ...({ kind: "tcp-port", side: "client" } as const),
      ...{ port: tokens.clientPort(port), mark: tokens.mark(port) },
    };
    const udp = { kind: "udp-pattern", pattern: tokens.pattern(first.pattern + index) } as const;
    const datagrams = [{ flow: 0, bytes: headerBytes(expectation) + leastPayload, tos: 0 }];
    return [
      { ...common, kind: "curl", token: tcp, amount: 1 },
      { ...common, kind: "udp", token: udp, amount: 1, datagrams },
    ] satisfies readonly Probe[];
  });
}
