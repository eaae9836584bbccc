import { Argument, type Command } from "commander";
import { inventoryJsonSchema } from "../provider/hosts/inventory.ts";
import { runJsonSchema } from "../report/run-schema.ts";
import { topologyJsonSchema } from "../topology/schema.ts";
import { teach, type Example } from "./teach.ts";

const schemas = { topology: topologyJsonSchema, inventory: inventoryJsonSchema, run: runJsonSchema } as const;

const usage = "npm run lab -- schema [which]";

const examples: readonly Example[] = [
  ["npm run lab --silent -- schema > topology.schema.json", "for an editor that completes and checks topology files"],
  ["npm run lab --silent -- schema run > run.schema.json", "for tools that read run.json"],
  ["npm run lab --silent -- schema inventory", "of files that name existing machines"],
];

/** `schema`: prints the JSON Schemas of topology files, inventories and run.json. */
export function addSchema(program: Command): void {
  const command = program
    .command("schema")
    .description(
      "print the JSON Schema of topology files, inventories or results (for editors and for tools that read run.json)",
    )
    .addArgument(new Argument("[which]", "which schema").choices(Object.keys(schemas)).default("topology"));
  teach(command, usage, examples).action((which: keyof typeof schemas) => {
    console.log(JSON.stringify(schemas[which](), undefined, 2));
  });
}
