// The settings of a widget: read from the model, kept in step with it, written into a link.

import { LANDSCAPES, RULES } from "../generated.js";

// Each kind of setting knows its text in a link and reads it back, or undefined where it is not acceptable.
export const between = (low, high) => ({
  write: (v) => String(Number(v.toPrecision(6))),
  read: (s) => (s.trim() !== "" && Number(s) >= low && Number(s) <= high ? Number(s) : undefined),
});
export const whole = (low, high) => ({
  write: String,
  read: (s) => (/^\d+$/.test(s) && Number(s) >= low && Number(s) <= high ? Number(s) : undefined),
});
export const oneOf = (table) => ({ write: String, read: (s) => (Object.hasOwn(table, s) ? s : undefined) });
export const flag = { write: (v) => (v ? "yes" : "no"), read: (s) => ({ yes: true, no: false })[s] };
export const landscape = oneOf(LANDSCAPES);
export const names = {
  write: (list) => list.join(","),
  read: (s) => s.split(",").filter((name) => Object.hasOwn(RULES, name)),
};
export const point = {
  write: (xy) => xy.map((v) => Number(v.toPrecision(6))).join(","),
  read: (s) => {
    const xy = s.split(",").map(between(-100, 100).read);
    return xy.length === 2 && !xy.includes(undefined) ? xy : undefined;
  },
};
export const rates = {
  write: (lr) => Object.entries(lr).map(([name, v]) => `${name}:${Number(v.toPrecision(6))}`).join(","),
  read: (s) => {
    const pairs = s.split(",").map((part) => part.split(":"));
    const good = pairs.filter(([name, v]) => Object.hasOwn(RULES, name) && Number(v) > 0 && Number(v) < 100);
    return Object.fromEntries(good.map(([name, v]) => [name, Number(v)]));
  },
};

// what the widgets with a landscape and several rules let a reader choose
export const surface = {
  landscape,
  kappa: between(1, 100),
  chosen: names,
  lr: rates,
  momentum: between(0, 0.9999),
  beta2: between(0, 0.99999),
  start: point,
};

// #name&key=value&key=value, so that two widgets on a page do not answer to each other's links
export function encode(name, fields, state) {
  return `#${name}&` + Object.keys(fields).map((key) => `${key}=${fields[key].write(state[key])}`).join("&");
}

// the settings that a link has for this widget, or null where it is for another one
export function decode(hash, name, fields) {
  let text;
  try {
    text = decodeURIComponent(hash);
  } catch {
    return null; // not a link that any widget wrote
  }
  const [head, ...parts] = text.split("&");
  if (head !== `#${name}` || !parts.length) return null;
  const found = {};
  for (const part of parts) {
    const [key, written = ""] = part.split("=");
    const value = Object.hasOwn(fields, key) ? fields[key].read(written) : undefined;
    if (value !== undefined) found[key] = value;
  }
  return found;
}

const copy = (value) => JSON.parse(JSON.stringify(value));
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Keep `state` and the model in step.  `changed(key)` runs when the kernel has set something; push() tells the kernel.
export function follow(model, fields, state, changed) {
  const keys = Object.keys(fields);
  const hear = Object.fromEntries(
    keys.map((key) => [
      key,
      () => {
        if (equal(model.get(key), state[key])) return;
        state[key] = copy(model.get(key));
        changed(key);
      },
    ]),
  );
  for (const key of keys) {
    state[key] = copy(model.get(key));
    model.on(`change:${key}`, hear[key]);
  }
  return {
    push() {
      const moved = keys.filter((key) => !equal(model.get(key), state[key]));
      for (const key of moved) model.set(key, copy(state[key]));
      if (moved.length) model.save_changes();
    },
    stop: () => keys.forEach((key) => model.off(`change:${key}`, hear[key])),
  };
}
