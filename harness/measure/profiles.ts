import type { Design } from "./design.ts";

/** Twelve pairs in six labs: enough for an interval at both levels (`design-power.test.ts` tells what it covers and finds). */
export const fullDesign: Omit<Design, "seed"> = { labs: 6, roundsPerLab: 2 };
