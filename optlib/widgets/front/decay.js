// Two weights whose gradients are noise, under Adam with an L2 penalty and under AdamW.
// Python's side is optlib/widgets/decay.py.

import { COUNT, LOG, PLAIN, button, sliderRow } from "./controls.js";
import { number } from "./numbers.js";
import { h } from "./page.js";
import { panel } from "./plots.js";
import { between, whole } from "./settings.js";
import { setter, widget } from "./stage.js";
import { RULES } from "../generated.js";
import { normals, shrink } from "./weights.js";

const FIELDS = {
  lr: between(0.0001, 0.01),
  decay: between(0, 1),
  loud: between(0.001, 100),
  quiet: between(0.001, 100),
  steps: whole(50, 4000),
  at: whole(1, 4000),
  seed: whole(1, 999999),
};
const NAMES = { adam_l2: "Adam, L2", adamw: "AdamW" };
const LABEL = "Two weights, a penalty and a decay";
const HELP = "Point at a plot, or move the slider of the step, to read the numbers there.";
const TENS = { ...COUNT, step: 10 };

function build(app) {
  const plots = ["loud", "quiet"].map((which, k) => weightPlot(app, which, `The ${which} weight`));
  return [plots, [controls(app), table(app)]];
}

function compute(app) {
  const { lr, decay, loud, quiet, steps, seed } = app.state;
  app.state.at = Math.min(app.state.at, steps);
  const key = [lr, decay, loud, quiet, steps, seed].join();
  if (app.data?.key === key) return;
  app.data = { key };
  for (const [which, sigma, own] of [["loud", loud, seed], ["quiet", quiet, seed + 1000000]]) {
    const xi = normals(own, steps);
    app.data[which] = {};
    for (const name of Object.keys(NAMES)) app.data[which][name] = shrink(name, xi, { sigma, lr, decay });
  }
}

function weightPlot(app, which, title) {
  return panel(app, title, 170, () => {
    const lines = Object.entries(NAMES).map(([name, label]) => (
      { values: app.data[which][name], color: app.color(name), dash: name === "adamw" ? [] : [6, 3], label }));
    const all = lines.flatMap((line) => line.values);
    const high = all.reduce((a, b) => Math.max(a, b), 1.1);
    const low = all.reduce((a, b) => Math.min(a, b), -0.1);
    return { low, high, ticks: [0, 0.5, 1], lines };
  });
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const rows = [
    row("decay", { label: "Decay λ", low: 0, high: 1, scale: PLAIN }),
    row("lr", { label: "Rate η", low: 0.0001, high: 0.01, scale: LOG }),
    row("loud", { label: "Noise, loud", low: 0.001, high: 100, scale: LOG }),
    row("quiet", { label: "Noise, quiet", low: 0.001, high: 100, scale: LOG }),
    row("steps", { label: "Steps", low: 50, high: 4000, scale: TENS, text: String }),
    row("at", { label: "Step t", low: 1, high: 4000, scale: COUNT, text: String }),
  ];
  const anew = button("New noise", () => setter(app, "seed")((state.seed % 999) + 1));
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  const update = () => {
    rows.at(-1).input.max = state.steps;
    for (const r of rows) r.update();
  };
  return { element: h("div", { class: "column" }, slides, h("div", { class: "bar" }, anew)), update };
}

function table(app) {
  const cells = {};
  const rows = Object.keys(NAMES).map((name) => {
    cells[name] = [h("td"), h("td")];
    return h("tr", {}, h("th", { scope: "row" }, RULES[name].label), ...cells[name]);
  });
  const when = h("p", { class: "title" });
  const head = ["Rule", "Loud", "Quiet"].map((text) => h("th", { scope: "col" }, text));
  const body = h("table", { class: "numbers" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  const update = () => {
    const { at } = app.state;
    when.textContent = `Weights after ${at} steps`;
    for (const name of Object.keys(NAMES)) {
      ["loud", "quiet"].forEach((which, k) => (cells[name][k].textContent = number(app.data[which][name][at - 1], 2)));
    }
  };
  return { element: h("div", {}, when, body), update };
}

function tell({ state, data }) {
  const at = (which, name) => number(data[which][name][state.at - 1], 2);
  const each = (name) => `${at("loud", name)} and ${at("quiet", name)}`;
  const where = `Decay ${number(state.decay)}, rate ${number(state.lr)}, after ${state.at} steps from 1`;
  return `${where}: loud and quiet weight are ${each("adam_l2")} under Adam with L2, ${each("adamw")} under AdamW.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
