import type { Lab } from "../lab/lab.ts";
import type { Turn } from "./in-turns.ts";
import type { LabSession } from "./lab-session.ts";
import type { Phases } from "./phases.ts";
import { counted } from "../verify/words.ts";

/** Milliseconds ahead of its turn from which a lab counts as built beside another. */
const aheadMs = 50;

/** Builds a lab at once and tells of it in its turn; without one, as a phase like any other. */
export async function buildInTurn(
  work: () => Promise<Lab>,
  phases: Phases,
  { interruptible }: LabSession,
  turn?: Turn,
): Promise<Lab> {
  if (turn === undefined) return phases.run("lab", work, describeLab);
  const started = performance.now();
  const building = interruptible.run(work).then((lab) => ({ lab, ms: performance.now() - started }));
  building.then(turn.prepared, turn.prepared);
  try {
    await turn.come;
  } catch (error) {
    // What is being built must not outlive its scope.
    await building.catch(() => undefined);
    throw error;
  }
  const isAhead = performance.now() - started > aheadMs;
  const { lab } = await phases.run(
    "lab",
    () => building,
    ({ lab: made, ms }) => `${describeLab(made)}${isAhead ? besideWords(ms) : ""}`,
  );
  return lab;
}

function besideWords(ms: number): string {
  return `; built in ${(ms / 1000).toFixed(1)} s beside the lab before`;
}

/** Waits for labs that are being built beside this one: figures are taken alone. */
export async function waitForQuiet(quiet: Turn["quiet"] | undefined, phases: Phases): Promise<void> {
  const others = quiet?.();
  if (others === undefined) return;
  await phases.run(
    "wait",
    () => others,
    () => "for the next lab to stand: figures are taken alone",
  );
}

function describeLab(lab: Lab): string {
  return `${counted(lab.nodes.length, "node")}, ${counted(lab.routers.length, "router")}`;
}
