import { InvalidArgumentError, type Command } from "commander";
import { explainCapture, renderSummary } from "../packet/conversations.ts";

interface ExplainOptions {
  readonly json?: boolean;
  readonly vxlanPort: number[];
}

/** `explain PCAP`: decodes a capture offline, from our labs or not. */
export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("decode a capture: conversations, form of encapsulation, outer and inner endpoints, VNI, overhead")
    .argument("<pcap>", "a classic pcap file, for example results/latest/pcaps/a1.pcap")
    .option("--vxlan-port <port>", "UDP port that carries VXLAN; repeatable", collectPort, [])
    .option("--json", "print JSON instead of text")
    .action(async (file: string, options: ExplainOptions) => {
      const vxlanPorts = options.vxlanPort.length === 0 ? [4789] : options.vxlanPort;
      const summary = await explainCapture(file, { vxlanPorts });
      console.log(options.json === true ? JSON.stringify(summary, undefined, 2) : renderSummary(summary));
    });
}

function collectPort(value: string, before: number[]): number[] {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError("a port is 1 to 65535.");
  return [...before, port];
}
