#!/usr/bin/env node
// The installed `encaplab` command: the same as `npm run lab --`.
process.argv.splice(2, 0, "lab");
await import("./bootstrap.mjs");
