import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { withScope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { modes, type Mode } from "../../encap/mode.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { netnsProvider } from "../../provider/netns/index.ts";
import type { Lab } from "../../lab/lab.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { calicoDataplane } from "./standalone-dataplane.ts";

const provider = netnsProvider();
const vxlan: Mode = modes.find(({ id }) => id === "vxlan-always") ?? assert.fail();

/** Programs in the place of Calico's: what they do is given as lines of sh per first argument. */
const program = (cases: Readonly<Record<string, string>>): string =>
  `#!/bin/sh\ncase "$1" in\n${Object.entries(cases)
    .map(([argument, lines]) => `${argument}) ${lines} ;;`)
    .join("\n")}\nesac\n`;

const healthy = { "-v": "echo Version: v9.9.9", "-startup": "echo started", "-node-services": "exec sleep 600" };

describe("calico dataplane with stand-ins for Calico's programs", function () {
  this.timeout(60_000);
  let folder: string;

  before(async function () {
    const problems = await provider.check(planTopology(await loadTopology("one-rack")));
    const { exitCode } = await localExecutor().tryRun(["sh", "-c", "command -v etcd && command -v curl"]);
    if (problems.length > 0) skipFor(this, "no namespaces here");
    if (exitCode !== 0) skipFor(this, "no etcd or no curl here (packages etcd-server, curl)");
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-stand-in-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  };

  /** The error of an installation, and the lab that it was tried on, which is gone by then. */
  const failedInstall = async (cases: Readonly<Record<string, string>>): Promise<LabError> => {
    await write("calico-node", program(cases));
    await write("calico", "#!/bin/sh\ncat >&2\nexit 1\n");
    const dataplane = calicoDataplane({ source: { kind: "bin", folder }, logs: join(folder, "logs") });
    let error: unknown;
    await withScope(async (scope) => {
      const lab = await provider.provision(planTopology(await loadTopology("one-rack")), newRunId(), scope);
      await withScope(async (inner) => {
        error = await dataplane.install(vxlan, lab, inner).then(
          () => undefined,
          (reason: unknown) => reason,
        );
      });
      await assertNothingLeft(lab);
    });
    assert.ok(error instanceof LabError, String(error));
    return error;
  };

  const assertNothingLeft = async (lab: Lab): Promise<void> => {
    const { stdout } = await localExecutor().run(["sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"]);
    assert.equal(stdout.includes(`${folder}/calico-node`), false);
    const [node] = lab.nodes;
    assert.doesNotMatch((await node?.executor.run(["ip", "-br", "link"]))?.stdout ?? "", /mgmt0/);
  };

  it("names the program that ends again and again, with the end of its log, before any time limit", async () => {
    const error = await failedInstall({ ...healthy, "-felix": "echo no such kernel; exit 3" });
    assert.match(error.message, /Calico's felix keeps failing: it has exited \d+ times \(exit 3\)/);
    assert.match(error.details.tail ?? "", /no such kernel/);
  });

  it("tells what start-up said when it refuses", async () => {
    const refuses = "echo Calico node is already using the IPv4 address; exit 1";
    const error = await failedInstall({ ...healthy, "-startup": refuses });
    assert.match(error.details.tail ?? "", /already using the IPv4 address/);
  });

  it("tells what the CNI plugin said, and that it was given a whole configuration", async () => {
    const felix = "echo 1450 >/var/lib/calico/mtu; exec sleep 600";
    const error = await failedInstall({ ...healthy, "-felix": felix });
    assert.match(error.message, /CNI plugin could not make pod a1-p1|CNI plugin could not make pod a2-p1/);
    const config = JSON.parse(error.details.tail ?? "") as { type: string; ipam: { type: string } };
    assert.deepEqual([config.type, config.ipam.type], ["calico", "calico-ipam"]);
  });

  it("keeps the logs of every node and of etcd where they are asked for", async () => {
    await failedInstall({ ...healthy, "-startup": "echo hello from $NODENAME at $IP; exit 1" });
    const log = await readFile(join(folder, "logs/vxlan-always/a1/startup.log"), "utf8");
    assert.equal(log, "hello from a1 at 198.18.1.11/24\n");
    assert.ok((await readFile(join(folder, "logs/vxlan-always/etcd/etcd.log"), "utf8")).length > 0);
  });

  it("shows no node's private folders to this machine", async () => {
    const mark = "mkdir -p /etc/calico; echo $NODENAME >/etc/calico/mark; echo x >/var/run/calico/mark; exit 1";
    await failedInstall({ ...healthy, "-startup": mark });
    const { exitCode } = await localExecutor().tryRun(["sh", "-c", "ls /etc/calico/mark /var/run/calico/mark"]);
    assert.notEqual(exitCode, 0);
  });

  it("finds a folder without programs lacking, by their names", async () => {
    const dataplane = calicoDataplane({ source: { kind: "bin", folder } });
    await withScope(async (scope) => {
      const lab = await provider.provision(planTopology(await loadTopology("one-rack")), newRunId(), scope);
      const [requirement] = await dataplane.missing(vxlan, lab);
      assert.match(requirement?.reason ?? "", /no executable calico-node and no calico/);
    });
  });
});
