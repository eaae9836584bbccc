/**
 * Answers datagrams with themselves, marked as answers, and connections: a short one (its first byte is "G") with a line and its end, a long one
 * with a byte for whatever it sends. One process for all of a pod's streams, so that hundreds of connections cost no process each. Perl and
 * nothing beside its core, as in probe/udp.
 */
const program = `
my ($port) = @ARGV;
my ($six, $accept, $datagrams) = (1);
for my $family (10, 2) {
  $six = $family == 10;
  socket $accept, $family, 1, 6 or next;
  socket $datagrams, $family, 2, 17 or next;
  for ($accept, $datagrams) {
    setsockopt $_, 1, 2, pack("i", 1);
    setsockopt $_, 41, 26, pack("i", 0) if $six;
    bind $_, $six ? pack("S n N H32 N", 10, $port, 0, "0" x 32, 0) : pack("S n x4 x8", 2, $port) or die "port $port: $!\\n";
  }
  last;
}
listen $accept, 1024 or die "listen: $!\\n";
my (%open, %long);
my $wanted = "";
vec($wanted, fileno $_, 1) = 1 for $accept, $datagrams;
$| = 1;
print "ready\\n";
sub drop { my ($n) = @_; vec($wanted, $n, 1) = 0; close delete $open{$n}; delete $long{$n} }
while (1) {
  select(my $ready = $wanted, undef, undef, undef) > 0 or next;
  if (vec $ready, fileno $datagrams, 1) {
    while (defined(my $peer = recv $datagrams, my $data, 65535, 64)) {
      next if substr($data, 0, 1) ne "Q";
      substr($data, 0, 1) = "A";
      send $datagrams, $data, 64, $peer;
    }
  }
  if (vec($ready, fileno $accept, 1) && accept my $s, $accept) {
    vec($wanted, fileno $s, 1) = 1;
    $open{fileno $s} = $s;
  }
  for my $n (keys %open) {
    next unless vec $ready, $n, 1;
    my $got = sysread $open{$n}, my $data, 65536;
    if (!$got) { drop($n); next }
    $long{$n} = 1 if substr($data, 0, 1) ne "G";
    if ($long{$n}) { syswrite $open{$n}, "k" }
    else { syswrite $open{$n}, "HTTP/1.0 200 OK\\r\\n\\r\\n"; drop($n) }
  }
}`;

/** What the server prints when it answers. */
export const serverReady = /^ready$/;

/** The command that answers a pod's streams, on all of its addresses. */
export function streamServerArgv(port: number): readonly string[] {
  return ["perl", "-e", `$SIG{PIPE} = "IGNORE";${program.trim()}`, String(port)];
}
