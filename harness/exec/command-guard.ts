import { becomeNoted, signalNoted } from "./noted-command.ts";
import { shellQuote } from "./quote.ts";

/** First line that the guard prints: the folder in which it keeps process groups. */
export const guardFolderPattern = /^(\/\S*\/encaplab-\S+)$/m;

/** First line on standard error of a command that is asked to tell when it runs. */
export const startedMarker = "encaplab: started";

/** Longest command line that is sent as such: dropbear takes 9000 bytes (svr-chansession.c, MAX_CMD_LEN). */
export const longestCommandLine = 8_000;

/**
 * The guard: one shell per connection that knows the process group of every command on it. It kills them on request, and all
 * of them when the connection drops, because sshd leaves commands without a terminal running then, and because
 * signals sent over ssh's own protocol are ignored by many servers. It reads lines `kill <id> <signal>` and `done <id>`.
 */
export function guardScript(run: string): string {
  return `umask 077
d=$(mktemp -d "\${TMPDIR:-/tmp}/encaplab-${run}.ssh.XXXXXX") || exit 1
printf '%s\\n' ${shellQuote([startScript])} >"$d/start"
echo "$d"
while read -r verb id signal; do
case $verb in
kill) note=$d/$id; name=$signal
${signalNoted} ;;
done) rm -f "$d/$id" "$d/$id".* ;;
esac
done
for f in "$d"/*; do
case $f in */start|*.stop|*.argv) ;; *) read -r p <"$f" && kill -s KILL -- "-$p" 2>/dev/null ;; esac
done
rm -rf "$d"
`;
}

/**
 * Sourced by every command with $id and $d set and its argv in "$@". sshd and Docker give each command a process group of its
 * own; where they do not, it is started again in one.
 */
const startScript = `note=$d/$id
${becomeNoted({
  alone: `[ "$group" = $$ ] || exec setsid sh -c 'id=$1; d=$2; tell=$3; shift 3; . "$d/start"' sh "$id" "$d" "$tell" "$@"`,
  last: `[ -z "$tell" ] || echo '${startedMarker}' >&2`,
})}`;

export interface GuardedCommand {
  readonly id: number;
  readonly folder: string;
  readonly argv: readonly string[];
  /** Whether it gets standard input. */
  readonly input: boolean;
  /** Whether it prints the marker once it runs. */
  readonly tell: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** The command line that runs a command under the guard, in any POSIX login shell. */
export function guardedLine(command: GuardedCommand): string {
  const { id, folder, input, tell } = command;
  return `${input ? "" : "exec </dev/null; "}id=${id}; d=${folder}; tell=${tell ? 1 : ""}; ${argvLine(command)}; . "$d/start"`;
}

/** The same for a command line too long to be sent: its argv is read from a file that has been written before. */
export function guardedFileLine(command: GuardedCommand): string {
  const { id, folder, input, tell } = command;
  const source = `. "$d/$id.argv"; . "$d/start"`;
  return `${input ? "" : "exec </dev/null; "}id=${id}; d=${folder}; tell=${tell ? 1 : ""}; ${source}`;
}

/** Sets "$@" and the environment; also the content of the file for `guardedFileLine`. */
export function argvLine({ argv, env }: GuardedCommand): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${shellQuote([value])}; `);
  return `${exports.join("")}set -- ${shellQuote(argv)}`;
}
