// Paths of the generated rules on the generated landscapes.  Nothing here draws.

import { LANDSCAPES, RULES } from "../generated.js";

export const STEPS = 500;
export const FAR = 50; // beyond this a run has diverged
const SLIDER = { momentum: "momentum", beta1: "momentum", beta2: "beta2", rho: "beta2" };

// a landscape at this ratio of its eigenvalues, where it has one
export function placeOf(name, kappa) {
  const place = LANDSCAPES[name];
  const hyper = "kappa" in place.hyper ? { ...place.hyper, kappa } : place.hyper;
  return { ...place, name, hyper, f: (x, y) => place.f(x, y, hyper), grad: (x, y) => place.grad(x, y, hyper) };
}

// what the sliders set for a rule; the rest keeps its default
export function hyperOf(name, state, lr = state.lr[name]) {
  const hyper = { ...RULES[name].hyper, lr };
  for (const key in SLIDER) if (key in hyper) hyper[key] = state[SLIDER[key]];
  return hyper;
}

// path: x0 y0 x1 y1 ...; loss: one more than steps; end: the last step computed; diverged: the step at which it left,
// or 0
export function descend(name, place, start, hyper, steps = STEPS) {
  const rule = RULES[name];
  const path = new Float64Array(2 * steps + 2);
  const loss = new Float64Array(steps + 1);
  let x = [start[0], ...rule.start];
  let y = [start[1], ...rule.start];
  path.set(start);
  loss[0] = place.f(start[0], start[1]);
  for (let t = 1; t <= steps; t++) {
    const slope = place.grad(x[0], y[0]);
    x = rule.step(x, slope[0], t, hyper);
    y = rule.step(y, slope[1], t, hyper);
    path[2 * t] = x[0];
    path[2 * t + 1] = y[0];
    loss[t] = place.f(x[0], y[0]);
    if (!(Math.abs(x[0]) < FAR && Math.abs(y[0]) < FAR)) return { path, loss, end: t, diverged: t };
  }
  return { path, loss, end: steps, diverged: 0 };
}

// Compute what has changed: the place, rates that are open, and the path of each chosen rule.
export function walkAll(app) {
  const { state } = app;
  if (app.place?.name !== state.landscape || app.place.kappa !== state.kappa) {
    app.place = { ...placeOf(state.landscape, state.kappa), kappa: state.kappa };
  }
  // a link or the kernel may name rules that are not listed here, or leave a rate open
  state.chosen = app.listed.filter((rule) => state.chosen.includes(rule));
  if (app.single) state.chosen = state.chosen.length ? state.chosen.slice(0, 1) : app.listed.slice(0, 1);
  for (const rule of app.listed) state.lr[rule] ??= tune(rule, app.place, state);
  for (const rule of state.chosen) {
    const hyper = hyperOf(rule, state);
    const key = JSON.stringify([state.landscape, state.kappa, state.start, hyper]);
    if (app.runs[rule]?.key !== key) app.runs[rule] = { key, ...descend(rule, app.place, state.start, hyper) };
  }
}

// for tests: what is set, what is computed
export function handle(app) {
  const points = ({ path, end }) => Array.from({ length: end + 1 }, (_, t) => [path[2 * t], path[2 * t + 1]]);
  return {
    state: app.state,
    changed: app.changed,
    path: (rule) => points(app.runs[rule]),
    losses: (rule) => [...app.runs[rule].loss.subarray(0, app.runs[rule].end + 1)],
  };
}

// the rate of 41 whose path of 200 steps has the lowest mean log gap: speed and depth both count
export function tune(name, place, state) {
  let best = 0.01;
  let lowest = Infinity;
  for (let k = 0; k <= 40; k++) {
    const lr = 10 ** (-3.5 + 0.1 * k);
    const run = descend(name, place, state.start, hyperOf(name, state, lr), 200);
    if (run.diverged) continue;
    let cost = 0;
    for (const loss of run.loss) cost += Math.log(loss - place.lowest + 1e-6);
    if (cost < lowest) [lowest, best] = [cost, lr];
  }
  return Number(best.toPrecision(3));
}
