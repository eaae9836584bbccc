import assert from "node:assert/strict";
import { changePoints, pettitt } from "./change-points.ts";
import { seededRandom } from "./seeded-random.ts";

/** Yearly flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (Cobb, The problem of the Nile, 1978; `Nile` of R). */
const nile = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
  1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456,
  824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
  822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975,
  815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

describe("change points", () => {
  it("finds that the Nile fell after 1898, and nothing else in it", () => {
    const { at, p } = pettitt(nile);
    assert.equal(1871 + at - 1, 1898);
    assert.ok(p < 1e-6, String(p));
    assert.deepEqual(changePoints(nile), [28]);
  });

  it("finds several steps, and no step in one wild value", () => {
    const random = seededRandom(3);
    const level = (value: number) => Array.from({ length: 12 }, () => value + random());
    assert.deepEqual(changePoints([...level(0), ...level(5), ...level(2)]), [12, 24]);
    const wild = Array.from({ length: 20 }, (_, index) => (index === 10 ? 100 : (index * 7) % 5));
    assert.deepEqual(changePoints(wild), []);
    assert.deepEqual(changePoints(new Array<number>(30).fill(1)), []);
  });

  it("asks for seven values on each side: six could be chance, however far off", () => {
    const step = (before: number, after: number) =>
      changePoints([...new Array<number>(before).fill(1), ...new Array<number>(after).fill(100)]);
    assert.deepEqual([step(7, 14), step(14, 7)], [[7], [14]]);
    assert.deepEqual([step(6, 12), step(12, 6), step(6, 40), step(5, 5)], [[], [], [], []]);
    assert.deepEqual([changePoints([]), changePoints([1])], [[], []]);
  });

  it("is Pettitt's statistic: the first place of the largest, with the chance that its formula gives", () => {
    assert.deepEqual(pettitt([]), { at: 0, k: 0, p: 1 });
    assert.deepEqual(pettitt([3, 3]), { at: 0, k: 0, p: 1 });
    // The middle value wins as often as it loses: 3 × 4 contests lost before it, and as many after it.
    const { at, k } = pettitt([0, 0, 0, 1, 2, 2, 2]);
    assert.deepEqual([at, k], [3, 12]);
    const { p } = pettitt([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    assert.ok(Math.abs(p - 2 * Math.exp((-6 * 25 ** 2) / 1100)) < 1e-12, String(p));
  });

  it("sees a change in at most one in twenty series of noise", () => {
    const random = seededRandom(11);
    const noise = Array.from({ length: 400 }, () => Array.from({ length: 30 }, () => random() + random() - random()));
    const found = noise.filter((series) => changePoints(series).length > 0).length;
    assert.ok(found <= 20, `${found} of 400`);
  });
});
