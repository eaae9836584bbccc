/**
 * Skips the test, or from a `before` hook the whole group, for want of something this machine does not have. The reason
 * becomes part of the title (`… — no Java here`): in CI a skip without one counts as a failure.
 */
export function skipFor(context: Mocha.Context, reason: string): never {
  const runnable = context.test;
  const isHook = runnable !== undefined && "type" in runnable && runnable.type === "hook";
  const titled = isHook ? runnable.parent : runnable;
  if (titled !== undefined) titled.title = `${titled.title} — ${reason}`;
  return context.skip();
}
