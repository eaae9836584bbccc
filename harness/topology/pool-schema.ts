import { z } from "zod";
import { isCidr } from "./address.ts";
import { poolEncapsulations, poolPolicies, poolUses } from "./topology.ts";

/** The shape of a pool in a topology file. */
export const poolSchema = z
  .strictObject({
    cidr: z
      .string()
      .refine(isCidr, { error: "not a network with prefix; write it like 198.19.0.0/17" })
      .describe("Network that pod and tunnel addresses come from"),
    blockSize: z.int().describe("Prefix length of a node's block; default 26 (IPv4) or 122 (IPv6)").optional(),
    policy: z
      .enum(poolPolicies)
      .describe("When packets to its addresses are encapsulated; default: as the run's mode says, and never in None")
      .optional(),
    natOutgoing: z
      .boolean()
      .describe("Whether what leaves all pools takes the node's address; default true")
      .optional(),
    encapsulation: z
      .enum(poolEncapsulations)
      .describe("Its mode, whatever other pools say (--pools): then every pool says its own; default: the run's mode")
      .optional(),
    disabled: z
      .boolean()
      .describe("Nobody takes addresses from it; packets to it count as inside all the same; default false")
      .optional(),
    borrowing: z
      .boolean()
      .describe("Nodes for which no block is left borrow addresses of others' blocks; default false: each needs one")
      .optional(),
    allowedUses: z
      .array(z.enum(poolUses))
      .min(1)
      .describe("What its addresses may be taken for; default Workload and Tunnel")
      .optional(),
    pods: z
      .array(z.string())
      .min(1)
      .describe("Pods that take their address from it by name, for example a1-p2")
      .optional(),
    racks: z.array(z.string()).min(1).describe("Subnets whose nodes take addresses from it").optional(),
    nodes: z.array(z.string()).min(1).describe("Nodes that take addresses from it").optional(),
  })
  .describe("A Calico IP pool");
