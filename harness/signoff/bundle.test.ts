import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyAsync } from "@noble/ed25519";
import { dsse } from "@sigstore/core";
import { saveRun, resultsFolder, type StoredRun } from "../report/store.ts";
import { failingRun, passingRun } from "../report/sample-records.fixture.ts";
import type { RunRecord } from "../run/record.ts";
import type { Envelope } from "./envelope.ts";
import { makeSignoff } from "./make-signoff.ts";
import type { Signoff } from "./signoff.ts";
import type { Statement } from "./statement.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { writeBundle } from "./write-bundle.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519").publicKey;
const calico = { name: "calico.tar", sha256: "ab".repeat(32) };

describe("a sign-off bundle", () => {
  let folder = "";
  let bundle = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-signoff-"));
    bundle = join(folder, "bundle");
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function make(record: RunRecord, signed = true): Promise<Signoff> {
    const run: StoredRun = { record, folder: resultsFolder(join(folder, record.id)) };
    await saveRun(run.folder, record);
    const rules = { waivers: [], informing: [], today: "2030-06-01" };
    const at = "2030-06-01T00:00:00.000Z";
    const signoff = makeSignoff({ id: "s1", at, records: [record], baseline: [], rules, required: [] });
    await writeBundle(bundle, signoff, { runs: [run], ...(signed ? { key: privateKey } : {}) });
    return signoff;
  }

  async function sealed(): Promise<{ readonly envelope: Envelope; readonly statement: Statement }> {
    const envelope = JSON.parse(await readFile(join(bundle, "attestation.dsse.json"), "utf8")) as Envelope;
    return { envelope, statement: JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as Statement };
  }

  it("is intact when it was made, and keeps the run", async () => {
    await make(passingRun());
    const { troubles, signature } = await verifyBundle(bundle, publicKey);
    assert.deepEqual(troubles, []);
    assert.match(signature, /attests PASSED/);
    assert.deepEqual(
      JSON.parse(await readFile(join(bundle, "runs", passingRun().id, "run.json"), "utf8")),
      passingRun(),
    );
  });

  it("names every file that was changed, taken away or added", async () => {
    await make(passingRun());
    const run = `runs/${passingRun().id}/run.json`;
    await appendFile(join(bundle, run), " ");
    await rm(join(bundle, "signoff.md"));
    await writeFile(join(bundle, "extra.html"), "x");
    const { troubles } = await verifyBundle(bundle, publicKey);
    assert.equal(troubles.length, 3);
    for (const name of [run, "signoff.md", "extra.html"]) assert.ok(troubles.some((one) => one.startsWith(`${name} `)));
  });

  it("finds a manifest that was made to fit, another's signature, and none at all", async () => {
    await make(passingRun());
    assert.match((await verifyBundle(bundle, stranger)).troubles.join(), /not signed by that key/);
    const manifest = join(bundle, "manifest.json");
    await writeFile(manifest, `${await readFile(manifest, "utf8")}\n`);
    assert.match((await verifyBundle(bundle, publicKey)).troubles.join(), /manifest\.json was changed/);
    await rm(join(bundle, "attestation.dsse.json"));
    assert.match((await verifyBundle(bundle, publicKey)).troubles.join(), /attestation\.dsse\.json is missing/);
    await assert.rejects(verifyBundle(folder), /no sign-off bundle/);
  });

  it("finds an attestation whose words were changed", async () => {
    await make(failingRun());
    const { envelope, statement } = await sealed();
    const words = JSON.stringify({ ...statement, predicate: { ...statement.predicate, result: "PASSED" } });
    const forged = { ...envelope, payload: Buffer.from(words).toString("base64") };
    await writeFile(join(bundle, "attestation.dsse.json"), JSON.stringify(forged));
    assert.match((await verifyBundle(bundle, publicKey)).troubles.join(), /changed since/);
  });

  it("refuses a folder that holds something", async () => {
    await make(passingRun(), false);
    await assert.rejects(make(passingRun(), false), /is not empty/);
    assert.match((await verifyBundle(bundle)).signature, /not signed/);
  });

  it("attests by the words of in-toto what other implementations of DSSE and Ed25519 find signed", async () => {
    const record = passingRun();
    const scenarios = record.scenarios.map((one) => ({ ...one, dataplane: "Calico v3.32.1", tested: [calico] }));
    await make({ ...record, scenarios });
    const { envelope, statement } = await sealed();
    const [signature] = envelope.signatures;
    assert.ok(signature);
    const message = dsse.preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, "base64"));
    // RFC 8410: the key itself is the last 32 bytes of its DER.
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const sig = Buffer.from(signature.sig, "base64");
    assert.equal(await verifyAsync(sig, message, raw), true);
    assert.equal(await verifyAsync(sig, Buffer.concat([message, Buffer.from(" ")]), raw), false);
    assert.equal(statement._type, "https://in-toto.io/Statement/v1");
    assert.equal(statement.predicateType, "https://in-toto.io/attestation/test-result/v0.1");
    assert.deepEqual(statement.subject, [{ name: calico.name, digest: { sha256: calico.sha256 } }]);
    assert.deepEqual([statement.predicate.result, statement.predicate.failedTests], ["PASSED", []]);
    assert.equal(statement.predicate.passedTests.length, record.verdicts.length);
  });

  it("attests nothing that did not pass as passed, and speaks of itself where no Calico was tested", async () => {
    const { findings } = await make(failingRun());
    const { subject, predicate } = (await sealed()).statement;
    assert.deepEqual(
      subject.map(({ name }) => name),
      ["manifest.json"],
    );
    assert.equal(predicate.result, "FAILED");
    const open = predicate.encaplab_notPassed.map(({ name }) => name);
    assert.equal(open.length, findings.length);
    assert.ok(open.every((name) => !predicate.passedTests.includes(name)));
    assert.deepEqual(
      new Set(predicate.encaplab_notPassed.map(({ status }) => status)),
      new Set(["fail", "inconclusive", "skip"]),
    );
  });
});
