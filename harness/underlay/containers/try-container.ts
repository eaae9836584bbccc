import type { Executor } from "../../exec/executor.ts";
import { parseTrials, trialScript } from "../../lab/capabilities.ts";
import type { Capability, Problem } from "../../lab/lab.ts";
import { agentTools } from "../../rootfs/host-image.ts";
import { labelArgv } from "./names.ts";

/** What a container of the engine can do, and what keeps it from being a node. */
export interface Trial {
  readonly capabilities: ReadonlySet<Capability>;
  readonly problems: readonly Problem[];
}

/** Milliseconds for a container to start and go: half a second, and more than half a minute on a machine with much else to do. */
const trialTimeoutMs = 120_000;

/** Programs of the image without which no lab works; the rest is convenience. */
const needed = agentTools
  .map(({ program }) => program)
  .filter((program) => program !== "dash" && program !== "ethtool");

/**
 * Tries each capability in a scratch container that carries a lab's labels, so that it is found if we die. The same
 * container proves that pods' namespaces can be made and that settings can be written.
 */
export async function tryContainer(
  host: Executor,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<Trial> {
  const script = `
for program in ${needed.join(" ")}; do command -v $program >/dev/null || echo "lacking $program"; done
ip netns add trial 2>/tmp/why || { echo "no namespace: $(cat /tmp/why)"; exit 0; }
for path in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -w $path ] || echo 0 >$path; done
{ echo 1 >/proc/sys/net/ipv4/ip_forward; } 2>/tmp/why || echo "no setting: $(cat /tmp/why)"
${trialScript}`;
  const argv = [
    ...["docker", "run", "--rm", "--network", "none", ...labelArgv(labels)],
    ...["--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW", "--cap-add", "SYS_ADMIN"],
    ...["--security-opt", "apparmor=unconfined", "--security-opt", "label=disable"],
    ...["--security-opt", "systempaths=unconfined", "--entrypoint", "", image, "sh", "-c", script],
  ];
  const { exitCode, stdout, stderr } = await host.tryRun(argv, { timeoutMs: trialTimeoutMs });
  const capabilities = new Set(parseTrials(stdout));
  if (exitCode === 0) return { capabilities, problems: problemsIn(stdout, image) };
  const what = `a container cannot be started: ${stderr.trim().split("\n").at(-1) ?? ""}`;
  return { capabilities, problems: [{ what, fix: "see docker's own log; docker info" }] };
}

function problemsIn(stdout: string, image: string): readonly Problem[] {
  const lacking = [...stdout.matchAll(/^lacking (.*)$/gm)].map((match) => match[1]);
  const refused = /^no (namespace|setting): (.*)$/m.exec(stdout);
  return [
    ...(lacking.length === 0
      ? []
      : [
          {
            what: `the agent image ${image} lacks ${lacking.join(", ")}`,
            fix: "add them to it, or leave --agent-image out to have one built",
          },
        ]),
    ...(refused === null
      ? []
      : [
          {
            what: `this engine does not let containers create a ${refused[1] ?? ""}: ${refused[2] ?? ""}`,
            fix: "allow the capabilities NET_ADMIN and SYS_ADMIN (rootless and hardened engines may withhold them)",
          },
        ]),
  ];
}
