import assert from "node:assert/strict";
import { redact, redactValue } from "./redact.ts";
import { failingRun, leakyRun, secrets } from "./sample-records.fixture.ts";

describe("redact", () => {
  const hidden: Record<string, string> = {
    "a bearer token": "Authorization: Bearer SECRETabc.def-123",
    "a password in a URL": "https://user:SECRET@registry.example/v2",
    "a token option": "kubectl --token SECRET123 get nodes",
    "a token option with =": "kubectl --token=SECRET get nodes",
    "a token in YAML": "    token: SECRET",
    "a password variable": "REGISTRY_PASSWORD=SECRET",
    "a kubeconfig key": "client-key-data: SECRET==",
    "a kubeconfig certificate in JSON": '{"client-certificate-data":"SECRET"}',
    "a private key": "-----BEGIN EC PRIVATE KEY-----\nSECRET\n-----END EC PRIVATE KEY-----",
    "a private key that was cut": "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET",
    "a private key inside JSON": String.raw`"-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n"`,
    "a service account token": "got eyJhbGciOiJSECRET.eyJzdWIiOiJSECRET.SECRETSECRET",
  };
  for (const [name, text] of Object.entries(hidden)) {
    it(`hides ${name}`, () => {
      assert.ok(!redact(text).includes("SECRET"), redact(text));
    });
  }

  const kept = [
    "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1",
    "198.19.0.64/26 via 198.19.0.65 dev vxlan.calico proto 80 onlink",
    "http://198.19.128.10:8080/",
    "fd00:1::1 dev eth0 lladdr 66:0a:0b:0c:0d:0e PERMANENT",
    "ping -p 7f3kq0000000001 198.19.0.67",
    "the probe's token was seen 10 times",
    "KUBECONFIG=/root/.kube/config",
  ];
  for (const text of kept) {
    it(`keeps ${text}`, () => {
      assert.equal(redact(text), text);
    });
  }

  it("reaches every part of a record, also keys spread over lines", () => {
    const text = JSON.stringify(redactValue(leakyRun()));
    for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), secret);
  });

  it("leaves a clean record as it is", () => {
    assert.deepEqual(redactValue(failingRun()), failingRun());
  });
});
