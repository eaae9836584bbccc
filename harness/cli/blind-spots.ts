import type { Provider } from "../provider/provider.ts";

/** Says of which providers the labs were not looked for, so that "nothing stale" is not believed of them too. */
export async function tellBlindSpots(providers: readonly Provider[]): Promise<void> {
  for (const { name, blindSpot } of providers) {
    const problem = await blindSpot?.();
    if (problem === undefined) continue;
    process.stderr.write(`encaplab: labs of ${name} were not looked for: ${problem.what}\n  fix      ${problem.fix}\n`);
  }
}
