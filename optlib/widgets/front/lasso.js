// What a penalty switches off: its soft threshold, and ten weights over lambda.
// Python's side is optlib/widgets/lasso.py.

import { FONT, fit, halo, labeler } from "./canvas.js";
import { LOG, choice, sliderRow } from "./controls.js";
import { COLUMNS } from "./diabetes.js";
import { draggable } from "./map.js";
import { clamp, number, rounded } from "./numbers.js";
import { h } from "./page.js";
import { drawLabels } from "./plots.js";
import { between, oneOf } from "./settings.js";
import { setter, widget } from "./stage.js";
import { PROX, path, places, solve } from "./threshold.js";

const LEAST = 0.3;
const MOST = 46;
const WEIGHTS = Array.from({ length: 121 }, (_, k) => MOST * (LEAST / MOST) ** (k / 120));
const FIELDS = { weight: between(LEAST, MOST), penalty: oneOf(PROX) };
const NAMES = { lasso: "Lasso, λ |θ|", ridge: "Ridge, λ θ² / 2" };
const TINT = { light: "#4c6030", dark: "#aa9d25" }; // coordinate descent in optlib/plot/palette.py
const LABEL = "What a penalty switches off";
const HELP = "Drag a ring, or focus it and press the arrow keys (with Shift: larger steps).";
const WINDOW = [-50, 50, -30, 30]; // of the threshold: left, right, bottom, top
const EDGES = { left: 34, right: 44, top: 28, bottom: 26, low: -14, high: 28 }; // of the path

function build(app) {
  app.paths = {};
  return [[threshold(app), controls(app)], [weightPath(app)]];
}

function compute(app) {
  const { weight, penalty } = app.state;
  app.paths[penalty] ??= path(penalty, WEIGHTS);
  const theta = solve(penalty, weight);
  app.data = { theta, places: places(theta), path: app.paths[penalty], kept: theta.filter((v) => v !== 0).length };
}

const tint = (app) => TINT[app.look.dark ? "dark" : "light"];

function put(app, value) {
  app.state.weight = rounded(clamp(value, LEAST, MOST));
  app.changed();
}

// a picture with a ring on it
function picture() {
  const canvas = h("canvas", { role: "img" });
  const ring = h("button", { type: "button", class: "handle" });
  const title = h("p", { class: "title" });
  const box = h("div", { class: "map" }, canvas, ring);
  const place = (x, y) => Object.assign(ring.style, { left: `${x}px`, top: `${y}px` });
  return { canvas, ring, title, box, place, element: h("div", {}, title, box) };
}

function threshold(app) {
  const { canvas, ring, title, box, place, element } = picture();
  const [left, right, bottom, top] = WINDOW;
  const { state } = app;
  draggable(app, ring, canvas, {
    to: (u) => state.penalty === "lasso" && put(app, Math.abs(left + u * (right - left))),
    by: (dx, dy, far) => put(app, state.weight + dx * (far ? 2 : 0.2)),
  });

  function update() {
    const width = Math.round(box.clientWidth);
    if (!width) return;
    const scale = width / (right - left);
    const height = Math.round(scale * (top - bottom));
    const c = fit(canvas, width, height);
    canvas.style.height = `${height}px`;
    const { ink, ramp } = app.look;
    const at = (x, y) => [scale * (x - left), scale * (top - y)];
    const prox = (x) => PROX[state.penalty](x, state.weight);
    const bends = state.penalty === "lasso" ? [left, -state.weight, state.weight, right] : [left, right];
    title.textContent = state.penalty === "lasso" ? "The soft threshold: what it makes of x" : "Ridge: what it makes of x";
    c.fillStyle = ramp[1];
    c.fillRect(0, 0, width, height);
    if (bends.length === 4) { // what is sent to zero
      c.fillStyle = ramp[5];
      c.fillRect(at(-state.weight, 0)[0], 0, 2 * scale * state.weight, height);
    }
    c.font = `13px ${FONT}`;
    for (const v of [-20, 0, 20]) {
      line(c, [at(left, v), at(right, v)], v === 0 ? ink.rule : ink.grid, 1);
      halo(c, number(v), 5, at(0, v)[1] - 4, ink.muted, ramp[1]);
    }
    for (const v of [-40, -20, 0, 20, 40]) {
      line(c, [at(v, bottom), at(v, top)], v === 0 ? ink.rule : ink.grid, 1);
      if (v) halo(c, number(v), at(v, 0)[0] + 4, height - 6, ink.muted, ramp[1]);
    }
    halo(c, "x", width - 14, at(0, 0)[1] - 6, ink.muted, ramp[1]);
    line(c, [at(bottom, bottom), at(top, top)], ink.muted, 1, [2, 4]); // no penalty
    line(c, bends.map((x) => at(x, prox(x))), tint(app), 2.4);
    const { theta } = app.data;
    const points = app.data.places.map((x, j) => at(x, theta[j]));
    for (const j of zerosFirst(theta)) dot(c, points[j], theta[j] !== 0, tint(app), ink);
    c.font = `500 14px ${FONT}`;
    const labels = labeler(c, width, height, ramp[1]);
    for (const point of points) labels.keep(...point);
    labels.keep(...at(state.weight, 0));
    theta.forEach((v, j) => labels.write(COLUMNS[j], ...points[j], v !== 0 ? tint(app) : ink.muted));
    ring.hidden = bends.length !== 4;
    place(...at(state.weight, 0));
  }
  const describe = (sentence) => {
    canvas.setAttribute("aria-label", `${title.textContent}. A dot for each weight. ${sentence}`);
    ring.setAttribute("aria-label", `Corner of the threshold, λ ${number(state.weight)}`);
  };
  return { element, handle: ring, update, describe };
}

function weightPath(app) {
  const { canvas, ring, title, box, place, element } = picture();
  const { state } = app;
  const span = (width) => width - EDGES.left - EDGES.right;
  const part = (weight) => Math.log(MOST / weight) / Math.log(MOST / LEAST);
  draggable(app, ring, canvas, {
    to: (u) => {
      const width = box.clientWidth;
      put(app, MOST * (LEAST / MOST) ** ((u * width - EDGES.left) / span(width)));
    },
    by: (dx, dy, far) => put(app, state.weight * (far ? 0.8 : 0.97) ** dx),
  });

  function update() {
    const width = Math.round(box.clientWidth);
    if (!width) return;
    const height = 290;
    const c = fit(canvas, width, height);
    canvas.style.height = `${height}px`;
    const { ink } = app.look;
    const floor = height - EDGES.bottom;
    const X = (weight) => EDGES.left + span(width) * part(weight);
    const Y = (v) => EDGES.top + ((floor - EDGES.top) * (EDGES.high - v)) / (EDGES.high - EDGES.low);
    title.textContent = `Weights over λ: ${counted(app)}`;
    c.font = `13px ${FONT}`;
    c.textBaseline = "middle";
    c.textAlign = "right";
    c.fillStyle = ink.muted;
    for (const v of [-10, 0, 10, 20]) {
      line(c, [[EDGES.left, Y(v)], [width - EDGES.right, Y(v)]], v === 0 ? ink.rule : ink.grid, 1);
      c.fillText(number(v), EDGES.left - 6, Y(v));
    }
    c.textAlign = "center";
    for (const v of [30, 10, 3, 1, 0.3]) c.fillText(number(v), X(v), height - 10);
    c.fillText("λ", width - 12, height - 10);
    const rule = X(state.weight);
    line(c, [[rule, 14], [rule, floor]], ink.ink, 1.4);
    const { theta } = app.data;
    const lines = COLUMNS.map((label, j) => ({
      label, values: app.data.path.map((row) => row[j]), color: theta[j] !== 0 ? tint(app) : ink.muted, on: theta[j] !== 0,
    }));
    for (const { values, color, on } of lines) {
      line(c, values.map((v, k) => [X(WEIGHTS[k]), Y(v)]), color, on ? 2 : 1, on ? [] : [3, 3]);
    }
    for (const j of zerosFirst(theta)) dot(c, [rule, Y(theta[j])], theta[j] !== 0, tint(app), ink);
    drawLabels(c, lines.filter((l) => l.on), width - EDGES.right + 6, Y, [EDGES.top, floor], ink.paper);
    place(rule, 14);
  }
  const describe = (sentence) => {
    canvas.setAttribute("aria-label", `Lines of ten weights over λ, which falls to the right. ${sentence}`);
    ring.setAttribute("aria-label", `Rule on the path, λ ${number(state.weight)}`);
  };
  return { element, handle: ring, update, describe };
}

function line(c, points, color, width, dash = []) {
  c.beginPath();
  for (const p of points) c.lineTo(...p);
  c.strokeStyle = color;
  c.lineWidth = width;
  c.setLineDash(dash);
  c.stroke();
  c.setLineDash([]);
}

// what is not zero is drawn last, on top
const zerosFirst = (theta) => theta.map((_, j) => j).sort((a, b) => (theta[a] !== 0) - (theta[b] !== 0));

// full where the weight is on, hollow where it is zero
function dot(c, [x, y], on, color, ink) {
  c.beginPath();
  c.arc(x, y, 4.5, 0, 7);
  c.fillStyle = on ? color : ink.paper;
  c.fill();
  c.strokeStyle = on ? ink.paper : ink.muted;
  c.lineWidth = 1.6;
  c.stroke();
}

function controls(app) {
  const row = sliderRow({
    label: "Penalty λ", low: LEAST, high: MOST, scale: LOG, get: () => app.state.weight, set: setter(app, "weight") });
  const kind = choice("Penalty", NAMES, () => app.state.penalty, setter(app, "penalty"));
  const update = () => {
    row.update();
    kind.update();
  };
  const slides = h("div", { class: "slides" }, row.element);
  return { element: h("div", { class: "column" }, slides, h("div", { class: "bar" }, kind.element)), update };
}

const counted = (app) => `${app.data.kept} of 10 are not zero`;

function tell(app) {
  const { state, data } = app;
  const order = data.theta.map((_, j) => j).filter((j) => data.theta[j] !== 0);
  order.sort((a, b) => Math.abs(data.theta[b]) - Math.abs(data.theta[a]));
  const each = order.map((j) => `${COLUMNS[j]} ${number(data.theta[j])}`).join(", ");
  const kind = state.penalty === "lasso" ? "Lasso" : "Ridge";
  return `${kind}, λ = ${number(state.weight)}: ${counted(app).replace("are", "weights are")}${each && `: ${each}`}.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
