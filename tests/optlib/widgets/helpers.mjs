// Questions that need more than one call.

import { segments } from "../../../optlib/widgets/front/contour.js";
import * as damping from "../../../optlib/widgets/front/damped.js";
import { descend, hyperOf, placeOf, tune } from "../../../optlib/widgets/front/run.js";
import * as settings from "../../../optlib/widgets/front/settings.js";

const FIELDS = {
  kappa: settings.between(1, 100),
  landscape: settings.landscape,
  chosen: settings.names,
  lr: settings.rates,
  start: settings.point,
  step: settings.whole(0, 500),
  uncorrected: settings.flag,
};

// the path of a rule, and its losses
export function path(rule, landscape, state, steps) {
  const place = placeOf(landscape, state.kappa);
  return descend(rule, place, state.start, hyperOf(rule, state), steps);
}

export function best(rule, landscape, state) {
  return tune(rule, placeOf(landscape, state.kappa), state);
}

// a function of damped.js on a landscape
export function damped(name, landscape, ...rest) {
  const place = damping.placeOf(landscape);
  return damping[name](name === "hessian" ? place.grad : place, ...rest);
}

export const encode = (name, state) => settings.encode(name, FIELDS, state);
export const decode = (hash, name) => settings.decode(hash, name, FIELDS);

// the level curves of x**2 + y**2 on a grid of n by n over [-1, 1]
export function circles(n, levels) {
  const at = (k) => (2 * k) / n - 1;
  const z = [];
  for (let j = 0; j <= n; j++) for (let i = 0; i <= n; i++) z.push(at(i) ** 2 + at(j) ** 2);
  return segments(z, n, n, levels).map((list) => list.map(at));
}

// how often a model is told, and what a state becomes, when kernel and reader both set things
export function conversation() {
  const held = { kappa: 10, start: [1, 2] };
  const heard = {};
  const told = [];
  const model = {
    get: (key) => held[key],
    set: (key, value) => {
      told.push(key);
      held[key] = value;
      heard[`change:${key}`]?.();
    },
    on: (event, listen) => (heard[event] = listen),
    off: (event) => delete heard[event],
    save_changes: () => told.push("saved"),
  };
  const [state, changes] = [{}, []];
  const sync = settings.follow(model, { kappa: 0, start: 0 }, state, (key) => changes.push(key));
  sync.push(); // nothing has changed: nothing is told
  held.kappa = 20;
  heard["change:kappa"](); // the kernel speaks
  state.start[0] = 5; // the reader speaks
  const before = held.start[0];
  sync.push();
  sync.stop();
  return { state, held, changes, told, before, left: Object.keys(heard) };
}
