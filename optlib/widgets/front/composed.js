// A schedule of three parts and what it does on a noisy bowl.  Python's side is optlib/widgets/composed.py.

import { RULES, SCHEDULES } from "../generated.js";
import { uniform } from "./signals.js";

export const H = [1, 0.05]; // curvatures; the noise of the gradient has variance 1 along both
export const START = 3;
export const STEPS = 300;

const rate = (name, t, settings) => SCHEDULES[name].rate(t, { ...SCHEDULES[name].hyper, ...settings });
// name: [words, the rate at step k of a body of n steps that begins at the peak]
export const BODIES = {
  constant: ["constant", (k, peak) => rate("constant", k, { peak })],
  linear: ["straight line", (k, peak, n) => rate("polynomial", k, { peak, steps: n })],
  cosine: ["cosine", (k, peak, n) => rate("cosine", k, { peak, steps: n })],
  exponential: ["exponential", (k, peak, n) => rate("exponential", k, { peak, factor: 0.01, every: n })],
  root: ["inverse square root", (k, peak) => rate("inverse_sqrt", k, { peak })],
  step: ["steps of a tenth", (k, peak, n) => rate("step", k, { peak, every: Math.ceil(n / 3), factor: 0.1 })],
  restarts: ["three cosines", (k, peak, n) => rate("sgdr", k, { peak, period: Math.ceil(n / 3) })],
};

export function ratesOf(warmup, body, tail, peak) {
  const n = STEPS - warmup - tail;
  const middle = (k) => BODIES[body][1](k, peak, n);
  return Float64Array.from({ length: STEPS }, (_, i) => {
    const t = i + 1;
    if (t <= warmup) return rate("linear_warmup", t, { peak, warmup });
    if (t <= warmup + n) return middle(t - warmup);
    return rate("polynomial", t - warmup - n, { peak: middle(n), steps: tail });
  });
}

const gapOf = (squares) => (H[0] * squares[0] + H[1] * squares[1]) / 2;

// the mean gap, by the recursion of the mean squares: one more than rates
export function expected(lrs) {
  let squares = H.map(() => START ** 2);
  const out = [gapOf(squares)];
  for (const lr of lrs) {
    squares = squares.map((s, j) => (1 - lr * H[j]) ** 2 * s + lr ** 2);
    out.push(gapOf(squares));
  }
  return Float64Array.from(out);
}

// the gap of one run, whose noise does not depend on the rates
export function noisyRun(lrs, seed) {
  const [next, { step }] = [uniform(seed), RULES.sgd];
  let e = H.map(() => START);
  const out = [gapOf(e.map((x) => x * x))];
  lrs.forEach((lr, i) => {
    const [size, angle] = [Math.sqrt(-2 * Math.log(1 - next())), 2 * Math.PI * next()];
    const xi = [size * Math.cos(angle), size * Math.sin(angle)];
    e = e.map((x, j) => step([x], H[j] * x + xi[j], i + 1, { lr })[0]);
    out.push(gapOf(e.map((x) => x * x)));
  });
  return Float64Array.from(out);
}
