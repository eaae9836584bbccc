import assert from "node:assert/strict";
import { parseClassifiers } from "./parse-classifiers.ts";

describe("filters of tc(8)", () => {
  it("are told with their program or their actions, each once", () => {
    const bpf =
      '[{"protocol":"all","pref":49152,"kind":"bpf","chain":0},{"protocol":"all","pref":49152,"kind":"bpf","chain":0,"options":{"handle":"0x1","bpf_name":"x.o:[prog]","direct-action":true,"prog":{"id":242,"name":"xdrop"}}}]';
    const matchall =
      '[{"protocol":"all","pref":1,"kind":"matchall","chain":0,"options":{"actions":[{"order":1,"kind":"gact","control_action":{"type":"drop"}}]}}]';
    const lines = `eth0 ingress ${bpf}\neth0 ingress ${bpf}\neth0 egress ${matchall}\neth1 root []\n`;
    assert.deepEqual(parseClassifiers(lines).classifiers, [
      { device: "eth0", direction: "ingress", words: "bpf xdrop" },
      { device: "eth0", direction: "egress", words: "matchall gact drop" },
    ]);
  });

  it("are none where tc(8) is missing, or no device has a place for them", () => {
    assert.deepEqual(parseClassifiers("\n"), { classifiers: [] });
  });
});
