import type { Lab } from "../../lab/lab.ts";

/** Factor for time limits on a lab; under emulation a cold start of four machines takes 100 s instead of 6. */
export function patienceWith({ slow }: Lab): number {
  return slow === true ? 5 : 1;
}
