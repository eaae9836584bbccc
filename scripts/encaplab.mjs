#!/usr/bin/env node
// The `encaplab` command, of a clone or of the installed package: the same as `npm run lab --`.
import { existsSync } from "node:fs";

process.argv.splice(2, 0, "lab");
const packed = new URL("../dist/scripts/bootstrap.mjs", import.meta.url);
const own = new URL("./bootstrap.mjs", import.meta.url);
await import((existsSync(own) ? own : packed).href);
