/** Where commands in a pod note their process groups. */
const folder = "/tmp/encaplab-exec";

/** Standard error of a command whose program is not there; its exit code is 127. */
export const missingMarker = "encaplab: no such program";

/**
 * Run by every command in a pod: notes its process group, which the container runtime makes one per command (setsid in runc's
 * nsexec.c), and becomes the command. `kubectl exec` passes no signal on and leaves the command running when it is cut,
 * so that a second command has to end the first by this note.
 */
const startScript = `f=$1; shift
read -r s </proc/$$/stat; s=\${s##*) }; s=\${s#* * }
[ "\${s%% *}" = $$ ] || { echo 'encaplab: the command has no process group of its own' >&2; exit 126; }
command -v -- "$1" >/dev/null 2>&1 || { echo '${missingMarker}' >&2; exit 127; }
[ -d ${folder} ] || mkdir -p ${folder}
echo $$ >"$f"
if [ -e "$f.stop" ]; then read -r s <"$f.stop" || s=KILL; kill -s "$s" $$; fi
exec "$@"`;

/** A signal that comes before its victim's note leaves a mark, by which the victim ends itself before it starts. */
const killScript = `f=$1
[ -d ${folder} ] || mkdir -p ${folder}
[ -s "$f" ] || echo "$2" >"$f.stop"
[ -s "$f" ] && read -r p <"$f" && kill -s "$2" -- "-$p" 2>/dev/null
exit 0`;

/** The argv that runs a command in a pod so that it can be ended from outside. */
export function guardedArgv(id: string, argv: readonly string[]): readonly string[] {
  return ["sh", "-c", startScript, "sh", `${folder}/${id}`, ...argv];
}

/** The argv that sends a signal (INT, TERM, KILL) to a guarded command and all it started. */
export function killArgv(id: string, signal: string): readonly string[] {
  return ["sh", "-c", killScript, "sh", `${folder}/${id}`, signal];
}
