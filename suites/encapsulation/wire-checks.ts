import { checksOf } from "../../harness/verify/registry.ts";

/** The questions that every encapsulation suite puts to every path and node. */
export const wireChecks = checksOf("encapsulation");
