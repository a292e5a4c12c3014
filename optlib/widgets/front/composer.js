// The composer: warm-up, body and tail of a schedule, and its loss beside that of a constant rate.
// Python's side is optlib/widgets/composer.py.

import { FONT, fit, halo } from "./canvas.js";
import { COUNT, LOG, button, choice, sliderRow } from "./controls.js";
import { BODIES, STEPS, expected, ratesOf, noisyRun } from "./composed.js";
import { clamp, number, power } from "./numbers.js";
import { h } from "./page.js";
import { between, oneOf, whole } from "./settings.js";
import { setter, stage } from "./stage.js";

const FIELDS = {
  warmup: whole(0, 100),
  body: oneOf(BODIES),
  tail: whole(0, 150),
  peak: between(0.01, 1.9),
  flat: between(0.001, 1.9),
  seed: whole(1, 999999),
};
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 78, 10, 24];
const HELP = "Thick lines: the mean over all runs. Thin lines: one run; both rates meet the same noise.";

function render({ model, el }) {
  const options = { label: "A schedule out of three parts", help: HELP, fields: FIELDS, build, compute, tell };
  const { app, stop } = stage({ model, el }, options);
  el.descent = { // for tests
    state: app.state,
    changed: app.changed,
    rates: () => [...app.composed.rates],
    means: () => [[...app.composed.mean], [...app.constant.mean]],
    runs: () => [[...app.composed.run], [...app.constant.run]],
  };
  return stop;
}

function build(app) {
  compute(app);
  const rate = panel(app, "Learning rate", 130, drawRates);
  const loss = panel(app, "Gap to the lowest value, logarithmic", 210, drawGaps);
  return [[rate, loss], [controls(app)]];
}

function compute(app) {
  const { warmup, body, tail, peak, flat, seed } = app.state;
  const of = (lrs) => ({ rates: lrs, mean: expected(lrs), run: noisyRun(lrs, seed) });
  app.composed = of(ratesOf(warmup, body, tail, peak));
  app.constant = of(new Float64Array(STEPS).fill(flat));
}

function panel(app, title, height, draw) {
  const canvas = h("canvas", { role: "img" });
  const element = h("div", {}, h("p", { class: "title" }, title), canvas);
  const update = () => {
    const width = Math.round(element.clientWidth);
    if (!width) return;
    canvas.style.height = `${height}px`;
    draw(app, fit(canvas, width, height), width, height);
  };
  return { element, update, describe: (words) => canvas.setAttribute("aria-label", `${title}. ${words}`) };
}

// axes with their labels; returns what draws a line and what names its end.  ticks: [height in 0..1, text]
function frame(app, c, width, height, ticks) {
  const { ink } = app.look;
  const [right, bottom] = [width - RIGHT, height - BOTTOM];
  const Y = (part) => bottom - (bottom - TOP) * clamp(part, 0, 1);
  const line = (points, color, size, dash = []) => {
    c.strokeStyle = color;
    c.lineWidth = size;
    c.setLineDash(dash);
    c.beginPath();
    points.forEach((part, k) => c.lineTo(LEFT + ((right - LEFT) * k) / (points.length - 1), Y(part)));
    c.stroke();
    c.setLineDash([]);
  };
  c.font = `13px ${FONT}`;
  c.textBaseline = "middle";
  for (const [part, text] of ticks) {
    line([part, part], ink.grid, 1);
    c.textAlign = "right";
    c.fillStyle = ink.muted;
    c.fillText(text, LEFT - 6, Y(part));
  }
  c.fillText(`step ${STEPS}`, right, height - 8);
  c.textAlign = "left";
  c.fillText("0", LEFT, height - 8);
  const name = (text, part, color) => {
    c.font = `500 14px ${FONT}`;
    halo(c, text, right + 6, Y(part), color, ink.paper);
  };
  return { line, name };
}

// both names at the ends of their lines, a line of text apart
function endNames(app, name, composed, constant, height) {
  const apart = 17 / (height - TOP - BOTTOM);
  const middle = clamp((composed + constant) / 2, apart / 2, 1 - apart / 2);
  const up = composed >= constant ? 1 : -1;
  const near = Math.abs(composed - constant) < apart;
  name("schedule", near ? middle + (up * apart) / 2 : composed, app.color("sgd"));
  name("constant", near ? middle - (up * apart) / 2 : constant, app.look.ink.ink);
}

function drawRates(app, c, width, height) {
  const { composed, constant, state, look: { ink } } = app;
  const top = 1.05 * Math.max(state.peak, state.flat);
  const high = Math.max(state.peak, state.flat);
  const { line, name } = frame(app, c, width, height, [[0, "0"], [high / top, number(high, 2)]]);
  const [ours, flat] = [composed, constant].map((r) => Array.from(r.rates, (v) => v / top));
  line(flat, ink.ink, 2, [6, 4]);
  line(ours, app.color("sgd"), 2.4);
  endNames(app, name, ours.at(-1), flat.at(-1), height);
}

function drawGaps(app, c, width, height) {
  const { composed, constant, look: { ink } } = app;
  const [low, high] = [-4, 1.5];
  const part = (v) => (clamp(Math.log10(v), low, high) - low) / (high - low);
  const ticks = [-4, -3, -2, -1, 0, 1].map((k) => [part(10 ** k), k < -2 ? power(k) : String(10 ** k)]);
  const { line, name } = frame(app, c, width, height, ticks);
  const parts = (values) => Array.from(values, part);
  c.globalAlpha = 0.45;
  line(parts(constant.run), ink.muted, 1);
  line(parts(composed.run), app.color("sgd"), 1);
  c.globalAlpha = 1;
  const [ours, flat] = [parts(composed.mean), parts(constant.mean)];
  line(flat, ink.ink, 2, [6, 4]);
  line(ours, app.color("sgd"), 2.6);
  endNames(app, name, ours.at(-1), flat.at(-1), height);
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const options = Object.fromEntries(Object.entries(BODIES).map(([key, [words]]) => [key, words]));
  const body = choice("Body", options, () => state.body, setter(app, "body"));
  const rows = [
    row("peak", { label: "Peak", low: 0.01, high: 1.9, scale: LOG }),
    row("warmup", { label: "Warm-up", low: 0, high: 100, scale: COUNT, text: String }),
    row("tail", { label: "Tail", low: 0, high: 150, scale: COUNT, text: String }),
    row("flat", { label: "Constant", spoken: "Constant rate", low: 0.001, high: 1.9, scale: LOG }),
  ];
  const anew = button("New noise", () => setter(app, "seed")((state.seed % 999) + 1));
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  const bar = h("div", { class: "bar" }, h("span", { "aria-hidden": "true" }, "Body "), body.element, anew);
  return { element: h("div", { class: "column" }, bar, slides), update: () => [body, ...rows].forEach((r) => r.update()) };
}

function tell({ composed, constant, state }) {
  const words = [state.warmup && `${state.warmup} steps of warm-up`, `body ${BODIES[state.body][0]}`];
  words.push(state.tail && `a tail of ${state.tail}`);
  const end = (r) => number(r.mean.at(-1), 2);
  const seen = `With ${words.filter(Boolean).join(", ")}, peak ${number(state.peak)}: a mean gap of ${end(composed)} `;
  return `${seen}after ${STEPS} steps; the constant rate ${number(state.flat)} leaves ${end(constant)}.`;
}

export default { render };
