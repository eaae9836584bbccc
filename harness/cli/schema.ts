import { Argument, type Command } from "commander";
import { inventoryJsonSchema } from "../provider/hosts/inventory.ts";
import { runJsonSchema } from "../report/run-schema.ts";
import { topologyJsonSchema } from "../topology/schema.ts";

const schemas = { topology: topologyJsonSchema, inventory: inventoryJsonSchema, run: runJsonSchema } as const;

/** `schema`: prints the JSON Schemas of topology files, inventories and run.json. */
export function addSchema(program: Command): void {
  program
    .command("schema")
    .description(
      "print the JSON Schema of topology files, inventories or results (for editors and for tools that read run.json)",
    )
    .addArgument(new Argument("[which]", "which schema").choices(Object.keys(schemas)).default("topology"))
    .action((which: keyof typeof schemas) => {
      console.log(JSON.stringify(schemas[which](), undefined, 2));
    });
}
