// SGD on batches: bowls of single examples, the path, and how far from the minimum the noise keeps it.
// Python's side is optlib/widgets/batches.py.

import { FONT, fit, halo } from "./canvas.js";
import { COUNT, LOG, button, sliderRow } from "./controls.js";
import { mapPanel } from "./map.js";
import { EXAMPLES, LONGEST, batchPath, bowl, centers, longRun } from "./noise.js";
import { clamp, number, power } from "./numbers.js";
import { h } from "./page.js";
import { between, point, whole } from "./settings.js";
import { setter, stage } from "./stage.js";

const FIELDS = {
  lr: between(0.005, 0.49),
  batch: whole(1, EXAMPLES),
  start: point,
  step: whole(1, LONGEST),
  seed: whole(1, 999999),
};
const PLACE = { name: "bowls", title: "the mean of 64 bowls", window: [-2, 2, -1.7, 1.7], minima: [[0, 0]], f: bowl };
const DOUBLE = { to: Math.log2, from: (s) => 2 ** Math.round(s), step: 1 };
const PLOT = { left: 44, right: 44, top: 10, bottom: 22, height: 170 };
const HELP = "Drag the ring, or focus it and press the arrow keys (with Shift: larger steps).";

function render({ model, el }) {
  const options = { label: "Batches, noise and the floor", help: HELP, fields: FIELDS, build, compute, tell };
  const { app, stop } = stage({ model, el }, options);
  el.descent = { // for tests
    state: app.state,
    changed: app.changed,
    path: () => [...app.runs.sgd.path],
    losses: () => [...app.runs.sgd.loss],
    longRun: () => app.longRun,
  };
  return stop;
}

function build(app) {
  Object.assign(app, { place: PLACE, runs: {}, dots: centers() });
  app.state.chosen = ["sgd"];
  compute(app);
  return [[noisyMap(app)], [gapPlot(app), controls(app)]];
}

function compute(app) {
  const { lr, batch, start, seed } = app.state;
  const key = [lr, batch, start, seed].join();
  if (key === app.key) return;
  app.key = key;
  app.runs.sgd = batchPath(start, lr, batch, seed);
  app.longRun = longRun(lr, batch);
}

// the map of the explorer, and on it the examples and the ellipse of the long run
function noisyMap(app) {
  const panel = mapPanel(app);
  const canvas = panel.element.querySelector("canvas");
  const update = () => {
    panel.update();
    const width = Math.round(panel.element.clientWidth);
    if (width) drawNoise(app, canvas.getContext("2d"), width);
  };
  return { ...panel, update };
}

function drawNoise(app, c, width) {
  const [left, right, , top] = PLACE.window;
  const scale = width / (right - left);
  const { dots, look: { ink } } = app;
  c.fillStyle = ink.muted;
  for (let k = 0; k < dots.length; k += 2) {
    c.beginPath();
    c.arc(scale * (dots[k] - left), scale * (top - dots[k + 1]), 2.2, 0, 7);
    c.fill();
  }
  // 2 L (cos a, sin a), with L the Cholesky factor of the covariance
  const [xx, xy, yy] = app.longRun.cov;
  const a = Math.sqrt(xx);
  const [b, d] = [xy / a, Math.sqrt(yy - (xy / a) ** 2)];
  c.beginPath();
  for (let k = 0; k <= 90; k++) {
    const [u, v] = [Math.cos((k * Math.PI) / 45), Math.sin((k * Math.PI) / 45)];
    c.lineTo(scale * (2 * a * u - left), scale * (top - 2 * (b * u + d * v)));
  }
  for (const [size, color] of [[5, ink.paper], [2.2, ink.ink]]) {
    c.lineWidth = size;
    c.strokeStyle = color;
    c.stroke();
  }
}

function gapPlot(app) {
  const canvas = h("canvas", { role: "img" });
  const title = "Gap to the lowest value";
  const element = h("div", {}, h("p", { class: "title" }, title), canvas);
  const update = () => {
    const width = Math.round(element.clientWidth);
    if (width) drawGap(app, canvas, width);
  };
  return { element, update, describe: (words) => canvas.setAttribute("aria-label", `${title}, logarithmic. ${words}`) };
}

function drawGap(app, canvas, width) {
  const c = fit(canvas, width, PLOT.height);
  canvas.style.height = `${PLOT.height}px`;
  const { ink } = app.look;
  const [low, high, span] = [-5, 1, Math.max(20, app.state.step)];
  const [right, bottom] = [width - PLOT.right, PLOT.height - PLOT.bottom];
  const X = (t) => PLOT.left + ((right - PLOT.left) * t) / span;
  const Y = (v) => PLOT.top + ((bottom - PLOT.top) * (high - clamp(Math.log10(v), low, high))) / (high - low);
  const line = (points, color, size, dash) => {
    c.strokeStyle = color;
    c.lineWidth = size;
    c.setLineDash(dash);
    c.beginPath();
    for (const [x, y] of points) c.lineTo(x, y);
    c.stroke();
  };
  c.font = `13px ${FONT}`;
  c.textBaseline = "middle";
  c.textAlign = "right";
  c.fillStyle = ink.muted;
  for (let k = low; k <= high; k += 2) {
    line([[PLOT.left, Y(10 ** k)], [right, Y(10 ** k)]], ink.grid, 1, []);
    c.fillText(k < -2 ? power(k) : String(10 ** k), PLOT.left - 6, Y(10 ** k));
  }
  c.fillText(`step ${span}`, right, PLOT.height - 8);
  c.textAlign = "left";
  c.fillText("0", PLOT.left, PLOT.height - 8);
  const shown = Array.from(app.runs.sgd.loss.subarray(0, app.state.step + 1), (v, t) => [X(t), Y(v)]);
  line(shown, app.color("sgd"), 1.6, []);
  const floor = Y(app.longRun.floor);
  line([[PLOT.left, floor], [right, floor]], ink.ink, 2, [6, 4]);
  c.setLineDash([]);
  c.font = `500 14px ${FONT}`;
  halo(c, "floor", right + 6, floor, ink.ink, ink.paper);
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const rows = [
    row("lr", { label: "Rate η", low: 0.005, high: 0.49, scale: LOG }),
    row("batch", { label: "Batch B", low: 1, high: EXAMPLES, scale: DOUBLE, text: String }),
    row("step", { label: "Steps", low: 1, high: LONGEST, scale: COUNT, text: String }),
  ];
  const anew = button("New draws", () => setter(app, "seed")((state.seed % 999) + 1));
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  const element = h("div", { class: "column" }, slides, h("div", { class: "bar" }, anew));
  return { element, update: () => rows.forEach((r) => r.update()) };
}

function tell({ state, runs, longRun: { floor } }) {
  const late = runs.sgd.loss.subarray(Math.ceil(state.step / 2), state.step + 1);
  const mean = late.reduce((sum, v) => sum + v, 0) / late.length;
  const seen = `Batches of ${state.batch}, rate ${number(state.lr)}: the gap is ${number(mean, 2)} on average over `;
  return `${seen}the second half of ${state.step} steps; the formula's floor is ${number(floor, 2)}.`;
}

export default { render };
