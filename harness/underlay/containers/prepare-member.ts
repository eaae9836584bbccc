import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Port } from "../../topology/plan.ts";

/**
 * Makes of what Docker gave a container what the plan says: devices by their planned names, MACs and MTUs, without Docker's
 * addresses and routes; then the member's own script, the same as in a namespace. Devices are found by their address: their
 * numbers depend on how Docker sorts networks.
 */
export async function prepareMember(
  executor: Executor,
  member: string,
  ports: readonly Port[],
  script: string,
): Promise<void> {
  const { exitCode, stdout, stderr } = await executor.tryRun(["sh", "-s"], {
    input: `set -e\n${renameScript(ports)}\n${script}`,
  });
  if (exitCode === 0) return;
  throw new LabError(`${member} could not be set up`, {
    where: executor.where,
    tail: stderr.trim() || stdout.trim(),
    fix: "npm run lab -- doctor",
  });
}

/** Two rounds, because a planned name may be another port's present one. */
function renameScript(ports: readonly Port[]): string {
  const away = ports.map(({ addresses, device }, index) => {
    const family = addresses[4] === undefined ? 6 : 4;
    const address = withoutPrefix(addresses[family] ?? "");
    return [
      `device=$(ip -o -${family} addr show to ${address} | while read -r _ name _; do echo "$name"; done)`,
      `[ -n "$device" ] || { echo "Docker made no device with ${address} for ${device}" >&2; exit 1; }`,
      `ip link set "$device" down`,
      `ip link set "$device" name port${index}`,
    ].join("\n");
  });
  const back = ports.map(({ device, mac, mtu }, index) =>
    [
      `ip addr flush dev port${index}`,
      `ip link set port${index} address ${mac} mtu ${mtu}`,
      `ip link set port${index} name ${device}`,
    ].join("\n"),
  );
  return [...away, ...back].join("\n");
}
