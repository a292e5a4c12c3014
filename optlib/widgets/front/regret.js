// Losses that are lines, steep once a period: where Adam, AMSGrad and SGD stand, and what that has cost.
// Python's side is optlib/widgets/regret.py.

import { RULES } from "../generated.js";
import { FONT, fit, halo } from "./canvas.js";
import { FADE, LOG, PLAIN, ruleHead, sliderRow } from "./controls.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";
import { average, climb, walk } from "./lines.js";
import { fading } from "./rules.js";
import { between, names, oneOf, whole } from "./settings.js";
import { setter, widget } from "./stage.js";

const LENGTHS = { 300: "300", 3000: "3,000", 30000: "30,000" };
const FIELDS = {
  scale: between(2, 10),
  beta1: between(0, 0.99),
  beta2: between(0, 0.9999),
  lr: between(0.01, 1),
  chosen: names,
  steps: { ...oneOf(LENGTHS), read: (s) => (Object.hasOwn(LENGTHS, s) ? Number(s) : undefined) },
  at: whole(1, 30000),
};
const LABEL = "Adam on lines that are steep once in three steps";
const HELP = "Move C and β₂; point at a plot, or move the slider of the step, to read its numbers.";
const FRAME = { left: 40, right: 84, top: 10, bottom: 22 };
const TIME = { to: Math.log10, from: (s) => Math.round(10 ** s), step: 0.001 };

function build(app) {
  compute(app);
  const where = plot(app, "Where it stands; the best place is −1", [-1, 1], (run) => run.path);
  const cost = plot(app, "Average regret; 0 is best", [-0.05, 1], (run) => run.regret);
  return [[where, cost], [controls(app), table(app)]];
}

function compute(app) {
  const { state, listed } = app;
  state.chosen = listed.filter((rule) => state.chosen.includes(rule));
  state.at = clamp(state.at, 1, state.steps);
  const { scale, beta1, beta2, lr, steps } = state;
  const key = [scale, beta1, beta2, lr, steps].join();
  if (app.data?.key === key) return;
  app.data = { key, climb: climb(scale, beta2) };
  for (const rule of listed) {
    const path = walk(rule, scale, { beta1, beta2 }, lr, steps);
    app.data[rule] = { path, regret: average(path, scale) };
  }
}

// values over the steps on a logarithmic axis, from step 1
function plot(app, title, [low, high], pick) {
  const canvas = h("canvas", { role: "img", class: "read" });
  const element = h("div", {}, h("p", { class: "title" }, title), canvas);
  const height = 180;
  const reach = () => Math.log(app.state.steps);
  const point = (event) => {
    if (event.type === "pointermove" && !event.buttons && event.pointerType !== "mouse") return;
    const box = canvas.getBoundingClientRect();
    const part = (event.clientX - box.left - FRAME.left) / (box.width - FRAME.left - FRAME.right);
    setter(app, "at")(clamp(Math.round(Math.exp(part * reach())), 1, app.state.steps));
  };
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", point);
  const update = () => {
    const width = Math.round(element.clientWidth);
    if (!width) return;
    const c = fit(canvas, width, height);
    canvas.style.height = `${height}px`;
    const { ink } = app.look;
    const X = (t) => FRAME.left + ((width - FRAME.left - FRAME.right) * Math.log(t)) / reach();
    const Y = (v) => FRAME.top + ((height - FRAME.top - FRAME.bottom) * (high - clamp(v, low, high))) / (high - low);
    const line = (x0, y0, x1, y1, color) => {
      c.strokeStyle = color;
      c.lineWidth = 1;
      c.beginPath();
      c.moveTo(x0, y0);
      c.lineTo(x1, y1);
      c.stroke();
    };
    c.font = `13px ${FONT}`;
    c.textBaseline = "middle";
    c.textAlign = "right";
    c.fillStyle = ink.muted;
    for (const v of low < -0.5 ? [-1, 0, 1] : [0, 0.5, 1]) {
      line(FRAME.left, Y(v), width - FRAME.right, Y(v), v === 0 ? ink.rule : ink.grid);
      c.fillText(number(v), FRAME.left - 6, Y(v));
    }
    c.fillText(`step ${LENGTHS[app.state.steps]}`, width - FRAME.right, height - 8);
    c.textAlign = "left";
    c.fillText("1", FRAME.left, height - 8);
    line(X(app.state.at), FRAME.top, X(app.state.at), height - FRAME.bottom, ink.muted);
    const ends = [];
    for (const rule of app.state.chosen) {
      const values = pick(app.data[rule]);
      c.strokeStyle = app.color(rule);
      c.lineWidth = 2;
      c.beginPath();
      // a point a pixel is enough
      for (let t = 1; t <= app.state.steps; t = Math.max(t + 1, Math.floor(t * 1.004))) c.lineTo(X(t), Y(values[t]));
      c.stroke();
      ends.push({ rule, y: Y(values[app.state.steps]) });
    }
    ends.sort((a, b) => a.y - b.y);
    for (let k = 1; k < ends.length; k++) ends[k].y = Math.max(ends[k].y, ends[k - 1].y + 16);
    for (let k = ends.length - 1, floor = height - FRAME.bottom; k >= 0; k--, floor -= 16) ends[k].y = Math.min(ends[k].y, floor);
    c.font = `500 14px ${FONT}`;
    for (const { rule, y } of ends) halo(c, RULES[rule].label, width - FRAME.right + 6, y, app.color(rule), ink.paper);
  };
  return { element, update, describe: (words) => canvas.setAttribute("aria-label", `${title}. ${words}`) };
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const length = h("select", { "aria-label": "Steps", onchange: () => setter(app, "steps")(Number(length.value)) });
  for (const [value, text] of Object.entries(LENGTHS)) length.append(h("option", { value }, `${text} steps`));
  const at = row("at", { label: "Step t", low: 1, high: 30000, scale: TIME, text: String });
  const rows = [
    row("scale", { label: "Slope C", low: 2, high: 10, scale: { ...PLAIN, from: (s) => Number(s.toFixed(2)) } }),
    row("beta2", { label: "Decay β₂", low: 0, high: 0.9999, scale: FADE, text: fading }),
    row("beta1", { label: "Momentum β₁", low: 0, high: 0.99, scale: FADE, text: fading }),
    row("lr", { label: "Rate η", low: 0.01, high: 1, scale: LOG }),
    at,
  ];
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  const element = h("div", { class: "column" }, h("div", { class: "bar" }, length), slides);
  const update = () => {
    length.value = String(state.steps);
    at.input.max = Math.log10(state.steps);
    for (const r of rows) r.update();
  };
  return { element, update };
}

function table(app) {
  const { state, listed } = app;
  const rows = listed.map((rule) => {
    const toggle = (on) => {
      state.chosen = listed.filter((other) => (other === rule ? on : state.chosen.includes(other)));
      app.changed();
    };
    const head = ruleHead(rule, true, toggle);
    const cells = [h("td"), h("td")];
    const element = h("tr", {}, head.element, ...cells);
    const update = () => {
      const { path, regret } = app.data[rule];
      head.box.checked = state.chosen.includes(rule);
      element.toggleAttribute("data-off", !head.box.checked);
      element.style.setProperty("--own", app.color(rule));
      cells[0].textContent = path[state.at].toFixed(3).replace("-", "−");
      cells[1].textContent = regret[state.at].toFixed(3).replace("-", "−");
    };
    return { element, update };
  });
  const heading = h("tr", {}, ...["Rule", "Place", "Regret"].map((text) => h("th", { scope: "col" }, text)));
  const element = h("table", {}, h("thead", {}, heading), h("tbody", {}, ...rows.map((r) => r.element)));
  return { element, update: () => rows.forEach((r) => r.update()) };
}

function tell({ state, data }) {
  const each = state.chosen.map((rule) => `${RULES[rule].label} ${number(data[rule].path[state.at], 2)}`);
  const seen = each.length ? ` At step ${state.at}: ${each.join(", ")}.` : "";
  const way = `${data.climb > 0 ? "up" : "down"} by ${number(Math.abs(data.climb), 2)}`;
  const rule = state.beta1 === 0 ? ` In the long run a period moves Adam ${way} times the rate.` : "";
  return `Slopes ${number(state.scale)}, −1, −1.${rule}${seen}`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
