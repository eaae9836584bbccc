import type { ProviderContext } from "./context.ts";
import { netnsProvider } from "./netns/index.ts";
import type { Provider } from "./provider.ts";

/** All providers, cheapest first: the order in which `--provider auto` tries them. To add one, add a line. */
const makers: readonly ((context: ProviderContext) => Provider)[] = [netnsProvider];

/** Makes every provider; none touches the machine before it is asked to. */
export function createProviders(context: ProviderContext = {}): readonly Provider[] {
  return makers.map((make) => make(context));
}
