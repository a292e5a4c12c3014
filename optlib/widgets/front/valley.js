// The radius of SAM on a valley whose floor is a hyperbola.  Python's side is optlib/widgets/valley.py.

import { RULES } from "../generated.js";
import { loss, walk } from "./bent.js";
import { FONT, crosshair, fit, labeler, mark } from "./canvas.js";
import { COUNT, LOG, PLAIN, sliderRow } from "./controls.js";
import { draggable, paintLandscape } from "./map.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";
import { panel } from "./plots.js";
import { between, point, whole } from "./settings.js";
import { setter, widget } from "./stage.js";

const FIELDS = { radius: between(0, 1), lr: between(0.005, 0.12), start: point, steps: whole(50, 4000), at: whole(1, 4000) };
const WINDOW = [0, 4.8, 0, 3.6];
const LOOKS = { // SAM is no rule but a way to take the gradient; a test holds its look equal to the palette's
  sgd: RULES.sgd,
  sam: { label: "SAM", light: "#dc177d", dark: "#ef91c9", marker: "s" },
};
const LABEL = "SAM's radius on a valley";
const HELP = "Drag the ring, or focus it and press the arrow keys (with Shift: larger steps); point at the plot to read a step.";
const TENS = { ...COUNT, step: 10 };
const FINE = { ...PLAIN, step: 0.005, from: (s) => Number(s.toFixed(3)) };

function build(app) {
  app.tint = (name) => LOOKS[name][app.look.dark ? "dark" : "light"];
  return [[map(app)], [sharpnessPlot(app), controls(app)]];
}

function compute(app) {
  const { radius, lr, start, steps } = app.state;
  app.state.at = Math.min(app.state.at, steps);
  const key = [radius, lr, start, steps].join();
  if (app.data?.key === key) return;
  app.data = { key, sgd: walk(start, lr, 0, steps), sam: walk(start, lr, radius, steps) };
}

function map(app) {
  const canvas = h("canvas", { role: "img" });
  const ring = h("button", { type: "button", class: "handle" });
  const element = h("div", { class: "map" }, canvas, ring);
  const [left, right, bottom, top] = WINDOW;
  let [painted, backdrop] = ["", null];
  const update = () => {
    const width = Math.round(element.clientWidth);
    const height = Math.round((width * (top - bottom)) / (right - left));
    if (!width) return;
    const key = [width, app.look.dark, devicePixelRatio].join();
    if (key !== painted) backdrop = paintLandscape({ f: loss, window: WINDOW }, width, height, app.look);
    painted = key;
    const X = (x) => ((x - left) / (right - left)) * width;
    const Y = (y) => ((top - y) / (top - bottom)) * height;
    const c = fit(canvas, width, height);
    const { ink } = app.look;
    canvas.style.height = `${height}px`;
    c.drawImage(backdrop, 0, 0, width, height);
    c.strokeStyle = ink.muted;
    c.lineWidth = 1;
    c.setLineDash([4, 4]);
    c.beginPath();
    for (let x = 0.2; x <= right; x += 0.02) c.lineTo(X(x), Y(1 / x));
    c.stroke();
    c.setLineDash([]);
    crosshair(c, X(1), Y(1), ink.ink, ink.paper);
    c.font = `500 15px ${FONT}`;
    const labels = labeler(c, width, height, ink.paper);
    const [x0, y0] = app.state.start;
    labels.keep(X(x0), Y(y0));
    const ends = ["sam", "sgd"].map((name) => drawPath(c, app, name, X, Y));
    labels.write("sharpness 2", X(1), Y(1), ink.ink);
    for (const { name, x, y, left: gone } of ends) {
      if (x < 0 || x > width || y < 0 || y > height) continue;
      labels.write(LOOKS[name].label + (gone ? " diverges" : ""), x, y, app.tint(name));
      labels.keep(x, y);
    }
    ring.style.left = `${X(x0)}px`;
    ring.style.top = `${Y(y0)}px`;
  };
  const move = (x, y) => {
    const two = (v) => Math.round(v * 100) / 100;
    app.state.start = [two(clamp(x, left, right)), two(clamp(y, bottom, top))];
    app.changed();
  };
  draggable(app, ring, canvas, {
    to: (u, v) => move(left + u * (right - left), top - v * (top - bottom)),
    by: (dx, dy, far) => move(app.state.start[0] + dx * (far ? 0.25 : 0.05), app.state.start[1] + dy * (far ? 0.25 : 0.05)),
  });
  const describe = (sentence) => {
    canvas.setAttribute("aria-label", `Level curves of the valley with the paths of SGD and SAM. ${sentence}`);
    ring.setAttribute("aria-label", `Start point, x ${number(app.state.start[0])}, y ${number(app.state.start[1])}`);
  };
  return { element, handle: ring, update, describe };
}

// up to the step that is read; returns where it ends
function drawPath(c, app, name, X, Y) {
  const { path, left } = app.data[name];
  const color = app.tint(name);
  const last = Math.min(app.state.at, path.length / 2 - 1);
  const line = new Path2D();
  for (let t = 0; t <= last; t++) line.lineTo(X(path[2 * t]), Y(path[2 * t + 1]));
  for (const [width, stroke] of [[3.6, app.look.ink.paper], [1.8, color]]) {
    c.lineWidth = width;
    c.strokeStyle = stroke;
    c.stroke(line);
  }
  const [x, y] = [X(path[2 * last]), Y(path[2 * last + 1])];
  c.lineWidth = 1.6;
  c.fillStyle = color;
  c.strokeStyle = app.look.ink.paper;
  mark(c, LOOKS[name].marker, x, y, 6.2);
  return { name, x, y, left: left && left <= app.state.at };
}

function sharpnessPlot(app) {
  return panel(app, "Sharpness x² + y²", 200, () => {
    const lines = Object.entries(LOOKS).map(([name, { label }]) => (
      { values: app.data[name].sharp, color: app.tint(name), dash: name === "sam" ? [] : [6, 3], label }));
    const starts = lines.map((line) => line.values[0]);
    const high = Math.min(36, 1.2 * Math.max(4, ...starts.filter((v) => v < 36)));
    return { low: 0, high, ticks: [2, 8, 16, 24].filter((v) => v < high), lines };
  });
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const at = row("at", { label: "Step t", low: 1, high: 4000, scale: COUNT, text: String });
  const rows = [
    row("radius", { label: "Radius ρ", low: 0, high: 1, scale: FINE }),
    row("lr", { label: "Rate η", low: 0.005, high: 0.12, scale: LOG }),
    row("steps", { label: "Steps", low: 50, high: 4000, scale: TENS, text: String }),
    at,
  ];
  const update = () => {
    at.input.max = state.steps;
    for (const r of rows) r.update();
  };
  return { element: h("div", { class: "slides" }, ...rows.map((r) => r.element)), update };
}

function tell({ state, data }) {
  const end = (name) => {
    const { left, sharp, path } = data[name];
    if (left && left <= state.at) return `diverges at step ${left}`;
    const [x, y] = path.slice(2 * state.at, 2 * state.at + 2);
    return `is at sharpness ${number(sharp[state.at - 1])}, loss ${number(loss(x, y), 2)}`;
  };
  return `Radius ${number(state.radius)}, rate ${number(state.lr)}: after ${state.at} steps SGD ${end("sgd")}, SAM ${end("sam")}.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
