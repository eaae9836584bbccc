import { addressHex } from "../../topology/address.ts";
import { layout, leastPayload } from "../../probe/udp/datagram.ts";
import type { Stream } from "../stream.ts";

/** Bytes that a long connection sends at a time: one segment, whatever the MTU. */
const chunkBytes = 500;

/** Every so many turns a short connection is opened. */
const turnsPerConnection = 5;

/** Turns after which a connection without an answer is given up: as many milliseconds times the turn's. */
const turnsToGiveUp = 500;

/**
 * Sends all UDP and TCP streams of one pod or host, a packet of each per turn, until it is told to stop; then says how each fared. Non-blocking
 * (O_NONBLOCK 2048), so that one path that is dead keeps no other waiting. What TCP thinks of a long connection is its TCP_INFO (tcp(7)).
 */
const program = `
my ($turn, @orders) = @ARGV;
my (%streams, @kinds, $stop, $turns);
$SIG{PIPE} = "IGNORE";
$SIG{TERM} = $SIG{INT} = sub { $stop = 1 };
my (%reading, %writing);
sub connected {
  my ($kind, $family, $address, $port, $local) = @_;
  my $six = $family == 6;
  socket my $s, $six ? 10 : 2, $kind, $kind == 1 ? 6 : 17 or die "socket: $!\\n";
  fcntl $s, 4, 2048;
  if ($local) {
    setsockopt $s, 1, 2, pack("i", 1);
    bind $s, $six ? pack("S n N H32 N", 10, $local, 0, "0" x 32, 0) : pack("S n x12", 2, $local) or die "port $local: $!\\n";
  }
  connect($s, $six ? pack("S n N H32 N", 10, $port, 0, $address, 0) : pack("S n H8 x8", 2, $port, $address)) or $! == 115 or return (undef, "$!");
  setsockopt $s, 6, 1, pack("i", 1) if $kind == 1;
  return $s;
}
for my $order (@orders) {
  my %stream;
  @stream{qw(id kind family address port token)} = split /;/, $order;
  @stream{qw(sent answered errors)} = (0, 0, {});
  $streams{$stream{id}} = \\%stream;
  if ($stream{kind} ne "connections") {
    my ($s, $error) = connected($stream{kind} eq "udp" ? 2 : 1, @stream{qw(family address port)}, $stream{kind} eq "tcp" ? $stream{token} : 0);
    if ($s) { $stream{socket} = $s; $reading{fileno $s} = [$s, \\%stream] } else { $stream{dead} = $error }
  }
}
sub end { my ($s) = @_; delete $reading{fileno $s}; delete $writing{fileno $s}; close $s }
sub failed { my ($stream, $error) = @_; $stream->{errors}{$error}++ }
sub play {
  my ($stream) = @_;
  my ($kind, $s) = @{$stream}{qw(kind socket)};
  if ($kind eq "udp") {
    my $data = "Q" . pack("H16", $stream->{token}) . pack("n C x64", $stream->{sent} & 65535, 0);
    $data .= "s" x (${leastPayload} - length $data);
    # An error that came back for an earlier one is told here, and the datagram not sent.
    for (1, 2) { defined send($s, $data, 0) and last; failed($stream, "$!") }
    $stream->{sent}++;
  } elsif ($kind eq "tcp") {
    return if $stream->{dead} || !$s;
    my $written = syswrite $s, "L" x ${chunkBytes};
    if (defined $written) { $stream->{sent} += $written }
    elsif ($! != 11 && $! != 107 && $! != 115) { $stream->{dead} = "$!"; end($s) }
  } elsif ($turns % ${turnsPerConnection} == 0) {
    $stream->{sent}++;
    my ($c, $error) = connected(1, @{$stream}{qw(family address port)}, 0);
    if (!$c) { failed($stream, $error); return }
    $writing{fileno $c} = [$c, $stream, $turns];
  }
}
sub hear {
  my ($s, $stream, $since, $got) = @_;
  my $kind = $stream->{kind};
  if ($kind eq "udp") { while (defined recv $s, my $data, 65535, 64) { $stream->{answered}++ if substr($data, ${layout.kind}, 1) eq "A" } return }
  my $read = sysread $s, my $data, 65536;
  return if !defined $read && $! == 11;
  if ($kind eq "tcp") {
    if ($read) { $stream->{answered} += $read }
    else { $stream->{dead} = defined $read ? "closed by the server" : "$!"; end($s) }
    return;
  }
  if ($read) { $reading{fileno $s}[3] = 1; return }
  my $took = $turns - $since;
  if (defined $read && $got) { $stream->{answered}++; $stream->{slowest} = $took if $took > ($stream->{slowest} // 0) }
  else { failed($stream, defined $read ? "closed without an answer" : "$!") }
  end($s);
}
sub asking {
  my ($s, $stream, $since) = @_;
  delete $writing{fileno $s};
  my $error = unpack "i", getsockopt $s, 1, 4;
  if ($error) { $! = $error; failed($stream, "$!"); close $s; return }
  syswrite $s, "GET / HTTP/1.0\\r\\n\\r\\n";
  $reading{fileno $s} = [$s, $stream, $since, 0];
}
$| = 1;
print "sending\\n";
for ($turns = 0; !$stop; $turns++) {
  play($_) for values %streams;
  for (grep { $_->[1]{kind} eq "connections" && $turns - $_->[2] > ${turnsToGiveUp} } values %reading, values %writing) { failed($_->[1], "no answer"); end($_->[0]) }
  my $left = $turn / 1000;
  while ($left > 0 && !$stop) {
    my ($r, $w) = ("", "");
    vec($r, $_, 1) = 1 for keys %reading;
    vec($w, $_, 1) = 1 for keys %writing;
    (my $n, $left) = select($r, $w, undef, $left);
    last if $n <= 0;
    for (keys %reading) { hear(@{$reading{$_}}) if vec($r, $_, 1) && $reading{$_} }
    for (keys %writing) { asking(@{$writing{$_}}) if vec($w, $_, 1) && $writing{$_} }
  }
}
for my $stream (values %streams) {
  my @info = ("") x 4;
  if ($stream->{kind} eq "tcp" && !$stream->{dead}) {
    my @u = unpack "C8 L24", getsockopt($stream->{socket}, 6, 11);
    @info = ($u[0], $u[31], $u[2], $u[8]);
  }
  my $waiting = grep { $_->[1] == $stream && $stream->{kind} eq "connections" } values %reading, values %writing;
  print join("\\t", $stream->{id}, @{$stream}{qw(sent answered)}, $stream->{dead} // "", ($stream->{slowest} // 0) * $turn, $waiting,
    join("; ", map "$_ x$stream->{errors}{$_}", sort keys %{$stream->{errors}}), @info), "\\n";
}`;

/** What the client prints when its first packets go out. */
export const clientSending = /^sending$/;

/** Port that the pods' servers listen on, and that of their services. */
export interface StreamPorts {
  readonly service: number;
  readonly direct: number;
}

/** A stream with the number by which the client's report names it. */
export interface NumberedStream {
  readonly id: number;
  readonly stream: Stream;
}

/** The command that sends streams of one place, a packet of each every so many milliseconds. */
export function streamClientArgv(
  streams: readonly NumberedStream[],
  intervalMs: number,
  ports: StreamPorts,
): readonly string[] {
  const orders = streams.map(({ id, stream }) => {
    const { kind, path, dials, pattern, clientPort } = stream;
    const port = path.service === undefined ? ports.direct : ports.service;
    return [id, kind, path.family, addressHex(dials), port, pattern ?? clientPort ?? ""].join(";");
  });
  return ["perl", "-e", program.trim(), String(intervalMs), ...orders];
}

/** How a stream fared, as its sender tells. */
export interface StreamReport {
  /** Datagrams, bytes of a long connection, or short connections. */
  readonly sent: number;
  readonly answered: number;
  /** Why a long connection is no more. */
  readonly dead?: string;
  /** Milliseconds of the short connection that took longest. */
  readonly slowestMs: number;
  /** Short connections without an answer at the end. */
  readonly waiting: number;
  /** What the kernel said, and how many times: "Connection refused x3". */
  readonly errors: readonly string[];
  /** TCP_INFO of a long connection: state (1 = established), segments sent again, time-outs in a row, time-out in microseconds. */
  readonly tcp?: {
    readonly state: number;
    readonly retransmitted: number;
    readonly timeouts: number;
    readonly rtoMs: number;
  };
}

/** Reads the client's report, by the streams' numbers; of one that was killed it holds nothing. */
export function parseStreamReports(stdout: string): ReadonlyMap<number, StreamReport> {
  const lines = stdout.split("\n").map((line) => line.split("\t"));
  return new Map(lines.filter(({ length }) => length >= 11).map((fields) => [Number(fields[0]), reportOf(fields)]));
}

function reportOf(fields: readonly string[]): StreamReport {
  const [, sent, answered, dead = "", slowest, waiting, errors = "", state = "", retransmitted, timeouts, rto] = fields;
  return {
    sent: Number(sent),
    answered: Number(answered),
    ...(dead === "" ? {} : { dead }),
    slowestMs: Number(slowest),
    waiting: Number(waiting),
    errors: errors === "" ? [] : errors.split("; "),
    ...(state === ""
      ? {}
      : {
          tcp: {
            state: Number(state),
            retransmitted: Number(retransmitted),
            timeouts: Number(timeouts),
            rtoMs: Number(rto) / 1000,
          },
        }),
  };
}
