import type { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import type { Actor } from "./cast.ts";

/** Runs commands on an actor's node; the undo commands, registered first, run when the scope ends. */
export async function changeNode(
  actor: Pick<Actor, "name" | "executor">,
  commands: readonly string[],
  undo: readonly string[],
  scope: Scope,
): Promise<string> {
  scope.defer(`undo on ${actor.name}: ${commands.join("; ")}`, async () => {
    await runScript(actor.executor, undo.join("\n"));
  });
  await runScript(actor.executor, commands.join("\n"));
  return `${actor.name}: ${commands.join("; ")}`;
}
