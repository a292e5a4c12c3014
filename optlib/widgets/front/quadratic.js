// What is known in closed form about the rules on a quadratic with eigenvalues 1 and kappa.

import { number } from "./numbers.js";

export function eigenvalues(kappa) {
  return [1, kappa];
}

// gradient descent multiplies the error along an eigenvector by this at each step
export function factor(eta, h) {
  return 1 - eta * h;
}

export function verdict(f) {
  if (Math.abs(f) > 1) return "alternates and grows";
  if (f === -1) return "alternates for ever";
  if (f === 0) return "gone in one step";
  return f < 0 ? "alternates and shrinks" : f === 1 ? "stays" : "shrinks";
}

// The largest |z| with z^2 - b z + c = 0: how much of the error is left after a step, in the long run.
// Heavy ball: b = 1 + mu - eta h, c = mu.  Nesterov: both times 1 - eta h, with b = 1 + mu.
export function radius(rule, eta, mu, h) {
  const q = 1 - eta * h;
  const b = rule === "nesterov" ? (1 + mu) * q : 1 + mu - eta * h;
  const c = rule === "nesterov" ? mu * q : mu;
  const inside = b * b - 4 * c;
  return inside < 0 ? Math.sqrt(c) : (Math.abs(b) + Math.sqrt(inside)) / 2;
}

// the slowest direction decides
export function spectralRadius(rule, eta, mu, kappa) {
  return Math.max(radius(rule, eta, mu, 1), radius(rule, eta, mu, kappa));
}

// the largest stable learning rate at this momentum, for largest eigenvalue L
export function edge(rule, mu, L) {
  return (2 * (1 + mu)) / L / (rule === "nesterov" ? 1 + 2 * mu : 1);
}

// The learning rate and momentum with the smallest factor.
// Heavy ball: Polyak (1964).  Nesterov: Lessard, Recht and Packard (2016), Table 1.
export function best(rule, kappa) {
  if (rule === "nesterov") {
    const root = Math.sqrt(3 * kappa + 1);
    return { eta: 4 / (3 * kappa + 1), mu: (root - 2) / (root + 2) };
  }
  const root = Math.sqrt(kappa);
  return { eta: 4 / (root + 1) ** 2, mu: ((root - 1) / (root + 1)) ** 2 };
}

export function pace(rho) {
  if (rho >= 1) return rho > 1 ? "the error grows" : "the error stays";
  return `one digit every ${number(Math.max(1, -1 / Math.log10(rho)), 2)} steps`;
}
