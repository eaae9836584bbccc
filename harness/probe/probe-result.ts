import type { CommandResult } from "../exec/executor.ts";
import { clientAddress, parseCurl } from "./curl.ts";
import { parseIperf3 } from "./iperf3.ts";
import { parsePing } from "./ping.ts";
import { isDownload } from "./probe-command.ts";
import { isOfDatagrams } from "./probe-kinds.ts";
import type { Probe, ProbeResult } from "./probe.ts";
import { parseUdp, reportLine } from "./udp/client.ts";

/** Characters of output that are kept as evidence; ping's of five packets has some 500. */
const outputKept = 1500;

type Outcome = Pick<
  ProbeResult,
  "sent" | "received" | "errors" | "serverSaw" | "answeredBy" | "rttMs" | "connectMs" | "datagrams" | "bytes" | "mtu"
>;

/** Reads what the commands of one probe reported; `place` is its own among the probes that one command sent. */
export function probeResult(
  probe: Probe,
  command: string,
  where: string,
  outputs: readonly CommandResult[],
  place = 0,
): ProbeResult {
  const [first, second] = outputs;
  if (first === undefined) throw new TypeError(`probe of ${probe.path.id} ran no command`);
  const output = outputs.map((one) => outputOf(probe, one, place)).join("\n");
  return {
    probe,
    command,
    where,
    exitCode: first.exitCode,
    ...outcomeOf(probe, first, second, place),
    output: output.slice(-outputKept),
  };
}

/** What the program printed; of one that sent many probes only what is about this one. */
function outputOf({ kind }: Probe, { stdout, stderr }: CommandResult, place: number): string {
  const own = isOfDatagrams(kind) ? (reportLine(stdout, place) ?? "") : stdout;
  return (own + stderr).trim();
}

function outcomeOf(probe: Probe, first: CommandResult, second: CommandResult | undefined, place: number): Outcome {
  switch (probe.kind) {
    case "ping":
      return pingOutcome(first);
    case "mtu":
      return mtuOutcome(first, second ?? first);
    case "curl":
      return curlOutcome(first);
    case "bulk":
      return isDownload(probe) ? downloadOutcome(probe, first) : iperf3Outcome(first);
    case "udp":
    case "sweep":
      return udpOutcome(probe, first, place);
  }
}

function pingOutcome({ stdout, stderr, exitCode }: CommandResult): Outcome {
  const { sent, received, rttMs, errors } = parsePing(`${stdout}\n${stderr}`);
  const silent = sent === 0 && errors.length === 0 ? [`ping ended with exit ${exitCode} and sent nothing`] : [];
  return { sent, received, rttMs, errors: [...errors, ...silent] };
}

function mtuOutcome(fitting: CommandResult, tooBig: CommandResult): Outcome {
  const fits = pingOutcome(fitting);
  const oneMore = pingOutcome(tooBig);
  // busybox and inetutils count nothing sent where the kernel refuses the packet, and say why.
  const ran = fits.sent > 0 && (oneMore.sent > 0 || oneMore.errors.some((error) => /too long/i.test(error)));
  return {
    sent: fits.sent + oneMore.sent,
    received: fits.received + oneMore.received,
    errors: [...fits.errors, ...oneMore.errors],
    ...(ran ? { mtu: { fits: fits.received > 0, oneMore: oneMore.received > 0 } } : {}),
  };
}

function curlOutcome({ stdout, stderr }: CommandResult): Outcome {
  const { answered, body, errors, connectMs } = parseCurl(stdout, stderr);
  const [client = "", server = ""] = body.trim().split(" ");
  const seen = answered ? { serverSaw: clientAddress(client), answeredBy: server } : {};
  return { sent: 1, received: answered ? 1 : 0, errors, ...seen, ...connected(connectMs) };
}

function downloadOutcome(probe: Probe, { stdout, stderr }: CommandResult): Outcome {
  const { answered, bytes, errors, connectMs } = parseCurl(stdout, stderr);
  const whole = answered && bytes === probe.amount;
  const short = answered && !whole ? [`${bytes} of ${probe.amount} bytes arrived`] : [];
  return { sent: 1, received: whole ? 1 : 0, bytes, errors: [...errors, ...short], ...connected(connectMs) };
}

function connected(connectMs: number | undefined): Pick<Outcome, "connectMs"> {
  return connectMs === undefined ? {} : { connectMs };
}

function iperf3Outcome({ stdout, stderr }: CommandResult): Outcome {
  const { bytes, errors } = parseIperf3(stdout, stderr);
  return { sent: 1, received: errors.length === 0 && bytes > 0 ? 1 : 0, bytes, errors };
}

function udpOutcome(probe: Probe, { stdout, stderr, exitCode }: CommandResult, place: number): Outcome {
  const report = parseUdp(stdout, place, probe.datagrams ?? []);
  if (report === undefined) return { sent: 0, received: 0, errors: [stderr.trim() || `no report, exit ${exitCode}`] };
  const { datagrams, servers, errors } = report;
  const sent = datagrams.filter(({ refused }) => refused === undefined);
  const target = probe.path.target.pod ?? probe.path.target.node;
  const server = servers.find((name) => name !== target) ?? servers[0];
  return {
    sent: sent.length,
    received: sent.filter(({ answered }) => answered).length,
    errors,
    datagrams,
    ...(server === undefined ? {} : { answeredBy: server }),
  };
}
