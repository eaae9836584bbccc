import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { listTopologies, topologyFolder } from "./load.ts";
import { topologyJsonSchema } from "./schema.ts";

describe("topologyJsonSchema", () => {
  const validate = new Ajv2020().compile(topologyJsonSchema());

  it("accepts every topology that comes with encaplab", async () => {
    for (const name of await listTopologies()) {
      const data: unknown = parse(await readFile(`${topologyFolder}/${name}.yaml`, "utf8"));
      assert.ok(validate(data), `${name}: ${JSON.stringify(validate.errors)}`);
    }
  });

  it("refuses misspelled keys and unknown values", () => {
    const good = { subnets: {}, routers: {}, nodes: {} };
    assert.ok(validate(good));
    assert.ok(!validate({ ...good, fabrik: "none" }));
    assert.ok(!validate({ ...good, fabric: "ospf" }));
    assert.ok(!validate({ ...good, nodes: { a1: {} } }));
  });

  it("describes each key for editors", () => {
    const { properties } = topologyJsonSchema() as { properties: Record<string, { description?: string }> };
    for (const [key, { description }] of Object.entries(properties)) assert.ok(description, key);
  });
});
