// Examples with a bowl each, batches of them, and the path that SGD takes.  Python's side is optlib/widgets/noise.py.

import { RULES } from "../generated.js";
import { uniform } from "./signals.js";

export const H = [1, 4]; // curvatures along x and y, the same in every bowl
export const EXAMPLES = 64;
export const LONGEST = 400;

// the lowest points of the bowls, x0 y0 x1 y1 ...; their mean is 0, the minimum of the mean of all bowls
export function centers() {
  const next = uniform(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const out = new Float64Array(2 * EXAMPLES);
  for (let k = 0; k < EXAMPLES; k++) {
    const [u, v] = [normal(), normal()];
    out[2 * k] = 0.8 * u;
    out[2 * k + 1] = 0.35 * u + 0.45 * v;
  }
  const mean = [0, 1].map((j) => out.reduce((sum, v, k) => sum + (k % 2 === j ? v : 0), 0) / EXAMPLES);
  return out.map((v, k) => v - mean[k % 2]);
}

export const bowl = (x, y) => (H[0] * x * x + H[1] * y * y) / 2;

// path: x0 y0 x1 y1 ...; loss: one more than steps
export function batchPath(start, lr, batch, seed) {
  const [next, dots, { step }] = [uniform(seed), centers(), RULES.sgd];
  const path = new Float64Array(2 * LONGEST + 2);
  const loss = new Float64Array(LONGEST + 1);
  let point = start;
  path.set(start);
  loss[0] = bowl(...start);
  for (let t = 1; t <= LONGEST; t++) {
    const mean = [0, 0];
    for (let k = 0; k < batch; k++) {
      const i = Math.floor(EXAMPLES * next());
      mean[0] += dots[2 * i] / batch;
      mean[1] += dots[2 * i + 1] / batch;
    }
    point = point.map((x, j) => step([x], H[j] * (x - mean[j]), t, { lr })[0]);
    path.set(point, 2 * t);
    loss[t] = bowl(...point);
  }
  return { path, loss, end: LONGEST, diverged: 0 };
}

// In the long run: the covariance of the error [xx, xy, yy], and the mean gap.  Finite while lr * 4 < 2.
export function longRun(lr, batch) {
  const dots = centers();
  const mean = (i, j) => {
    let sum = 0;
    for (let k = 0; k < EXAMPLES; k++) sum += dots[2 * k + i] * dots[2 * k + j];
    return sum / EXAMPLES;
  };
  const part = (i, j) => (lr * H[i] * H[j] * mean(i, j)) / (batch * (H[i] + H[j] - lr * H[i] * H[j]));
  const cov = [part(0, 0), part(0, 1), part(1, 1)];
  return { cov, floor: (H[0] * cov[0] + H[1] * cov[2]) / 2 };
}
