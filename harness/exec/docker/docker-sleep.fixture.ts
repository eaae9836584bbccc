// Leaves a command running in a container, as a process of its own, so that a test can kill it. Argument: the container.
import { Scope } from "../../core/scope.ts";
import { dockerExecutor } from "./docker.ts";

const executor = dockerExecutor({ container: process.argv[2] ?? "", where: "container" });
const script = "sleep 7004 & echo running; exec sleep 7003";
const running = await executor.spawn(["sh", "-c", script], new Scope());
console.log(await running.waitForLine(/running/, 10_000));
