// K-FAC on a small network: the damping, and how old the inverses may be.
// Python's side is optlib/widgets/kronecker.py.

import { COUNT, LOG, sliderRow } from "./controls.js";
import { train } from "./factored.js";
import { number } from "./numbers.js";
import { h } from "./page.js";
import { panel } from "./plots.js";
import { between, whole } from "./settings.js";
import { setter, widget } from "./stage.js";

const FIELDS = {
  damping: between(1e-6, 10),
  every: whole(1, 50),
  lr: between(0.01, 2),
  plain: between(0.01, 2),
  steps: whole(20, 200),
  at: whole(1, 200),
};
const KFAC = { light: "#3e7d5f", dark: "#a2e1cf" }; // as in optlib/plot/palette.py; a method has no place among the rules
const LABEL = "K-FAC: damping and the age of its inverses";
const HELP = "Point at a plot, or move the slider of the step, to read the numbers there.";
const TENS = { ...COUNT, step: 10 };

function build(app) {
  const tint = () => KFAC[app.look.dark ? "dark" : "light"];
  const losses = panel(app, "Loss, as a power of ten", 200, () => {
    const lines = [
      { values: app.data.sgd.map(Math.log10), color: app.color("sgd"), dash: [6, 3], label: "GD" },
      { values: app.data.kfac.map(Math.log10), color: tint(), label: "K-FAC" },
    ];
    const all = lines.flatMap((line) => line.values);
    const low = Math.floor(all.reduce((a, b) => Math.min(a, b), -1));
    const high = Math.ceil(all.reduce((a, b) => Math.max(a, b), 0.5));
    const every = Math.ceil((high - low) / 5);
    const ticks = Array.from({ length: high - low + 1 }, (_, k) => low + k).filter((k) => k % every === 0);
    return { low, high, ticks, lines };
  });
  const steps = panel(app, "Cosine of K-FAC's step with two others", 170, () => ({
    low: Math.min(-0.1, ...app.data.fresh, ...app.data.gradient),
    high: 1.1,
    ticks: [0, 0.5, 1],
    lines: [
      { values: app.data.gradient, color: app.look.ink.ink, dash: [2, 3], label: "gradient" },
      { values: app.data.fresh, color: tint(), label: "fresh" },
    ],
  }));
  return [[losses, steps], [controls(app), table(app)]];
}

function compute(app) {
  const { damping, every, lr, plain, steps } = app.state;
  app.state.at = Math.min(app.state.at, steps);
  const key = [damping, every, lr, plain, steps].join();
  if (app.data?.key !== key) app.data = { key, ...train({ damping, every, lr, plain, steps }) };
}

function controls(app) {
  const row = (key, options) => sliderRow({ get: () => app.state[key], set: setter(app, key), ...options });
  const rows = [
    row("damping", { label: "Damping γ", low: 1e-6, high: 10, scale: LOG }),
    row("every", { label: "Renewed every", low: 1, high: 50, scale: COUNT, text: String }),
    row("lr", { label: "Rate, K-FAC", low: 0.01, high: 2, scale: LOG }),
    row("plain", { label: "Rate, GD", spoken: "Rate, gradient descent", low: 0.01, high: 2, scale: LOG }),
    row("steps", { label: "Steps", low: 20, high: 200, scale: TENS, text: String }),
    row("at", { label: "Step t", low: 1, high: 200, scale: COUNT, text: String }),
  ];
  const update = () => {
    rows.at(-1).input.max = app.state.steps;
    for (const r of rows) r.update();
  };
  return { element: h("div", { class: "slides" }, ...rows.map((r) => r.element)), update };
}

function table(app) {
  const names = { sgd: "Loss, gradient descent", kfac: "Loss, K-FAC" };
  Object.assign(names, { gradient: "Cosine with the gradient", fresh: "Cosine with fresh factors" });
  const cells = {};
  const rows = Object.entries(names).map(([key, text]) => {
    cells[key] = h("td");
    return h("tr", {}, h("th", { scope: "row" }, text), cells[key]);
  });
  const when = h("p", { class: "title" });
  const update = () => {
    when.textContent = `After ${app.state.at} steps, ${asked(app.state)} inversions`;
    for (const key of Object.keys(names)) cells[key].textContent = number(app.data[key][app.state.at - 1], 2);
  };
  return { element: h("div", {}, when, h("table", { class: "numbers" }, h("tbody", {}, ...rows))), update };
}

const asked = ({ at, every }) => Math.ceil(at / every);

function tell({ state, data }) {
  const at = (key) => number(data[key][state.at - 1], 2);
  const set = `Damping ${number(state.damping)}, inverses renewed every ${state.every} steps`;
  const ends = `after ${state.at} steps the loss is ${at("kfac")} under K-FAC, ${at("sgd")} under gradient descent`;
  return `${set}: ${ends}. K-FAC's step has the cosine ${at("gradient")} with the gradient.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
