import assert from "node:assert/strict";
import { kubectlFailure, saysNotThere } from "./kubectl-failure.ts";

const failure = (stderr: string) =>
  kubectlFailure(
    { where: "", argv: ["kubectl", "get", "nodes"], exitCode: 1, stdout: "", stderr, durationMs: 1 },
    "cluster c",
  );

describe("kubectlFailure", () => {
  const cases: readonly (readonly [said: string, stderr: string, message: RegExp, fix: RegExp])[] = [
    [
      "an API that nobody answers for",
      "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
      /API cannot be reached/,
      /server address/,
    ],
    [
      "an API that is silent",
      "Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
      /API cannot be reached/,
      /server address/,
    ],
    ["expired credentials", "error: You must be logged in to the server (Unauthorized)", /does not accept/, /renew/],
    [
      "a right that is lacking",
      'Error from server (Forbidden): ippools.crd.projectcalico.org is forbidden: User "ci" cannot list resource "ippools" in API group "crd.projectcalico.org" at the cluster scope',
      /ci may not list ippools\.crd\.projectcalico\.org/,
      /doctor/,
    ],
    ["a context that is not there", 'error: context "nope" does not exist', /no context nope/, /get-contexts/],
    [
      "a kubeconfig that is not there",
      "error: stat /no/such/file: no such file or directory",
      /\/no\/such\/file cannot be read/,
      /--kubeconfig/,
    ],
    [
      "a certificate of another",
      "Unable to connect to the server: x509: certificate signed by unknown authority",
      /not trusted: certificate signed by unknown authority/,
      /certificate authority/,
    ],
  ];
  for (const [said, stderr, message, fix] of cases) {
    it(`tells ${said}, with the way out`, () => {
      const error = failure(stderr);
      assert.match(error.message, message);
      assert.match(error.details.fix ?? "", fix);
      assert.equal(error.details.where, "cluster c");
      assert.equal(error.details.command, "kubectl get nodes");
      assert.equal(error.exitCode, 3);
    });
  }

  it("leaves out what kubectl logs of its own attempts", () => {
    const log = 'E1121 16:08:22.928826   27656 memcache.go:265] "Unhandled Error" err="x"\n';
    const said = "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?";
    assert.equal(failure(`${log}${log}${said}\n`).details.tail, said);
  });

  it("shows what kubectl said where it means nothing known", () => {
    const error = failure("error: something new");
    assert.match(error.message, /kubectl failed \(exit 1\)/);
    assert.equal(error.details.tail, "error: something new");
  });
});

describe("saysNotThere", () => {
  it("tells unknown kinds and objects from other failures", () => {
    assert.ok(saysNotThere({ stderr: `error: the server doesn't have a resource type "ippools"` }));
    assert.ok(saysNotThere({ stderr: 'Error from server (NotFound): configmaps "former-state" not found' }));
    assert.ok(!saysNotThere({ stderr: "error: You must be logged in to the server (Unauthorized)" }));
  });
});
