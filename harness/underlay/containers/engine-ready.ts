import { HarnessError, LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope, type Scope } from "../../core/scope.ts";
import { defaultCacheFolder } from "../../core/cache-folder.ts";
import type { Executor } from "../../exec/executor.ts";
import type { LabId } from "../../lab/lab-id.ts";
import type { Capability, Problem } from "../../lab/lab.ts";
import { ownerGone } from "../../lab/identity-errors.ts";
import { agentImage } from "./agent-image.ts";
import { destroyContainers } from "./destroy.ts";
import { findEngine, isEngine, type Engine } from "./engine.ts";
import { labLabels } from "./names.ts";
import { dockerLabId } from "./owner.ts";
import { tryContainer } from "./try-container.ts";

/** How the containers of nodes and routers are made. */
export interface AgentOptions {
  /** Image of nodes and routers; default: one that is built here. */
  readonly agentImage?: string;
  /** Folder for what images are made from; default `~/.cache/encaplab`. */
  readonly cache?: string;
  /** Process whose death makes the lab stale; default: this one. */
  readonly ownerPid?: number;
}

/** What was found out about the engine, once per provider. */
export interface EngineReady {
  readonly engine: Engine;
  readonly image: string;
  readonly capabilities: ReadonlySet<Capability>;
}

/** What can be done with the engine here, or why nothing can; makes the agent image where there is none. */
export async function lookAtEngine(
  host: Executor,
  options: AgentOptions & { readonly provider: string },
): Promise<EngineReady | readonly Problem[]> {
  const engine = await findEngine(host);
  if (!isEngine(engine)) return [engine];
  try {
    const cache = options.cache ?? defaultCacheFolder();
    const named = options.agentImage === undefined ? {} : { named: options.agentImage };
    const image = await agentImage(host, engine, { cache, ...named });
    const { capabilities, problems } = await withScope((scope) => tryEngine(host, image, options, scope));
    return problems.length > 0 ? problems : { engine, image, capabilities };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const { tail, fix } = error.details;
    return [{ what: [error.message, tail].filter((text) => text !== undefined).join(": "), fix: fix ?? "docker info" }];
  }
}

async function tryEngine(
  host: Executor,
  image: string,
  options: Parameters<typeof lookAtEngine>[1],
  scope: Scope,
): ReturnType<typeof tryContainer> {
  const id = await ownLabId(newRunId(), host, options);
  scope.defer(`remove scratch container of ${id.runId}`, () => destroyContainers(id.runId, host));
  return tryContainer(host, image, labLabels(id, options.provider));
}

/** The identity of a lab that this run makes. */
export async function ownLabId(
  runId: string,
  host: Executor,
  { ownerPid }: Pick<AgentOptions, "ownerPid">,
): Promise<LabId> {
  const pid = ownerPid ?? process.pid;
  const id = await dockerLabId(runId, pid, host);
  if (id === undefined) throw ownerGone(pid);
  return id;
}

/** The error of a lab that cannot be built for these reasons. */
export function notReady(problems: readonly Problem[]): LabError {
  const [first] = problems;
  return new LabError(problems.map(({ what }) => what).join("; "), first === undefined ? {} : { fix: first.fix });
}
