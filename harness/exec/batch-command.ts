/** One of many commands that run together. */
export interface BatchCommand {
  /** Unique in the batch. */
  readonly id: string;
  readonly argv: readonly string[];
  /** Text for its standard input, which gets a last newline; default: nothing. */
  readonly input?: string;
  /** Milliseconds, rounded up to seconds, after which it is killed: exit code 137. Default: none but the batch's own. */
  readonly timeoutMs?: number;
}
