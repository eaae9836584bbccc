import type { GenericContainer as GenericContainerType } from "testcontainers";
import { LabError, messageOf } from "../../core/errors.ts";
import type { LabNode } from "../../lab/lab.ts";
import type { PerFamily } from "../../topology/topology.ts";

/** What a container of a lab is started from. */
export interface ContainerOrder {
  readonly name: string;
  readonly image: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its first network, with fixed addresses (without prefix). */
  readonly network: string;
  readonly addresses: PerFamily<string>;
  readonly role: LabNode["role"];
  /** Leave its removal to the reaper of testcontainers too, when this process dies. */
  readonly reaped: boolean;
}

/** The first process: it sleeps, reaps what is orphaned, and ends at once when Docker says so. */
const idle = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done";

/** NET_ADMIN for devices, routes and rules, NET_RAW for ping and tcpdump; a node mounts its pods' namespaces (SYS_ADMIN). */
const capabilities = {
  node: ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
  router: ["NET_ADMIN", "NET_RAW"],
  "external host": ["NET_ADMIN", "NET_RAW"],
} as const;

/**
 * What stays read-only below /proc: Docker's list without /proc/sys, where the settings of the container's own network
 * are (moby, oci/defaults.go).
 */
const readOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sysrq-trigger"];

/** Starts a node's or router's container through testcontainers, and returns when it runs. Never pulls an image. */
export async function startContainer(order: ContainerOrder): Promise<void> {
  // Loading it takes longer than looking for labs does.
  const { GenericContainer, Wait } = await import("testcontainers");
  const container: GenericContainerType = new (class extends GenericContainer {
    constructor() {
      super(order.image);
      const { network, addresses } = order;
      const fixed = {
        ...(addresses[4] === undefined ? {} : { IPv4Address: addresses[4] }),
        ...(addresses[6] === undefined ? {} : { IPv6Address: addresses[6] }),
      };
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [network]: { IPAMConfig: fixed } } };
      this.hostConfig.ReadonlyPaths = readOnlyPaths;
    }
  })();
  try {
    await container
      .withName(order.name)
      .withHostname(order.hostname)
      .withLabels(order.labels)
      .withNetworkMode(order.network)
      .withAddedCapabilities(...capabilities[order.role])
      // Its profiles forbid mounting, which SYS_ADMIN is for.
      .withSecurityOpt("apparmor=unconfined", "label=disable")
      .withEntrypoint([])
      .withCommand(["sh", "-c", idle])
      .withAutoCleanup(order.reaped)
      .withWaitStrategy(Wait.forListeningPorts())
      .start();
  } catch (error) {
    throw new LabError(`the container ${order.name} could not be started: ${messageOf(error)}`, {
      where: `Docker engine`,
      cause: error,
      fix: "npm run lab -- doctor",
    });
  }
}
