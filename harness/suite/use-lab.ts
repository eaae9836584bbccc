import type { LabWish } from "./hook-lab.ts";
import { currentSession } from "./session.ts";
import type { TestLab } from "./test-lab.ts";

/**
 * Gives the tests of a `describe` a lab by hooks: built before the first, taken down after the last. A mode that nothing on
 * this machine can run skips them, with the reason.
 */
export function useLab(wish: LabWish = {}): TestLab {
  return currentSession().useLab(wish);
}
