// The stream of gradients, its averages, and the steps made of them.  Python's side is optlib/widgets/stream.py.

import { RULES } from "../generated.js";
import { COUNT, FADE, LOG, PLAIN, button, choice, ruleHead, sliderRow } from "./controls.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";
import { averagesPlot, stepsPlot } from "./plots.js";
import { fading } from "./rules.js";
import { between, flag, names, oneOf, whole } from "./settings.js";
import { KINDS, series, signal } from "./signals.js";
import { setter, widget } from "./stage.js";

const FIELDS = {
  kind: oneOf(KINDS),
  noise: between(0, 3),
  beta1: between(0, 0.9999),
  beta2: between(0, 0.99999),
  chosen: names,
  uncorrected: flag,
  steps: whole(20, 2000),
  at: whole(1, 2000),
  seed: whole(1, 999999),
};
const WHOLE_LOG = { ...LOG, from: (s) => Math.round(10 ** s) };
const LABEL = "A stream of gradients and the steps made of it";
const HELP = "Point at a plot, or move the slider under it, to read the numbers of a step.";

function build(app) {
  return [
    [averagesPlot(app), stepsPlot(app), cursor(app)],
    [controls(app), table(app)],
  ];
}

// Every series of the stream, computed again when something that it depends on has changed.
function compute(app) {
  const { state, listed } = app;
  state.chosen = listed.filter((rule) => state.chosen.includes(rule));
  state.at = clamp(state.at, 1, state.steps);
  const key = JSON.stringify([state.kind, state.noise, state.beta1, state.beta2, state.steps, state.seed]);
  if (app.data?.key === key) return;
  const g = signal(state.kind, state.noise, state.steps, state.seed);
  app.data = { key, g, ...series(listed, g, state.beta1, state.beta2) };
}

function cursor(app) {
  const { state } = app;
  const row = sliderRow({
    label: "Step t",
    low: 1,
    high: 2000,
    scale: COUNT,
    get: () => state.at,
    set: setter(app, "at"),
    text: String,
  });
  const update = () => {
    row.input.max = state.steps;
    row.update();
  };
  return { element: h("div", { class: "slides" }, row.element), update };
}

function controls(app) {
  const { state } = app;
  const kind = choice("Stream", KINDS, () => state.kind, setter(app, "kind"));
  const noise = button("New noise", () => setter(app, "seed")((state.seed % 999) + 1));
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const rows = [
    row("beta1", { label: "Momentum β₁", low: 0, high: 0.99, scale: FADE, text: fading }),
    row("beta2", { label: "Decay β₂, ρ", low: 0, high: 0.9999, scale: FADE, text: fading }),
    row("noise", { label: "Noise", low: 0, high: 3, scale: PLAIN }),
    row("steps", { label: "Steps", low: 20, high: 2000, scale: WHOLE_LOG, text: String }),
  ];
  const top = h("div", { class: "bar" }, kind.element, noise);
  const element = h("div", { class: "column" }, top, h("div", { class: "slides" }, ...rows.map((r) => r.element)));
  return { element, update: () => [kind, ...rows].forEach((part) => part.update()) };
}

// The numbers of one step: the averages, then what each rule makes of them.
function table(app) {
  const { state } = app;
  const facts = [
    ["g", () => app.data.g],
    ["m", () => app.data.m],
    ["√v", () => app.data.root],
    ["m̂", () => app.data.mHat],
    ["√v̂", () => app.data.rootHat],
  ].map(([name, values]) => ({ name, values, cell: h("td") }));
  const rows = [...app.listed.map((rule) => ruleRow(app, rule)), uncorrectedRow(app)];
  const head = h("tr", {}, h("th", { scope: "col" }, "Rule"), h("th", { scope: "col" }, "Step over η"));
  const numbers = h("table", { class: "numbers" },
    h("thead", {}, h("tr", {}, ...facts.map((f) => h("th", { scope: "col" }, f.name)))),
    h("tbody", {}, h("tr", {}, ...facts.map((f) => f.cell))));
  const when = h("p", { class: "title" });
  const rules = h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows.map((r) => r.element)));
  const update = () => {
    when.textContent = `At step ${state.at}`;
    for (const f of facts) f.cell.textContent = number(f.values()[state.at - 1], 3);
    for (const r of rows) r.update();
  };
  return { element: h("div", { class: "column" }, h("div", {}, when, numbers), rules), update };
}

function ruleRow(app, rule) {
  const { state, listed } = app;
  const toggle = (on) => {
    state.chosen = listed.filter((other) => (other === rule ? on : state.chosen.includes(other)));
    app.changed();
  };
  const head = ruleHead(rule, true, toggle);
  const value = h("td");
  const element = h("tr", {}, head.element, value);
  const update = () => {
    head.box.checked = state.chosen.includes(rule);
    element.toggleAttribute("data-off", !head.box.checked);
    element.style.setProperty("--own", app.color(rule));
    value.textContent = number(app.data.steps[rule][state.at - 1], 3);
  };
  return { element, update };
}

function uncorrectedRow(app) {
  const box = h("input", { type: "checkbox", onchange: () => setter(app, "uncorrected")(box.checked) });
  const sample = h("span", { class: "dashes", "aria-hidden": "true" });
  const label = h("label", { class: "rule" }, box, sample, "Adam without correction");
  const value = h("td");
  const element = h("tr", {}, h("th", { scope: "row" }, label), value);
  const update = () => {
    box.checked = app.state.uncorrected;
    element.toggleAttribute("data-off", !box.checked);
    element.style.setProperty("--own", app.look.ink.ink);
    value.textContent = number(app.data.raw[app.state.at - 1], 3);
  };
  return { element, update };
}

function tell({ state, data }) {
  const at = (values) => number(values[state.at - 1], 3);
  const each = state.chosen.map((rule) => `${RULES[rule].label} ${at(data.steps[rule])}`);
  if (state.uncorrected) each.push(`Adam without correction ${at(data.raw)}`);
  const steps = each.length ? ` Steps over the learning rate: ${each.join(", ")}.` : "";
  const where = `${KINDS[state.kind]}, step ${state.at} of ${state.steps}`;
  return `${where}: g is ${at(data.g)}, m ${at(data.m)}, root of v ${at(data.root)}.${steps}`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
