// K-FAC and gradient descent on three arms of a spiral: a network of 2 inputs, 8 tanh units and 3 classes, all 60 points
// in each step.  The same numbers in optlib/widgets/kronecker.py.

import { uniform } from "./signals.js";

const SIZES = [2, 8, 3];
const TOP = 1000; // a loss above this, or none, counts as this

// [inputs with a 1, class], 60 of them; the first input is stretched and moved
export function examples() {
  const next = uniform(3);
  return Array.from({ length: 60 }, (_, k) => {
    const r = 0.2 + (0.8 * Math.floor(k / 3)) / 19;
    const angle = (2 * Math.PI * (k % 3)) / 3 + 2 * r + 0.4 * (next() - 0.5);
    return [[4 * r * Math.cos(angle) + 2, r * Math.sin(angle), 1], k % 3];
  });
}

// a matrix for each layer, the biases (zero) as its last row
export function start() {
  const next = uniform(5);
  return [0, 1].map((k) => {
    const reach = 2 * Math.sqrt(6 / (SIZES[k] + SIZES[k + 1]));
    const row = () => Array.from({ length: SIZES[k + 1] }, () => reach * (next() - 0.5));
    return [...Array.from({ length: SIZES[k] }, row), Array(SIZES[k + 1]).fill(0)];
  });
}

const zeros = (n, m) => Array.from({ length: n }, () => Array(m).fill(0));
const times = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0)));
const trace = (A) => A.reduce((sum, row, i) => sum + row[i], 0);
const flat = (layers) => layers.flat(2);
const moved = (theta, u, lr) => theta.map((W, k) => W.map((row, i) => row.map((w, j) => w - lr * u[k][i][j])));

function addOuter(A, x, y, weight) {
  for (let i = 0; i < x.length; i++) for (let j = 0; j < y.length; j++) A[i][j] += weight * x[i] * y[j];
}

function shifted(A, by) {
  return A.map((row, i) => row.map((a, j) => (i === j ? a + by : a)));
}

// of a symmetric matrix with positive eigenvalues, by elimination
function inverse(A) {
  const n = A.length;
  const rows = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const own = rows[i].map((v) => v / rows[i][i]);
    for (let k = 0; k < n; k++) rows[k] = k === i ? own : rows[k].map((v, j) => v - rows[k][i] * own[j]);
  }
  return rows.map((row) => row.slice(n));
}

// loss, gradient and the factors [A, S] of each layer
export function look(theta, data = examples()) {
  const share = 1 / data.length;
  const g = theta.map((W) => zeros(W.length, W[0].length));
  const factors = theta.map((W) => [zeros(W.length, W.length), zeros(W[0].length, W[0].length)]);
  let loss = 0;
  for (const [x, label] of data) {
    const hidden = times([x], theta[0])[0].map(Math.tanh);
    const logits = times([[...hidden, 1]], theta[1])[0];
    const most = Math.max(...logits);
    const sizes = logits.map((z) => Math.exp(z - most));
    const sum = sizes.reduce((a, b) => a + b);
    const p = sizes.map((s) => s / sum);
    loss -= share * (logits[label] - most - Math.log(sum));
    const back = (d) => hidden.map((a, i) => (1 - a * a) * d.reduce((s, v, j) => s + v * theta[1][i][j], 0));
    const last = p.map((v, j) => v - (j === label));
    addOuter(g[1], [...hidden, 1], last, share);
    addOuter(g[0], x, back(last), share);
    addOuter(factors[1][0], [...hidden, 1], [...hidden, 1], share);
    addOuter(factors[0][0], x, x, share);
    for (let c = 0; c < p.length; c++) {
      const drawn = p.map((v, j) => v - (j === c));
      addOuter(factors[1][1], drawn, drawn, share * p[c]);
      addOuter(factors[0][1], back(drawn), back(drawn), share * p[c]);
    }
  }
  return { loss, g, factors };
}

// the inverses of each layer's factors, damped so that their product stays a product
export function damp(factors, damping) {
  return factors.map(([A, S]) => {
    const q = Math.sqrt(((trace(A) / A.length) * S.length) / trace(S));
    return [inverse(shifted(A, q * Math.sqrt(damping))), inverse(shifted(S, Math.sqrt(damping) / q))];
  });
}

export function direction(g, inverses) {
  return g.map((G, k) => times(times(inverses[k][0], G), inverses[k][1]));
}

export function cosine(u, v) {
  const [a, b] = [flat(u), flat(v)];
  const dot = (x, y) => x.reduce((sum, w, i) => sum + w * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const held = (loss) => (loss < TOP ? loss : TOP);

// losses after each step of both, and the cosines of K-FAC's step with the gradient and with that of fresh factors;
// what has left all bounds stays there
export function train({ damping, every, lr, plain, steps }) {
  const data = examples();
  const out = { kfac: [], sgd: [], gradient: [], fresh: [] };
  let [theta, other, kept] = [start(), start(), null];
  let [seen, there] = [look(theta, data), look(other, data)];
  for (let t = 1; t <= steps; t++) {
    if (seen.loss < TOP) {
      const now = damp(seen.factors, damping);
      if ((t - 1) % every === 0) kept = now;
      const u = direction(seen.g, kept);
      out.gradient.push(cosine(u, seen.g));
      out.fresh.push(cosine(u, direction(seen.g, now)));
      theta = moved(theta, u, lr);
      seen = look(theta, data);
    } else {
      out.gradient.push(out.gradient.at(-1));
      out.fresh.push(out.fresh.at(-1));
    }
    if (there.loss < TOP) there = look((other = moved(other, there.g, plain)), data);
    out.kfac.push(held(seen.loss));
    out.sgd.push(held(there.loss));
  }
  return out;
}
