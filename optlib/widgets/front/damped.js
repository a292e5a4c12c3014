// The damped Newton step on a landscape, and the gradient step that it becomes; optlib/methods/newton.py and
// optlib/rules/euclid.py are the same in Python.

import { LANDSCAPES, RULES } from "../generated.js";

export const FAR = 50; // a path this far from 0 has left for good
const EPS = 2 ** -52;

export function placeOf(name) {
  const place = LANDSCAPES[name];
  return { ...place, name, f: (x, y) => place.f(x, y, place.hyper), grad: (x, y) => place.grad(x, y, place.hyper) };
}

// the second derivatives xx, xy, yy from four gradients each; right to eleven digits
export function hessian(grad, x, y) {
  const h = 1e-3;
  const along = (u, v) => {
    const [a, b, c, d] = [h, -h, 2 * h, -2 * h].map((s) => grad(x + s * u, y + s * v));
    return [0, 1].map((k) => (8 * (a[k] - b[k]) - c[k] + d[k]) / (12 * h));
  };
  const [[xx, xy], [yx, yy]] = [along(1, 0), along(0, 1)];
  return [xx, (xy + yx) / 2, yy];
}

// the smaller first
export function eigenvalues([a, b, c]) {
  const [middle, apart] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
  return [middle - apart, middle + apart];
}

// the p with (H + damping I) p = -g, or null where that matrix is singular
export function damped([a, b, c], [u, v], damping) {
  const H = [a + damping, b, c + damping];
  const sizes = eigenvalues(H).map(Math.abs);
  if (!(Math.min(...sizes) > 2 * EPS * Math.max(...sizes))) return null;
  const det = H[0] * H[2] - b * b;
  return [(b * v - H[2] * u) / det, (b * u - H[0] * v) / det];
}

// path: x0 y0 x1 y1 ..., as far as it goes; ended: "" or why it goes no further
function walked(place, [x, y], steps, move) {
  const path = [x, y];
  for (let t = 1; t <= steps; t++) {
    const g = place.grad(x, y);
    const p = g[0] || g[1] ? move(x, y, g, t) : [0, 0];
    if (!p) return { path, ended: "meets a singular matrix" };
    [x, y] = [x + p[0], y + p[1]];
    if (!(Math.abs(x) < FAR && Math.abs(y) < FAR)) return { path, ended: "diverges" };
    path.push(x, y);
  }
  return { path, ended: "" };
}

export function newton(place, start, damping, steps) {
  return walked(place, start, steps, (x, y, g) => damped(hessian(place.grad, x, y), g, damping));
}

// gradient descent at the rate 1 / damping, which the damped step becomes where damping is large
export function slow(place, start, damping, steps) {
  const { step } = RULES.sgd;
  const lr = 1 / damping;
  return walked(place, start, steps, (x, y, g, t) => [step([0], g[0], t, { lr })[0], step([0], g[1], t, { lr })[0]]);
}

// where the first step ends, for damping from very large down to 0, or to where the matrix stops being positive
export function fan(place, [x, y]) {
  const [H, g, ends] = [hessian(place.grad, x, y), place.grad(x, y), [x, y]];
  const least = Math.max(0, -eigenvalues(H)[0]);
  for (let s = 4; s >= -4; s -= 0.05) {
    const p = damped(H, g, least + 10 ** s);
    if (p) ends.push(x + p[0], y + p[1]);
  }
  return ends;
}

// what a step leaves of the error along an eigenvector of curvature h: damped Newton, gradient descent at 1 / damping
export function leaves(h, damping) {
  return { newton: damping / (h + damping), sgd: 1 - h / damping };
}
