// A weight whose gradients are noise: the same numbers as optlib/widgets/decay.py.

import { RULES } from "../generated.js";
import { uniform } from "./signals.js";

// standard normal numbers
export function normals(seed, count) {
  const next = uniform(seed);
  return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

// a weight that starts at 1, after each gradient sigma * xi
export function shrink(name, xi, { sigma, lr, decay }) {
  const rule = RULES[name];
  const hyper = { ...rule.hyper, lr, weight_decay: decay };
  let x = [1, ...rule.start];
  return xi.map((v, k) => {
    x = rule.step(x, sigma * v, k + 1, hyper);
    return x[0];
  });
}
