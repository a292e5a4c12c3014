// Ten weights under a penalty, by coordinate descent.  The same numbers in optlib/widgets/lasso.py.

import { GRAM, MOMENTS } from "./diabetes.js";

// the prox of width |x| and of width x^2 / 2
export const PROX = {
  lasso: (x, width) => Math.sign(x) * Math.max(Math.abs(x) - width, 0),
  ridge: (x, width) => x / (1 + width),
};

// where weight j is lowest without penalty, the others held still
function lowest(theta, j) {
  return MOMENTS[j] + theta[j] - GRAM[j].reduce((sum, v, k) => sum + v * theta[k], 0);
}

// what the threshold is given for each weight
export const places = (theta) => theta.map((_, j) => lowest(theta, j));

// the weights at this lambda, from `start` until a sweep moves none by more than 1e-10
export function solve(penalty, weight, start = MOMENTS.map(() => 0)) {
  const theta = [...start];
  for (let sweep = 0, far = 1; far > 1e-10 && sweep < 10000; sweep++) {
    far = 0;
    for (let j = 0; j < theta.length; j++) {
      const moved = PROX[penalty](lowest(theta, j), weight);
      far = Math.max(far, Math.abs(moved - theta[j]));
      theta[j] = moved;
    }
  }
  return theta;
}

// the weights at each lambda, from large to small, each from the one before
export function path(penalty, weights) {
  let theta;
  return weights.map((weight) => (theta = solve(penalty, weight, theta)));
}
