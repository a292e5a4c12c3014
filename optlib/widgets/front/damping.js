// Damping from gradient descent to Newton.  Python's side is optlib/widgets/damping.py.

import { LANDSCAPES, RULES } from "../generated.js";
import { FONT, cross, crosshair, fit, labeler, mark } from "./canvas.js";
import { COUNT, choice, sliderRow } from "./controls.js";
import { eigenvalues, fan, hessian, leaves, newton, placeOf, slow } from "./damped.js";
import { draggable, paintLandscape } from "./map.js";
import { clamp, number, rounded } from "./numbers.js";
import { h } from "./page.js";
import { panel } from "./plots.js";
import { between, landscape, point, whole } from "./settings.js";
import { setter, widget } from "./stage.js";

const FIELDS = { landscape, damping: between(0, 10000), start: point, steps: whole(5, 100), at: whole(1, 100) };
const LOOKS = { // Newton is no rule of the table; a test holds its look equal to the palette's
  newton: { label: "Newton", light: "#014b30", dark: "#33be9d", marker: "D" },
  sgd: RULES.sgd,
};
const LABEL = "Damping from gradient descent to Newton";
const HELP = "Dotted: where the first step ends, for every damping. Drag the ring, or focus it and press the arrow keys " +
  "(with Shift: larger steps); point at the plot to read a step.";
const OFF = -4.2; // on the slider, left of the smallest damping: none
const DAMPING = {
  to: (v) => (v ? Math.max(OFF, Math.log10(v)) : OFF),
  from: (s) => (s < -4.05 ? 0 : rounded(10 ** s, 2)),
  step: 0.1,
};
const FLOOR = 1e-16;

function build(app) {
  app.tint = (name) => LOOKS[name][app.look.dark ? "dark" : "light"];
  return [[map(app)], [gapPlot(app), controls(app), table(app)]];
}

function compute(app) {
  const { damping, start, steps } = app.state;
  app.state.at = Math.min(app.state.at, steps);
  const key = [app.state.landscape, damping, start, steps].join();
  if (app.data?.key === key) return;
  const place = placeOf(app.state.landscape);
  const runs = { newton: newton(place, start, damping, steps) };
  if (damping) runs.sgd = slow(place, start, damping, steps);
  for (const run of Object.values(runs)) run.gaps = gaps(place, run, steps);
  app.data = { key, place, runs, fan: fan(place, start), curvature: eigenvalues(hessian(place.grad, ...start)) };
}

// the loss above the lowest after each step; of a path that has ended, the last, or infinite where it left
function gaps(place, { path, ended }, steps) {
  return Array.from({ length: steps }, (_, k) => {
    const t = Math.min(k + 1, path.length / 2 - 1);
    return ended === "diverges" && t <= k ? Infinity : place.f(path[2 * t], path[2 * t + 1]) - place.lowest;
  });
}

function map(app) {
  const canvas = h("canvas", { role: "img" });
  const ring = h("button", { type: "button", class: "handle" });
  const element = h("div", { class: "map" }, canvas, ring);
  let [painted, backdrop] = ["", null];
  const update = () => {
    const { place, runs } = app.data;
    const [left, right, bottom, top] = place.window;
    const width = Math.round(element.clientWidth);
    const height = Math.round((width * (top - bottom)) / (right - left));
    if (!width) return;
    const key = [place.name, width, app.look.dark, devicePixelRatio].join();
    if (key !== painted) backdrop = paintLandscape(place, width, height, app.look);
    painted = key;
    const to = (x, y) => [
      clamp(((x - left) / (right - left)) * width, -1e5, 1e5), clamp(((top - y) / (top - bottom)) * height, -1e5, 1e5)];
    const c = fit(canvas, width, height);
    const { ink } = app.look;
    canvas.style.height = `${height}px`;
    c.drawImage(backdrop, 0, 0, width, height);
    c.lineWidth = 1.4;
    c.strokeStyle = ink.ink;
    c.setLineDash([2, 4]);
    c.stroke(lineOf(app.data.fan, to));
    c.setLineDash([]);
    for (const [x, y] of place.minima) crosshair(c, ...to(x, y), ink.muted, ink.paper);
    c.font = `500 15px ${FONT}`;
    const labels = labeler(c, width, height, ink.paper);
    const home = to(...app.state.start);
    labels.keep(...home);
    const ends = Object.keys(runs).reverse().map((name) => drawPath(c, app, name, to, width, height));
    for (const { name, x, y, word } of ends.filter((end) => end.seen)) {
      labels.write(LOOKS[name].label + word, x, y, app.tint(name));
      labels.keep(x, y);
    }
    [ring.style.left, ring.style.top] = home.map((v) => `${v}px`);
  };
  const move = (x, y) => {
    const [left, right, bottom, top] = app.data.place.window;
    const three = (v) => Math.round(v * 1000) / 1000;
    app.state.start = [three(clamp(x, left, right)), three(clamp(y, bottom, top))];
    app.changed();
  };
  draggable(app, ring, canvas, {
    to: (u, v) => {
      const [left, right, bottom, top] = app.data.place.window;
      move(left + u * (right - left), top - v * (top - bottom));
    },
    by: (dx, dy, far) => {
      const [left, right] = app.data.place.window;
      const unit = (right - left) * (far ? 0.05 : 0.01);
      move(app.state.start[0] + dx * unit, app.state.start[1] + dy * unit);
    },
  });
  const describe = (sentence) => {
    const drawn = Object.keys(app.data.runs).map((name) => LOOKS[name].label).join(" and ");
    canvas.setAttribute("aria-label", `Level curves of ${app.data.place.title} with the paths of ${drawn}. ${sentence}`);
    ring.setAttribute("aria-label", `Start point, x ${number(app.state.start[0])}, y ${number(app.state.start[1])}`);
  };
  return { element, handle: ring, update, describe };
}

function lineOf(path, to, last = path.length / 2 - 1) {
  const line = new Path2D();
  for (let t = 0; t <= last; t++) line.lineTo(...to(path[2 * t], path[2 * t + 1]));
  return line;
}

// up to the step that is read; returns where it was last seen
function drawPath(c, app, name, to, width, height) {
  const { path, ended } = app.data.runs[name];
  const last = Math.min(app.state.at, path.length / 2 - 1);
  const gone = ended && app.state.at > last;
  const line = lineOf(path, to, last);
  const color = app.tint(name);
  c.setLineDash(name === "sgd" ? [6, 4] : []);
  for (const [wide, stroke] of [[4, app.look.ink.paper], [2, color]]) {
    c.lineWidth = wide;
    c.strokeStyle = stroke;
    c.stroke(line);
  }
  c.setLineDash([]);
  c.fillStyle = color;
  for (let t = 1; t <= last; t++) {
    c.beginPath();
    c.arc(...to(path[2 * t], path[2 * t + 1]), 2.6, 0, 7);
    c.fill();
  }
  const inside = (t) => {
    const [x, y] = to(path[2 * t], path[2 * t + 1]);
    return x >= 0 && x <= width && y >= 0 && y <= height;
  };
  let t = last;
  while (t > 0 && !inside(t)) t--;
  const [x, y] = to(path[2 * t], path[2 * t + 1]);
  c.lineWidth = gone ? 3 : 1.6;
  c.strokeStyle = gone ? color : app.look.ink.paper;
  if (gone) cross(c, x, y, 6);
  else mark(c, LOOKS[name].marker, x, y, 6.2);
  return { name, x, y, seen: inside(t), word: gone ? ` ${ended}` : "" };
}

function gapPlot(app) {
  return panel(app, "Gap to the lowest loss, as a power of ten", 190, () => {
    const lines = Object.entries(app.data.runs).map(([name, { gaps }]) => ({
      values: gaps.map((v) => clamp(Math.log10(Math.max(v, FLOOR)), -16, 6)),
      color: app.tint(name),
      dash: name === "sgd" ? [6, 4] : [],
      label: LOOKS[name].label,
    }));
    const high = clamp(Math.ceil(Math.max(...lines.flatMap((line) => line.values.slice(0, 5)))), 1, 4);
    return { low: -16.5, high, ticks: [0, -5, -10, -15], lines };
  });
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const titles = Object.fromEntries(Object.entries(LANDSCAPES).map(([name, { title }]) => [name, title]));
  const where = choice("Landscape", titles, () => state.landscape, (name) => {
    state.landscape = name;
    state.start = [...LANDSCAPES[name].start];
    app.changed();
  });
  const rows = [
    row("damping", { label: "Damping λ", low: 0, high: 10000, scale: DAMPING }),
    row("steps", { label: "Steps", low: 5, high: 100, scale: COUNT, text: String }),
    row("at", { label: "Step t", low: 1, high: 100, scale: COUNT, text: String }),
  ];
  const update = () => {
    where.update();
    rows[2].input.max = state.steps;
    for (const r of rows) r.update();
  };
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  return { element: h("div", { class: "column" }, h("div", { class: "bar" }, where.element), slides), update };
}

function table(app) {
  const cells = [0, 1].map(() => [h("td"), h("td"), h("td")]);
  const head = ["At the ring", "Curvature h", "Newton leaves", "SGD leaves"].map((text) => h("th", { scope: "col" }, text));
  const rows = cells.map((row, k) => h("tr", {}, h("th", { scope: "row" }, ["Flatter", "Steeper"][k]), ...row));
  const element = h("table", { class: "numbers" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  const update = () => {
    cells.forEach((row, k) => {
      const curvature = app.data.curvature[k];
      const left = leaves(curvature, app.state.damping);
      [curvature, left.newton, left.sgd].forEach((v, n) => (row[n].textContent = Number.isFinite(v) ? number(v) : "–"));
    });
  };
  return { element, update };
}

function tell({ state, data }) {
  const end = (name) => {
    const { path, ended, gaps } = data.runs[name];
    if (ended && state.at > path.length / 2 - 1) return `${ended} in step ${path.length / 2}`;
    const gap = gaps[state.at - 1];
    return `has a gap of ${gap < FLOOR ? "less than 10⁻¹⁶" : number(gap, 2)}`;
  };
  const other = data.runs.sgd ? `, SGD at the rate 1/λ ${end("sgd")}` : "";
  return `${data.place.title}, damping ${number(state.damping)}: after ${state.at} steps Newton ${end("newton")}${other}.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
