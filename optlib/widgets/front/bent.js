// The valley (x y - 1)^2 / 2, and the paths of gradient descent and of SAM on it; optlib/problems/valley.py and
// optlib/wrappers.py are the same in Python.

import { RULES } from "../generated.js";

export const FAR = 20; // a path this far from 0 has left for good

export const loss = (x, y) => (x * y - 1) ** 2 / 2;
export const slope = (x, y) => [(x * y - 1) * y, (x * y - 1) * x];

// the gradient `radius` uphill of (x, y)
export function uphill(x, y, radius) {
  const g = slope(x, y);
  const length = Math.hypot(...g);
  const scale = length === 0 ? 0 : radius / length;
  return slope(x + scale * g[0], y + scale * g[1]);
}

// x0 y0 x1 y1 ... of `steps` steps, the sharpness x^2 + y^2 after each, and the step at which the path left, or 0
export function walk([x, y], lr, radius, steps) {
  const { step } = RULES.sgd;
  const path = [x, y];
  const sharp = [];
  let left = 0;
  for (let t = 1; t <= steps; t++) {
    if (!left) {
      const [gx, gy] = uphill(x, y, radius);
      [[x], [y]] = [step([x], gx, t, { lr }), step([y], gy, t, { lr })];
      if (!(Math.abs(x) < FAR && Math.abs(y) < FAR)) left = t;
      else path.push(x, y);
    }
    sharp.push(left ? FAR ** 2 : x * x + y * y);
  }
  return { path, sharp, left };
}
