// Streams of gradients: the same numbers on every machine, in optlib/widgets/signals.py too.

import { RULES } from "../generated.js";

export const KINDS = {
  constant: "A constant with noise",
  outlier: "One outlier of 100",
  flips: "Signs that flip",
  sparse: "Mostly zero",
};

// uniform numbers in [0, 1): mulberry32
export function uniform(seed) {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// one value a step: signal plus noise of this standard deviation
export function signal(kind, noise, steps, seed) {
  const next = uniform(seed);
  return Array.from({ length: steps }, (_, k) => {
    // Box and Muller; 1 - u is never zero
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    const luck = next();
    if (kind === "flips") return (k % 2 ? -1 : 1) + noise * normal;
    if (kind === "sparse") return luck < 0.05 ? 1 + noise * normal : 0;
    if (kind === "outlier" && k + 1 === Math.ceil(steps / 2)) return 100;
    return 1 + noise * normal;
  });
}

// What the rules make of the gradients g.  m, root: Adam's averages, the second under a root; mHat, rootHat: corrected;
// raw: m over root; steps: by rule, what it subtracts from theta, over the learning rate.
export function series(listed, g, beta1, beta2) {
  const steps = {};
  for (const name of listed) steps[name] = walk(name, g, beta1, beta2).map((x) => -x[0]);
  const averages = walk("adam", g, beta1, beta2);
  const m = averages.map((x) => x[1]);
  const root = averages.map((x) => Math.sqrt(x[2]));
  const mHat = m.map((v, k) => v / (1 - beta1 ** (k + 1)));
  const rootHat = root.map((v, k) => v / Math.sqrt(1 - beta2 ** (k + 1)));
  const { eps } = RULES.adam.hyper;
  const raw = m.map((v, k) => v / (root[k] + eps));
  return { steps, m, root, mHat, rootHat, raw };
}

// theta and states after each gradient; theta starts at zero every time, so that nothing is lost to rounding
function walk(name, g, beta1, beta2) {
  const rule = RULES[name];
  const hyper = { ...rule.hyper, lr: 1, momentum: beta1, beta1, beta2, rho: beta2 };
  let x = [0, ...rule.start];
  return g.map((slope, k) => {
    x = rule.step([0, ...x.slice(1)], slope, k + 1, hyper);
    return x;
  });
}
