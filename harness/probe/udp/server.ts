import { addressHex, familyOf } from "../../topology/address.ts";
import { layout, roomInPerl } from "./datagram.ts";

/**
 * Answers each request with itself, marked as an answer and with its own name. Perl and nothing beside its core: the one program that every node has
 * and that can wait for datagrams. Bound to given addresses, because an answer from "any" takes the kernel's choice of source, which on a host
 * with several addresses need not be the one that was asked. Room for what comes while a busy machine is late.
 * An address that the host has lost is bound all the same (IP_FREEBIND, ip(7)): that nothing arrives there is what the run is to find.
 */
const program = `
my ($port, $name, @addresses) = @ARGV;
my ($wanted, @sockets) = ("");
for (@addresses) {
  my ($family, $bytes) = split /:/;
  my $six = $family == 6;
  socket my $s, $six ? 10 : 2, 2, 17 or next;
  setsockopt $s, 41, 26, pack("i", $bytes =~ /[^0]/ ? 1 : 0) if $six;
  setsockopt $s, $six ? 41 : 0, $six ? 78 : 15, pack("i", 1);
  ${roomInPerl}
  bind $s, $six ? pack("S n N H32 N", 10, $port, 0, $bytes, 0) : pack("S n H8 x8", 2, $port, $bytes) or die "UDP port $port: $!\\n";
  vec($wanted, fileno $s, 1) = 1;
  push @sockets, $s;
  last if $six && $bytes !~ /[^0]/;
}
@sockets or die "no UDP socket: $!\\n";
while (1) {
  select(my $ready = $wanted, undef, undef, undef);
  for my $s (@sockets) {
    next unless vec $ready, fileno $s, 1;
    while (defined(my $peer = recv $s, my $data, 65535, 64)) {
      next if length $data < ${layout.server + 64} || substr($data, ${layout.kind}, 1) ne "Q";
      substr($data, ${layout.kind}, 1) = "A";
      substr($data, ${layout.server}, 64) = pack "a64", $name;
      send $s, $data, 0, $peer;
    }
  }
}`;

/** Addresses of the wildcard: both families by one socket, or IPv4 alone where the kernel has no IPv6. */
const anywhere: readonly string[] = [`6:${"0".repeat(32)}`, "4:00000000"];

/** The command that answers UDP requests, on given addresses or on all. */
export function udpServerArgv(port: number, name: string, addresses: readonly string[]): readonly string[] {
  const bound =
    addresses.length === 0 ? anywhere : addresses.map((address) => `${familyOf(address)}:${addressHex(address)}`);
  return ["perl", "-e", program.trim(), String(port), name, ...bound];
}
