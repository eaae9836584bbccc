import { LabError } from "../core/errors.ts";
import type { BatchCommand } from "./batch-command.ts";
import type { CommandResult } from "./executor.ts";
import { shellQuote } from "./quote.ts";

/**
 * Runs commands side by side and tells of each, when all have ended, its number, exit code, times (/proc/uptime) and both outputs in hex. A command
 * costs one fork: where a shell would fork twice and start nsenter(1), the child enters the namespace itself (setns(2), by its number
 * on each processor; CLONE_NEWNET 0x40000000). As in a shell's background, commands ignore SIGINT; SIGKILL ends those that take too long. Behind
 * it stands a line for each command: its limit in seconds or 0, its words and its standard input in hex, "-" for none. Perl and nothing
 * beside its core, which has no base64: guests have no module at all, and then the folders of modules tell the processor.
 */
const program = `
my ($parallel) = @ARGV;
my $machine = eval { require Config; $Config::Config{archname} } // "@INC";
my ($cpu) = $machine =~ /(x86_64|aarch64|riscv64|ppc64le|powerpc64le|s390x|i686)/;
my $setns = {x86_64 => 308, aarch64 => 268, riscv64 => 268, ppc64le => 350, powerpc64le => 350, s390x => 339, i686 => 346}->{$cpu // ""};
my @jobs = map { chomp; [split / /] } <DATA>;
my (%running, @told);
$ENV{LC_ALL} = "C";
sub uptime { open my $f, "<", "/proc/uptime"; (split " ", scalar <$f>)[0] }
sub room { open my $f, "+>", undef or die "no temporary file: $!\\n"; $f }
sub whole { my ($f) = @_; seek $f, 0, 0; local $/; unpack "H*", scalar(<$f>) // "" }
sub become {
  my ($in, $out, $err, @words) = @_;
  $SIG{INT} = $SIG{QUIT} = "IGNORE";
  $SIG{ALRM} = "DEFAULT";
  open STDIN, "<&", $in; open STDOUT, ">&", $out; open STDERR, ">&", $err;
  my ($enter, $path, $end) = @words;
  if ($setns && @words > 3 && $enter eq "nsenter" && $path =~ /^--net=(.+)/ && $end eq "--" && open my $net, "<", $1) {
    splice @words, 0, 3 if syscall($setns, fileno $net, 0x40000000) == 0;
  }
  exec { $words[0] } @words;
  my $code = $! == 2 ? 127 : 126;
  syswrite STDERR, "$words[0]: " . ($code == 127 ? "not found" : $!) . "\\n";
  exit $code;
}
sub start {
  my ($n) = @_;
  my ($limit, $words, $input) = @{$jobs[$n]};
  my ($in, $out, $err) = (undef, room(), room());
  if ($input eq "-") { open $in, "<", "/dev/null" }
  else { $in = room(); syswrite $in, pack "H*", $input; sysseek $in, 0, 0 }
  my $begin = uptime();
  defined(my $pid = fork) or die "fork: $!\\n";
  become($in, $out, $err, split /\\0/, pack("H*", $words), -1) if !$pid;
  $running{$pid} = { n => $n, begin => $begin, out => $out, err => $err, due => $limit && $begin + $limit };
  alarm 1 if $limit;
}
sub with_children {
  my @all = @_;
  my %children;
  opendir my $processes, "/proc";
  for my $pid (grep /^\\d+$/, readdir $processes) {
    open my $f, "<", "/proc/$pid/stat" or next;
    push @{$children{$1}}, $pid if (<$f> // "") =~ /.*\\) \\S (\\d+)/;
  }
  for (my $n = 0; $n < @all; ++$n) { push @all, @{$children{$all[$n]} // []} }
  return @all;
}
$SIG{ALRM} = sub {
  my $now = uptime();
  my @limited = grep $running{$_}{due}, keys %running;
  my @late = grep $running{$_}{due} <= $now, @limited;
  kill "KILL", with_children(@late) if @late;
  alarm 1 if @limited;
};
my $next = 0;
while ($next < @jobs || %running) {
  start($next++) while $next < @jobs && keys %running < $parallel;
  my $pid = waitpid -1, 0;
  my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  my $job = delete $running{$pid} or next;
  push @told, join " ", $job->{n}, $code, $job->{begin}, uptime(), whole($job->{out}), whole($job->{err});
}
# Perl gives up its handlers before it ends.
alarm 0;
print map "$_\\n", @told, "all";
__END__
`;

/** The argv that reads `perlScript`. */
export function perlArgv(parallel: number): readonly string[] {
  return ["perl", "-", String(Math.max(1, parallel))];
}

/** The program, and behind it the commands that it runs; a command's input gets a last newline. */
export function perlScript(commands: readonly BatchCommand[]): string {
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  const lines = commands.map(({ argv, input, timeoutMs = 0 }) => {
    const fed = input === undefined ? "-" : hex(`${input}\n`);
    return `${Math.ceil(timeoutMs / 1000)} ${hex(argv.join("\0"))} ${fed}\n`;
  });
  return `${program}${lines.join("")}`;
}

/** Reads what the program told: each command's result, by id. */
export function perlResults(
  commands: readonly BatchCommand[],
  stdout: string,
  where: string,
): Map<string, CommandResult> {
  const lines = stdout.split("\n");
  if (lines.at(-2) !== "all") throw new LabError("the output of a batch of commands was truncated", { where });
  const told = new Map(lines.slice(0, -2).map((line) => [Number(line.slice(0, line.indexOf(" "))), line] as const));
  const text = (hex = ""): string => Buffer.from(hex, "hex").toString("utf8");
  return new Map(
    commands.map(({ id, argv }, index) => {
      const [, code, begin, end, out, err] = told.get(index)?.split(" ") ?? [];
      if (code === undefined) throw new LabError(`a command of a batch left no result: ${shellQuote(argv)}`, { where });
      const durationMs = Math.round((Number(end) - Number(begin)) * 1000);
      return [id, { where, argv, exitCode: Number(code), stdout: text(out), stderr: text(err), durationMs }];
    }),
  );
}
