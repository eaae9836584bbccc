import assert from "node:assert/strict";
import { reachWords } from "./reach-words.ts";

describe("the options by which a lab is found again", () => {
  const cluster = {
    needs: { flag: "kubeconfig", detail: "", fix: "" },
    reachedBy: ["kubeconfig", "context", "allowModeChange"],
  };

  it("are those of providers whose nodes exist apart from this machine, with values as a shell takes them", () => {
    const given = { kubeconfig: "my config", context: "prod", mode: ["VXLAN"], allowModeChange: true };
    assert.equal(reachWords([cluster], given), " --kubeconfig 'my config' --context prod --allow-mode-change");
  });

  it("are none where the lab is found without", () => {
    assert.equal(reachWords([{ reachedBy: ["kind"] }], { kind: "/opt/kind" }), "");
    assert.equal(reachWords([cluster], {}), "");
  });
});
