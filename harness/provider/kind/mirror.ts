import { UsageError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { nodeContainer } from "./kind-names.ts";
import { mirrorFolder } from "./render-config.ts";

/** containerd's file for all registries that have none of their own (containerd: docs/hosts.md, "_default"). */
const mirrorFile = `${mirrorFolder}/_default/hosts.toml`;

/** Has every node ask one registry instead of all others; containerd reads the file anew for each pull. */
export async function mirrorNodes(host: Executor, runId: string, nodes: number, registry: string): Promise<void> {
  const input = mirrorConfig(registry);
  const script = `mkdir -p ${mirrorFolder}/_default && cat >${mirrorFile}`;
  const containers = Array.from({ length: nodes }, (_, index) => nodeContainer(runId, index));
  await Promise.all(
    containers.map((name) => host.run(["docker", "exec", "--interactive", name, "sh", "-c", script], { input })),
  );
}

/** The file's text. UsageError where the registry is not an address; without a scheme it is https. */
export function mirrorConfig(registry: string): string {
  const address = /^https?:\/\//.test(registry) ? registry : `https://${registry}`;
  if (!URL.canParse(address)) {
    throw new UsageError(`--registry "${registry}" is not a valid address`, {
      fix: "for example https://registry.example:5000",
    });
  }
  const { origin, pathname } = new URL(address);
  // A path takes the place of /v2, which containerd then no longer adds.
  const server = pathname === "/" ? origin : `${origin}/v2${pathname.replace(/\/$/, "")}`;
  const override = pathname === "/" ? "" : "  override_path = true\n";
  return `[host."${server}"]\n  capabilities = ["pull", "resolve"]\n${override}`;
}
