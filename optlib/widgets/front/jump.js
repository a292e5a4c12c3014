// Gradients whose size jumps, and the rates of three rules; the same numbers in optlib/widgets/rates.py.

import { RULES } from "../generated.js";
import { signal } from "./signals.js";

export const COUNTED = 600;
export const JUMP = 200; // the last step before the jump

// one with noise, times `jump` after step 200
export function jumping(jump, seed) {
  return signal("constant", 0.5, COUNTED, seed).map((g, k) => (k < JUMP ? g : jump * g));
}

// what a rule multiplies each gradient by, at a learning rate of 1
export function ratesOf(name, g, rho, eps) {
  const rule = RULES[name];
  const hyper = { ...rule.hyper, lr: 1, rho, eps };
  let x = [0, ...rule.start];
  return g.map((slope, k) => {
    x = rule.step([0, ...x.slice(1)], slope, k + 1, hyper);
    return -x[0] / slope;
  });
}
