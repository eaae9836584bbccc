import { addressHex } from "../../topology/address.ts";
import { portOf } from "../port-of.ts";
import type { Probe } from "../probe.ts";
import {
  copyStep,
  headerBytes,
  layout,
  leastPayload,
  roomInPerl,
  type Datagram,
  type DatagramResult,
} from "./datagram.ts";

/** What the client says of a probe whose requests it could not all send. */
const outOfTime = "not all was sent: the time for probes was over";

/** Requests of a probe without any answer that are given up before the others are sent without a wait. */
const givenUp = 2;

/**
 * Sends the requests of many probes from one process, some at a time, and writes down which were answered by whom. A socket for each flow, whose
 * port the kernel chooses; DF set (IP_MTU_DISCOVER 10 = DO 2, IPV6_MTU_DISCOVER 23), TOS as asked (IP_TOS 1, IPV6_TCLASS 67). Room for the answers to all
 * that is on the way. A probe of which nothing was answered and some was given up keeps no other waiting any more, and in time the program ends by itself
 * and reports what it knows: killed, it would tell nothing of all its probes. What stays unanswered while others of its probe are
 * answered is sent again, twice at most, as datagrams of their own. Perl and nothing beside its core; its clock is /proc/uptime.
 */
const program = `
my ($patience, $window, $limit, @probes) = @ARGV;
my (%given, %socket, %of, @queue, @status, %name, %told, %large);
sub now { open my $f, "<", "/proc/uptime"; (split " ", scalar <$f>)[0] * 1000 }
my $end = now() + $limit;
for my $p (0 .. $#probes) {
  my ($family, $address, $port, $pattern, $list) = split /;/, $probes[$p];
  my @datagrams = map [split /:/], split /,/, $list;
  $probes[$p] = { pattern => pack("H16", $pattern), datagrams => \\@datagrams };
  for my $n (0 .. $#datagrams) {
    my ($flow, $size, $tos) = @{$datagrams[$n]};
    push @queue, [$n, $p];
    next if $socket{"$p $flow"};
    my $six = $family == 6;
    socket my $s, $six ? 10 : 2, 2, 17 or die "socket: $!\\n";
    setsockopt $s, $six ? 41 : 0, $six ? 23 : 10, pack("i", 2);
    setsockopt $s, $six ? 41 : 0, $six ? 67 : 1, pack("i", $tos);
    ${roomInPerl}
    connect $s, $six ? pack("S n N H32 N", 10, $port, 0, $address, 0) : pack("S n H8 x8", 2, $port, $address) or $told{$p}{"$!"} = 1;
    $socket{"$p $flow"} = $s;
    $of{fileno $s} = [$s, $p, $flow];
  }
}
sub receive {
  my ($wait) = @_;
  my $wanted = "";
  vec($wanted, $_, 1) = 1 for keys %of;
  select($wanted, undef, undef, $wait / 1000) > 0 or return;
  for (keys %of) {
    next unless vec $wanted, $_, 1;
    my ($s, $p, $flow) = @{$of{$_}};
    for (1 .. 100) {
      defined recv $s, my $data, 65535, 64 or do { last if $! == 11; $told{$p}{"$!"} = 1; $large{"$p $flow"} = 1 if $! == 90; next };
      next if length $data < ${leastPayload} || substr($data, ${layout.kind}, 1) ne "A" || substr($data, ${layout.pattern}, 8) ne $probes[$p]{pattern};
      $status[$p]{unpack "n", substr $data, ${layout.number}, 2} = "a";
      $name{$p}{unpack "Z64", substr $data, ${layout.server}, 64} = 1;
    }
  }
}
sub play {
  my ($copy, @todo) = @_;
  my @waiting;
  while (1) {
    my $time = now();
    @waiting = grep { $status[$_->[1]]{$_->[0]} eq "-" && ($_->[2] > $time || !++$given{$_->[1]}) } @waiting;
    if ($time > $end) { $told{$_->[1]}{"${outOfTime}"} = 1 for @todo; return }
    while (@todo && $window > grep { $name{$_->[1]} || ($given{$_->[1]} // 0) < ${givenUp} } @waiting) {
      my ($n, $p) = @{shift @todo};
      my ($flow, $size) = @{$probes[$p]{datagrams}[$n]};
      my $number = $n + $copy * ${copyStep};
      my $data = "Q" . $probes[$p]{pattern} . pack("n C x64", $number, $flow);
      $data .= "u" x ($size - length $data);
      my $s = $socket{"$p $flow"};
      my $sent = send $s, $data, 0;
      # An error that came back for an earlier one is told here, and the datagram not sent.
      $sent = send $s, $data, 0 if !defined $sent && $! != 90;
      my ($errno, $words) = ($! + 0, "$!");
      $time = now();
      if (defined $sent) { $status[$p]{$number} = "-"; push @waiting, [$number, $p, $time + $patience] }
      else { $status[$p]{$number} = "e$errno"; $told{$p}{$words} = 1; $large{"$p $flow"} = 1 if $errno == 90 }
    }
    # Of a socket that was told of a smaller MTU nothing more is waited for: no answer to what was too large will come.
    @waiting = grep { !$large{"$_->[1] $probes[$_->[1]]{datagrams}[$_->[0] % ${copyStep}][0]"} } @waiting if %large;
    %large = ();
    last if !@todo && !@waiting;
    receive(@waiting ? $waiting[0][2] - $time : 0);
  }
}
play(0, sort { $a->[0] <=> $b->[0] } @queue);
for my $copy (1, 2) {
  last if now() > $end;
  my $before = ($copy - 1) * ${copyStep};
  play($copy, grep { ($status[$_->[1]]{$_->[0] + $before} // "") eq "-" && $name{$_->[1]} } @queue);
}
receive(0);
for my $p (0 .. $#probes) {
  print join("\\t", $p, join(" ", map "$_$status[$p]{$_}", sort { $a <=> $b } keys %{$status[$p]}), join(",", keys %{$name{$p}}), join("; ", keys %{$told{$p}})), "\\n";
}`;

/** Milliseconds for which an answer is waited for, and requests that one sender has on the way. */
const paces = { usual: { patience: 300, window: 16 }, slow: { patience: 3000, window: 4 } } as const;

/** Milliseconds that a client which ends by itself has left until it is killed: to start on a busy machine, and to report. */
const spareMs = 4000;

/** Milliseconds that sweeps may wait for what does not arrive: sizes that are too large, three times each. */
export function sweepWaitMs(probes: readonly Probe[]): number {
  const { patience, window } = paces[paceOf(probes)];
  const sweeps = probes.filter(({ kind }) => kind === "sweep");
  const lost = sweeps.flatMap(({ datagrams = [] }) => datagrams.filter(({ flow }) => flow > 0)).length;
  return 3 * Math.ceil(lost / window) * patience;
}

function paceOf(probes: readonly Probe[]): keyof typeof paces {
  return probes.some(({ slow }) => slow === true) ? "slow" : "usual";
}

/** Sockets that one process opens at most: select(2) knows 1024 descriptors. */
const mostSockets = 800;

/** Splits a sender's UDP probes so that one process can send each part. */
export function udpParts(probes: readonly Probe[]): readonly (readonly Probe[])[] {
  const parts: Probe[][] = [];
  let sockets = Infinity;
  for (const probe of probes) {
    const own = new Set(probe.datagrams?.map(({ flow }) => flow)).size;
    if (sockets + own > mostSockets) {
      parts.push([]);
      sockets = 0;
    }
    parts.at(-1)?.push(probe);
    sockets += own;
  }
  return parts;
}

/** The command that sends UDP probes of one source, to the service's port or to the responder's own. */
export function udpClientArgv(
  probes: readonly Probe[],
  ports: { readonly service: number; readonly direct: number },
  limitMs: number,
): readonly string[] {
  const { patience, window } = paces[paceOf(probes)];
  return [
    "perl",
    "-e",
    program.trim(),
    String(patience),
    String(window),
    String(limitMs - spareMs),
    ...probes.map((probe) => orderOf(probe, ports)),
  ];
}

/** `family;address;port;pattern;flow:payload:tos,…` */
function orderOf(probe: Probe, ports: { readonly service: number; readonly direct: number }): string {
  const { path, dials, token, datagrams = [] } = probe;
  if (token.kind !== "udp-pattern") throw new TypeError(`UDP probe of ${path.id} needs a udp-pattern token`);
  const list = datagrams.map(({ flow, bytes, tos }) => `${flow}:${bytes - headerBytes(probe)}:${tos}`);
  const port = portOf(path, ports);
  return [path.family, addressHex(dials), port, token.pattern, list.join(",")].join(";");
}

/** The command as people read it: what it runs is the program above. */
export function udpCommandWords(probe: Probe, ports: { readonly service: number; readonly direct: number }): string {
  return `perl (UDP requests) '${orderOf(probe, ports)}'`;
}

/** What the client reported of one probe. */
export interface UdpReport {
  readonly datagrams: readonly DatagramResult[];
  /** Names that servers gave. */
  readonly servers: readonly string[];
  readonly errors: readonly string[];
}

/** The line of the client's report that is about one of its probes; undefined where it died before. */
export function reportLine(stdout: string, place: number): string | undefined {
  return stdout.split("\n").find((line) => line.startsWith(`${place}\t`));
}

/** Reads the client's report of one of its probes, by its place in the command; undefined where it died before. */
export function parseUdp(stdout: string, place: number, datagrams: readonly Datagram[]): UdpReport | undefined {
  const line = reportLine(stdout, place);
  if (line === undefined) return undefined;
  const [, statuses = "", servers = "", errors = ""] = line.split("\t");
  return {
    datagrams: statuses.split(" ").flatMap((status) => readStatus(status, datagrams)),
    servers: servers.split(",").filter((name) => name !== ""),
    errors: errors.split("; ").filter((error) => error !== ""),
  };
}

/** "17a" was answered, "17-" was not, "17e90" was refused with that errno. */
function readStatus(status: string, datagrams: readonly Datagram[]): readonly DatagramResult[] {
  const [, digits = "", kind, errno = ""] = /^(\d+)([-ae])(\d*)$/.exec(status) ?? [];
  const number = Number(digits);
  const datagram = datagrams[number % copyStep];
  if (kind === undefined || datagram === undefined) return [];
  const refused = kind === "e" ? { refused: refusals.get(errno) ?? `error ${errno}` } : {};
  return [{ ...datagram, number, copy: Math.floor(number / copyStep), answered: kind === "a", ...refused }];
}

/** What Linux says instead of sending (errno(3)). */
const refusals: ReadonlyMap<string, string> = new Map([
  ["1", "Operation not permitted"],
  ["90", "Message too long"],
  ["101", "Network is unreachable"],
  ["111", "Connection refused"],
  ["113", "No route to host"],
]);
