// The losses C x, -x, -x, ... on [-1, 1] and what a rule makes of them.  Python's side is optlib/widgets/regret.py.

import { RULES } from "../generated.js";
import { clamp } from "./numbers.js";

const slope = (scale, t) => (t % 3 === 1 ? scale : -1);

// Where a rule stands after 0, 1, ... steps at the rates lr / sqrt(t), from 0.
export function walk(rule, scale, betas, lr, steps) {
  const { start, hyper, step } = RULES[rule];
  const set = { ...hyper };
  for (const [key, value] of Object.entries(betas)) if (key in hyper) set[key] = value;
  const path = new Float64Array(steps + 1);
  let state = start;
  for (let t = 1; t <= steps; t++) {
    set.lr = lr / Math.sqrt(t);
    const [theta, ...kept] = step([path[t - 1], ...state], slope(scale, t), t, set);
    path[t] = clamp(theta, -1, 1);
    state = kept;
  }
  return path;
}

// The average over the first t steps of what a path cost beyond standing at -1; 0 at t = 0.
export function average(path, scale) {
  const out = new Float64Array(path.length);
  for (let t = 1, sum = 0; t < path.length; t++) {
    sum += slope(scale, t) * (path[t - 1] + 1);
    out[t] = sum / t;
  }
  return out;
}

// How far up a period takes Adam without momentum in the long run, over the rate.
export function climb(scale, b) {
  const root = (x) => Math.sqrt((1 + b + b * b) / x);
  const square = scale * scale;
  return root(b * square + b * b + 1) + root(b * b * square + 1 + b) - scale * root(square + b + b * b);
}
