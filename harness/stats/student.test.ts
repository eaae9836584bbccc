import assert from "node:assert/strict";
import { studentP, studentQuantile } from "./student.ts";

describe("Student's t", () => {
  it("gives 5 % at its own 97.5 % quantiles (NIST/SEMATECH e-Handbook, 1.3.6.7.2)", () => {
    for (let freedom = 1; freedom <= 20; freedom += 1) {
      const p = studentP(studentQuantile(freedom), freedom);
      assert.ok(Math.abs(p - 0.05) < 0.0001, `${freedom}: ${p}`);
    }
  });

  it("knows the corners of other tables: 99.5 % of 3 and of 10 degrees of freedom", () => {
    assert.ok(Math.abs(studentP(5.841, 3) - 0.01) < 0.0001);
    assert.ok(Math.abs(studentP(3.169, 10) - 0.01) < 0.0001);
    assert.equal(studentP(0, 5), 1);
    assert.ok(studentP(1e9, 5) < 1e-12);
  });
});
