import { z } from "zod";

/** The shape of a name in a topology file that others are made from. */
export const name = (longest: number) =>
  z
    .string()
    .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, { error: "a name is made of a-z, 0-9 and -, starting with a letter" })
    .max(longest, {
      error: `a name has at most ${longest} characters here: device names made from it must fit into 15`,
    });
