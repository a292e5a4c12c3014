// The table of rules: legend, selector, learning rate and result in one.

import { LANDSCAPES, RULES } from "../generated.js";
import { FADE, LOG, button, choice, ruleHead, slider, sliderRow, tick } from "./controls.js";
import { gap, number } from "./numbers.js";
import { h } from "./page.js";
import { placeOf, tune } from "./run.js";

const RATES = [1e-4, 5];

export function rulesPanel(app) {
  const { state, listed } = app;
  const rows = listed.map((name) => row(app, name));
  const several = listed.length > 1;
  const heading = (text, k) => h("th", { scope: "col", colspan: k === 1 && 2 }, text);
  const head = ["Rule", "Learning rate", "Gap"].map(heading);
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows.map((r) => r.element)));

  const titles = Object.fromEntries(Object.entries(LANDSCAPES).map(([name, place]) => [name, place.title]));
  const land = choice("Landscape", titles, () => state.landscape, (name) => {
    state.landscape = name;
    state.start = [...LANDSCAPES[name].start];
    tuneAll(app);
  });
  const all = button(several ? "Tune all" : "Tune", () => tuneAll(app));
  const top = h("div", { class: "bar" }, land.element, all);
  return {
    element: h("div", { class: "column" }, top, table),
    update: () => [land, ...rows].forEach((part) => part.update()),
  };
}

function row(app, name) {
  const { state, listed } = app;
  const label = RULES[name].label;
  const order = (list) => listed.filter((other) => list.includes(other));
  const toggle = (on) => {
    state.chosen = order(on ? [...state.chosen, name] : state.chosen.filter((other) => other !== name));
    app.changed();
  };
  const head = ruleHead(name, listed.length > 1, toggle);
  const rate = slider({
    label: `Learning rate of ${label}`,
    low: RATES[0],
    high: RATES[1],
    scale: LOG,
    get: () => state.lr[name],
    set: (v) => {
      state.lr[name] = v;
      // who moves a rate wants to see what it does
      if (!state.chosen.includes(name)) state.chosen = order([...state.chosen, name]);
      app.changed();
    },
  });
  const result = h("td");
  const element = h("tr", {}, head.element, h("td", {}, rate.input), h("td", {}, rate.output), result);
  const update = () => {
    const on = state.chosen.includes(name);
    if (head.box) head.box.checked = on;
    element.toggleAttribute("data-off", !on);
    element.style.setProperty("--own", app.color(name));
    rate.update();
    result.textContent = on ? outcome(app, name) : "";
  };
  return { element, update };
}

// how far above the lowest value a path is, or when it left
export function outcome(app, name) {
  const run = app.runs[name];
  if (run.diverged && app.state.step >= run.diverged) return `✕ step ${run.diverged}`;
  return gap(run.loss[Math.min(app.state.step, run.end)] - app.place.lowest);
}

// where the paths of the chosen rules are, in words
export function sentence(app) {
  const { state } = app;
  if (!state.chosen.length) return "No rule is selected.";
  const each = state.chosen.map((rule) => {
    const { diverged } = app.runs[rule];
    const label = RULES[rule].label;
    if (diverged && state.step >= diverged) return `${label} diverged at step ${diverged}`;
    return `${label} is ${outcome(app, rule).replace("<", "less than")} above the lowest value`;
  });
  const start = state.start.map((v) => number(v)).join(", ");
  return `${app.place.title}, ${state.step} steps from (${start}): ${each.join("; ")}.`;
}

function tuneAll(app) {
  const place = placeOf(app.state.landscape, app.state.kappa);
  for (const name of app.listed) app.state.lr[name] = tune(name, place, app.state);
  app.changed();
}

// The sliders that rules share, those that a listed rule takes; the ratio of the eigenvalues where there is one; and
// before them the rows of `lead`.
export function sharedPanel(app, takes, lead = []) {
  const { state } = app;
  const set = (key) => (v) => {
    state[key] = v;
    app.changed();
  };
  const average = (key, label, high) =>
    sliderRow({ label, low: 0, high, scale: FADE, get: () => state[key], set: set(key), text: fading });
  const kappa = sliderRow({
    label: "Ratio κ",
    spoken: "Ratio of the eigenvalues, kappa",
    low: 1,
    high: 100,
    scale: LOG,
    get: () => state.kappa,
    set: set("kappa"),
  });
  const rows = [kappa];
  if (takes.has("momentum") || takes.has("beta1")) {
    rows.push(average("momentum", takes.has("beta1") ? "Momentum μ, β₁" : "Momentum μ", 0.99));
  }
  if (takes.has("beta2") || takes.has("rho")) {
    rows.push(average("beta2", takes.has("rho") ? "Decay β₂, ρ" : "Decay β₂", 0.9999));
  }
  const element = h("div", { class: "slides" }, ...[...lead, ...rows].map((r) => r.element));
  const update = () => {
    kappa.element.hidden = !("kappa" in app.place.hyper);
    for (const r of [...lead, ...rows]) r.update();
    element.hidden = rows.length + lead.length === 1 && kappa.element.hidden;
  };
  return { element, update };
}

export function fading(v) {
  return v === 0 ? "0" : v > 0.9985 ? v.toFixed(4) : v > 0.985 ? v.toFixed(3) : v.toFixed(2);
}

// The one rate of the questions about quadratics, with the edge of stability marked under it: two rows.
export function rateRows(app, edgeOf, edgeWord) {
  const { state } = app;
  const [low, high] = [1e-3, 4];
  const rate = sliderRow({
    label: "Learning rate η",
    low,
    high,
    scale: LOG,
    get: () => state.lr[state.chosen[0]],
    set: (v) => {
      for (const name of app.listed) state.lr[name] = v;
      app.changed();
    },
  });
  const update = () => {
    rate.input.style.setProperty("--own", app.color(state.chosen[0]));
    rate.update();
  };
  return [{ element: rate.element, update }, tick(LOG, low, high, edgeOf, edgeWord)];
}
