import { z } from "zod";
import { familyOf, isCidr } from "./address.ts";
import type { Family } from "./topology.ts";

/** The shape of a network with prefix of a family in a topology file, with an example for who writes another thing. */
export const network = (family: Family, example: string, what: string) =>
  z
    .string()
    .refine((text) => isCidr(text) && familyOf(text) === family, {
      error: `not an IPv${family} network with prefix; write it like ${example}`,
    })
    .describe(what);
