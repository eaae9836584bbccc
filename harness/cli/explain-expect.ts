import { ExitCode, UsageError } from "../core/errors.ts";
import { parseModes, type EncapWord } from "../encap/mode-words.ts";
import type { CaptureExpectation } from "../explain/capture-expectation.ts";
import type { CaptureVerdict } from "../explain/judge-capture.ts";
import { isAddress, isCidr, overlaps } from "../topology/address.ts";

/** Options of `explain` that judge a capture. */
export interface ExpectOptions {
  readonly expect?: string;
  readonly encap: EncapWord;
  readonly subnets?: string;
  readonly blocks?: string;
  readonly vni?: number;
}

/** Reads what a capture is to be judged by; undefined where it is only to be explained. */
export function readExpectation({
  expect,
  encap,
  subnets,
  blocks,
  vni,
}: ExpectOptions): CaptureExpectation | undefined {
  if (expect === undefined) {
    if (subnets === undefined && blocks === undefined && vni === undefined) return undefined;
    throw new UsageError("--subnets, --blocks and --vni do nothing without --expect", {
      fix: "name the mode: --expect CrossSubnet",
    });
  }
  const modes = parseModes([expect], encap);
  if (new Set(modes.map(({ policy }) => policy)).size > 1) {
    throw new UsageError(`--expect ${expect} stands for modes that contradict each other`, { fix: "name one mode" });
  }
  const list = (subnets ?? "").split(",").map((subnet) => subnet.trim());
  const wrong = list.find((subnet) => !isCidr(subnet));
  if (wrong !== undefined) {
    throw new UsageError(
      wrong === "" ? "--expect needs the nodes' subnets" : `--subnets: ${wrong} is not a valid network`,
      {
        fix: "write them like --subnets 10.0.1.0/24,10.0.2.0/24",
      },
    );
  }
  refuseOverlaps(list);
  return {
    modes,
    subnets: list,
    ...(vni === undefined ? {} : { vni }),
    blocks: blocks === undefined ? [] : blocks.split(",").map(readBlock),
  };
}

/** A node in two of them would be in the same subnet as others, and not. */
function refuseOverlaps(subnets: readonly string[]): void {
  for (const [index, one] of subnets.entries()) {
    const other = subnets.slice(index + 1).find((later) => overlaps(one, later));
    if (other === undefined) continue;
    throw new UsageError(`--subnets: ${one} and ${other} overlap, so that a node may be in both`, {
      fix: "give each subnet of the nodes once, with the prefix that they have on their interfaces",
    });
  }
}

/** The exit code that says what a verdict says. */
export function exitCodeOf({ status }: CaptureVerdict): ExitCode {
  if (status === "pass") return ExitCode.pass;
  return status === "fail" ? ExitCode.fail : ExitCode.lab;
}

function readBlock(text: string): { readonly block: string; readonly node: string } {
  const [block = "", node = ""] = text.split("=").map((part) => part.trim());
  if ((isCidr(block) || isAddress(block)) && isAddress(node)) return { block, node };
  throw new UsageError(`--blocks: ${text} is not of the form BLOCK=NODE`, {
    fix: "write a block of pod addresses and its node's address, like 10.244.1.0/26=10.0.1.11",
  });
}
