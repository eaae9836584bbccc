import { addressHex, familyOf } from "../topology/address.ts";
import { layout, roomInPerl } from "./udp/datagram.ts";

/** What listens in one place. */
export interface ServerPlan {
  /** Name of the pod or node, which the responder tells; missing where it has none. */
  readonly name?: string;
  /** Port of the HTTP responder, on all addresses; missing = none. */
  readonly http?: number;
  /** Where UDP requests are answered: on given addresses, or on all; missing = nowhere. */
  readonly udp?: { readonly port: number; readonly addresses: readonly string[] };
  readonly iperf3: readonly number[];
}

/** Connections that may wait to be accepted: more than a run has clients of one place. */
const backlog = 128;

/**
 * Starts iperf3 servers, says that all listen ("<id> ready"), or that somebody else does and would answer in their place ("<id> taken"), and
 * answers HTTP and UDP requests itself: in one process, without one more for any request or look, as each takes an emulated machine 20 to 100 ms.
 * Whether somebody listens on a port tells the kernel when one asks for the same: SO_REUSEADDR shares a port with everybody but a listener.
 *
 * `/saw/…` is answered with the client's address and the responder's own name, and the request's last word, by which
 * one client tells many answers apart; `/bulk/…?N` with N zero bytes. The connection ends with the answer.
 *
 * A UDP request is answered with itself, marked as an answer and with the responder's name. Perl and nothing beside its core: the one program that
 * every node has and that can wait for datagrams. Bound to given addresses, because an answer from "any" takes the kernel's choice of source, which on
 * a host with several addresses need not be the one that was asked. Room for what comes while a busy machine is late.
 * An address that the host has lost is bound all the same (IP_FREEBIND, ip(7)): that nothing arrives there is what the run is to find.
 */
const program = `
my ($id, $name, $http, $udp, $flows, @addresses) = @ARGV;
my ($wanted, $waiting, @sockets, %client, @children) = ("", "");
$| = 1;
$SIG{PIPE} = "IGNORE";
$SIG{TERM} = $SIG{INT} = $SIG{HUP} = sub { kill 15, @children; 1 while wait > 0; exit 0 };
sub refused {
  my ($what) = @_;
  if ($! == 98) { print "$id taken\\n"; exit 1 }
  die "$what: $!\\n";
}
sub bound {
  my ($s, $six, $port, $bytes) = @_;
  bind $s, $six ? pack("S n N H32 N", 10, $port, 0, $bytes, 0) : pack("S n H8 x8", 2, $port, $bytes);
}
for ($udp ? @addresses : ()) {
  my ($family, $bytes) = split /:/;
  my $six = $family == 6;
  socket my $s, $six ? 10 : 2, 2, 17 or next;
  setsockopt $s, 41, 26, pack("i", $bytes =~ /[^0]/ ? 1 : 0) if $six;
  setsockopt $s, $six ? 41 : 0, $six ? 78 : 15, pack("i", 1);
  ${roomInPerl}
  bound($s, $six, $udp, $bytes) or refused("UDP port $udp");
  vec($wanted, fileno $s, 1) = 1;
  push @sockets, $s;
  last if $six && $bytes !~ /[^0]/;
}
die "no UDP socket: $!\\n" if $udp && !@sockets;
sub at_port {
  my ($port) = @_;
  my $six = socket my $s, 10, 1, 6;
  $six or socket $s, 2, 1, 6 or die "no TCP socket: $!\\n";
  setsockopt $s, 41, 26, pack("i", 0) if $six;
  setsockopt $s, 1, 2, pack("i", 1);
  return bound($s, $six, $port, "0" x ($six ? 32 : 8)) ? $s : undef;
}
my $listener;
if ($http) {
  $listener = at_port($http) or refused("TCP port $http");
  listen $listener, ${backlog} or refused("TCP port $http");
  vec($wanted, fileno $listener, 1) = 1;
}
my @flows = split /,/, $flows;
at_port($_) or refused("TCP port $_") for @flows;
for my $port (@flows) {
  my $child = fork // die "fork: $!\\n";
  if ($child) { push @children, $child; next }
  open STDOUT, ">", "/dev/null";
  my @command = ("iperf3", "-s", "-p", $port);
  exec { $command[0] } @command or print STDERR "$command[0]: $!\\n";
  exit 127;
}
for (my $looks = 0; grep { at_port($_) || $! != 98 } @flows; ++$looks) {
  select undef, undef, undef, $looks < 20 ? 0.02 : 0.2;
}
print "$id ready\\n";
sub peer_of {
  my ($sent) = @_;
  return join ".", unpack "x4 C4", $sent if unpack("S", $sent) == 2;
  my $bytes = substr $sent, 8, 16;
  return join ".", unpack "x12 C4", $bytes if $bytes =~ /^\\0{10}\\xff\\xff/;
  return join ":", map sprintf("%x", $_), unpack "n8", $bytes;
}
sub answer {
  my ($c) = @_;
  my ($kind, $word, $amount) = $c->{in} =~ m{^GET /(?:cgi-bin/)?(saw|bulk)/([^ ?]*)(?:\\?(\\d+))? };
  my $body = ($kind // "") eq "saw" ? "$c->{peer} $name $word\\n" : "";
  $c->{zeros} = ($kind // "") eq "bulk" ? $amount // 0 : 0;
  my $status = defined $kind ? "200 OK" : "404 Not Found";
  $c->{out} = "HTTP/1.0 $status\\r\\nContent-Type: application/octet-stream\\r\\nConnection: close\\r\\n\\r\\n$body";
  vec($waiting, $c->{number}, 1) = 1;
}
sub forget {
  my ($c) = @_;
  vec($wanted, $c->{number}, 1) = vec($waiting, $c->{number}, 1) = 0;
  delete $client{$c->{number}};
  close $c->{socket};
}
sub hear {
  my ($c) = @_;
  my $data;
  if (!defined recv $c->{socket}, $data, 65535, 64) { forget($c) if $! != 11; return }
  # What came after the answer, or nothing: the client has closed.
  if ($data eq "") { forget($c); return }
  return if defined $c->{out};
  $c->{in} .= $data;
  answer($c) if $c->{in} =~ /\\r?\\n\\r?\\n/ || length $c->{in} > 65535;
}
sub send_on {
  my ($c) = @_;
  while (1) {
    if (length $c->{out} < 65536 && $c->{zeros} > 0) {
      my $more = $c->{zeros} < 65536 ? $c->{zeros} : 65536;
      $c->{out} .= "\\0" x $more;
      $c->{zeros} -= $more;
    }
    last if $c->{out} eq "";
    my $sent = send $c->{socket}, $c->{out}, 64;
    if (!defined $sent) { forget($c) if $! != 11; return }
    substr($c->{out}, 0, $sent) = "";
  }
  vec($waiting, $c->{number}, 1) = 0;
  shutdown $c->{socket}, 1;
}
while (1) {
  select(my $ready = $wanted, my $free = $waiting, undef, undef);
  for my $s (@sockets) {
    next unless vec $ready, fileno $s, 1;
    while (defined(my $peer = recv $s, my $data, 65535, 64)) {
      next if length $data < ${layout.server + 64} || substr($data, ${layout.kind}, 1) ne "Q";
      substr($data, ${layout.kind}, 1) = "A";
      substr($data, ${layout.server}, 64) = pack "a64", $name;
      send $s, $data, 0, $peer;
    }
  }
  for my $c (values %client) {
    hear($c) if vec $ready, $c->{number}, 1;
    send_on($c) if $client{$c->{number}} && vec $free, $c->{number}, 1;
  }
  if ($listener && vec $ready, fileno $listener, 1) {
    my $from = accept(my $s, $listener) or next;
    my $number = fileno $s;
    $client{$number} = { socket => $s, number => $number, peer => peer_of($from), in => "" };
    vec($wanted, $number, 1) = 1;
  }
}`;

/** Addresses of the wildcard: both families by one socket, or IPv4 alone where the kernel has no IPv6. */
const anywhere: readonly string[] = [`6:${"0".repeat(32)}`, "4:00000000"];

/** The command that starts a place's servers and answers for them; `id` stands before what it says. */
export function responderArgv({ name = "", http = 0, udp, iperf3 }: ServerPlan, id: number): readonly string[] {
  const addresses = udp?.addresses ?? [];
  const bound =
    addresses.length === 0 ? anywhere : addresses.map((address) => `${familyOf(address)}:${addressHex(address)}`);
  const words = [id, name, http, udp?.port ?? 0, iperf3.join(",")].map(String);
  return ["perl", "-e", program.trim(), ...words, ...bound];
}
