/** Standard error of a command whose program is not there; its exit code is 127. */
export const missingMarker = "encaplab: no such program";

/**
 * Shell text that writes its process group into the file $note and becomes the command in "$@". Where nothing on the way to
 * a command passes signals on, or the way's user may not send them, whoever reads the note can end the command and all that it
 * started. `alone` is run where the group may be another's too ($group is not $$), `last` just before the command; `noted` is what is written.
 */
export function becomeNoted({
  alone = "",
  last = "",
  noted = "$group",
}: {
  readonly alone?: string;
  readonly last?: string;
  readonly noted?: string;
}): string {
  // The second field of stat is the program's name in parentheses and may hold anything (proc(5)); the fifth is the group.
  return `LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
read -r stat </proc/$$/stat; stat=\${stat##*) }; stat=\${stat#* * }; group=\${stat%% *}
${alone}
command -v -- "$1" >/dev/null 2>&1 || { echo '${missingMarker}' >&2; exit 127; }
echo "${noted}" >"$note"
if [ -e "$note.stop" ]; then read -r name <"$note.stop" || name=KILL; kill -s "$name" $$; kill -s KILL $$; fi
${last}
exec "$@"`;
}

/**
 * Shell text that sends the signal $name (INT, TERM, KILL) to the process group in $note. A signal that comes before the note
 * leaves a mark, by which the command ends itself before it starts.
 */
export const signalNoted = `[ -s "$note" ] || echo "$name" >"$note.stop"
[ -s "$note" ] && read -r group <"$note" && kill -s "$name" -- "-$group" 2>/dev/null`;

/** Where there is no guard to make a folder of its own for notes. */
const folder = "/tmp/encaplab-exec";

const startScript = `note=$1; shift
[ -d ${folder} ] || mkdir -p ${folder}
${becomeNoted({ alone: `[ "$group" = $$ ] || { echo 'encaplab: the command has no process group of its own' >&2; exit 126; }` })}`;

const signalScript = `note=$1; name=$2
[ -d ${folder} ] || mkdir -p ${folder}
${signalNoted}
exit 0`;

/**
 * The argv that runs a command so that a second one can signal it: for places to which no shell stays connected. Each command
 * must get a process group of its own there, as runc gives it one (setsid in nsexec.c).
 */
export function notedArgv(id: string, argv: readonly string[]): readonly string[] {
  return ["sh", "-c", startScript, "sh", `${folder}/${id}`, ...argv];
}

/** The argv that sends a signal (INT, TERM, KILL) to such a command and all that it started. */
export function signalArgv(id: string, signal: string): readonly string[] {
  return ["sh", "-c", signalScript, "sh", `${folder}/${id}`, signal];
}
