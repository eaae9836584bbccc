import type { ProviderContext } from "./context.ts";
import { createDockerProvider, type DockerProviderOptions } from "./docker/index.ts";
import { netnsProvider } from "./netns/index.ts";
import type { Provider } from "./provider.ts";
import { createVmProvider, type VmOptions } from "./vm/index.ts";

/** What a run gives to its providers: to all of them, and to single ones. */
export interface ProvidersContext extends ProviderContext {
  readonly vm?: Pick<VmOptions, "cache" | "kernel" | "payload" | "image" | "onNotice">;
  readonly docker?: Pick<DockerProviderOptions, "agentImage" | "cache" | "stays">;
}

/** All providers, cheapest first: the order in which `--provider auto` tries them. To add one, add a line. */
const makers: readonly ((context: ProvidersContext) => Provider)[] = [
  netnsProvider,
  (context) => createDockerProvider({ ...context, ...context.docker }),
  (context) => createVmProvider({ ...context, ...context.vm }),
];

/** Makes every provider; none touches the machine before it is asked to. */
export function createProviders(context: ProvidersContext = {}): readonly Provider[] {
  return makers.map((make) => make(context));
}
