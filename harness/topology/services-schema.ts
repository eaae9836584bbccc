import { z } from "zod";
import { name } from "./name-schema.ts";
import { network } from "./network-schema.ts";
import { sharedServiceSchema } from "./shared-service-schema.ts";

/** Longest name of a Service of its own: an nftables chain for each of its backends is called after it, and ids of paths stay short. */
const longestServiceName = 20;

/** The shape of what a topology file says of Services. */
export const servicesSchema = z
  .strictObject({
    cidr: network(4, "198.19.192.0/18", "IPv4 network of ClusterIPs; default 198.19.192.0/18").optional(),
    cidr6: network(6, "fd00:10:20::/112", "IPv6 network of ClusterIPs; default fd00:10:20::/112").optional(),
    loadBalancers: network(
      4,
      "198.18.250.0/24",
      "IPv4 network of load balancer addresses, by which external clients reach Services: the routers lead it to the first node (externalTrafficPolicy Cluster), and a second address of each Service to its backend's node (Local); needs fabric: static, or bgp with one router; default: none",
    ).optional(),
    loadBalancers6: network(6, "fd00:18:fa::/112", "IPv6 network of load balancer addresses; default: none").optional(),
    shared: z
      .record(name(longestServiceName), sharedServiceSchema)
      .describe("Services with several backends, by name; default: none")
      .optional(),
  })
  .describe("Networks that ClusterIPs and load balancer addresses come from, and Services with several backends");
