import { homedir } from "node:os";
import { join } from "node:path";

/** Where runs keep what later runs use again (kernels, guest images, saved states), unless another folder is given. */
export function defaultCacheFolder(): string {
  return join(homedir(), ".cache", "encaplab");
}
