// A bell N(mu, sigma), the bells within one divergence of it, and the Euclidean ball, in two parametrizations.
// Python's side is optlib/widgets/balls.py.

import { NAMES, TARGET, divergence, edge, ends } from "./ball.js";
import { FONT, crosshair, fit, halo } from "./canvas.js";
import { LOG, sliderRow } from "./controls.js";
import { draggable } from "./map.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";
import { between } from "./settings.js";
import { setter, widget } from "./stage.js";

const FIELDS = { mu: between(-1.6, 1.6), sigma: between(0.15, 2), kl: between(0.001, 0.5) };
const GREEN = { light: "#2c6b36", dark: "#98d99c" }; // natural gradient in optlib/plot/palette.py
const PLANES = { // window: left, right, bottom, top
  sigma: { title: "In mean μ and width σ", axis: "σ", window: [-2, 2, 0, 2.5], up: (s) => s, back: (y) => y },
  log: { title: "In mean μ and log σ", axis: "log σ", window: [-2, 2, -2.1, 0.9], up: Math.log, back: Math.exp },
};
const LABEL = "Balls around a distribution";
const HELP = "Drag the ring, or focus it and press the arrow keys (with Shift: larger steps).";
const TAU = 2 * Math.PI;

function build(app) {
  compute(app);
  return [[plane(app, "sigma"), controls(app)], [plane(app, "log"), table(app)]];
}

function compute(app) {
  const { mu, sigma, kl } = app.state;
  const [data, here] = [{}, [mu, sigma]];
  for (const name of NAMES) {
    const made = ends(here, kl, name);
    data[name] = made && Object.fromEntries(
      Object.entries(made).map(([step, end]) => [step, { end, kl: divergence(here, end) }]));
  }
  app.data = data;
}

function plane(app, name) {
  const { title, axis, window, up, back } = PLANES[name];
  const [left, right, bottom, top] = window;
  const canvas = h("canvas", { role: "img" });
  const ring = h("button", { type: "button", class: "handle" });
  const picture = h("div", { class: "map" }, canvas, ring);
  const element = h("div", {}, h("p", { class: "title" }, title), picture);
  const { state } = app;
  const move = (mu, sigma) => {
    state.mu = Math.round(1000 * clamp(mu, -1.6, 1.6)) / 1000;
    state.sigma = Math.round(1000 * clamp(sigma, 0.15, 2)) / 1000;
    app.changed();
  };
  draggable(app, ring, canvas, {
    to: (u, v) => move(left + u * (right - left), back(top - v * (top - bottom))),
    by: (dx, dy, far) => {
      const unit = far ? 0.2 : 0.04;
      move(state.mu + dx * unit, back(up(state.sigma) + dy * unit));
    },
  });

  function update() {
    const width = Math.round(picture.clientWidth);
    if (!width) return;
    const scale = width / (right - left);
    const height = Math.round(scale * (top - bottom));
    const c = fit(canvas, width, height);
    canvas.style.height = `${height}px`;
    const { ink, ramp, dark } = app.look;
    const [blue, green] = [app.color("sgd"), GREEN[dark ? "dark" : "light"]];
    const at = (mu, y) => [scale * (mu - left), scale * (top - y)];
    const { mu, sigma, kl } = state;
    c.fillStyle = ramp[1];
    c.fillRect(0, 0, width, height);
    drawAxes(c, at, window, axis, ink, height);
    crosshair(c, ...at(TARGET[0], up(TARGET[1])), ink.muted, ink.paper);
    // the bells within the divergence, as they are
    outline(c, edge(kl, 120).map(([u, r]) => at(mu + sigma * u, up(sigma * r))));
    c.globalAlpha = 0.22;
    c.fillStyle = green;
    c.fill();
    c.globalAlpha = 1;
    stroke(c, green, 2, []);
    const reach = Math.sqrt(2 * kl);
    const tall = reach / (name === "log" ? Math.SQRT2 : Math.SQRT2 / sigma);
    outline(c, oval(mu, up(sigma), reach * sigma, tall).map((p) => at(...p)));
    stroke(c, ink.ink, 1.6, [5, 4]);
    outline(c, oval(mu, up(sigma), reach, reach).map((p) => at(...p)));
    stroke(c, blue, 2, []);
    // the ends of the steps that were taken in the other plane, then this one's own
    for (const which of NAMES.filter((n) => n !== name).concat(name)) {
      if (!app.data[which]) continue;
      for (const [step, color] of [["gradient", blue], ["natural", green]]) {
        const [nu, tau] = app.data[which][step].end;
        if (!(tau > 0) && name === "log") continue;
        const tip = at(nu, up(tau));
        if (which === name) arrow(c, at(mu, up(sigma)), tip, color, ink.paper);
        else dot(c, tip, color, ink.paper);
      }
    }
    c.font = `500 14px ${FONT}`;
    const [mx, my] = at(mu, up(sigma));
    c.textAlign = "center";
    const foot = at(0, up(sigma * edge(kl, 2)[1][1]))[1];
    halo(c, "KL ball", mx, Math.min(foot + 15, height - 22), green, ink.paper);
    c.textAlign = "right";
    halo(c, "circle", mx - 0.72 * scale * reach - 4, my - 0.72 * scale * reach, blue, ink.paper);
    c.textAlign = "left";
    halo(c, "target", scale * (TARGET[0] - left) + 12, at(0, up(TARGET[1]))[1] + 5, ink.ink, ink.paper);
    const [x, y] = at(mu, up(sigma));
    ring.style.left = `${x}px`;
    ring.style.top = `${y}px`;
  }
  const describe = (sentence) => {
    canvas.setAttribute("aria-label", `${title}. The ball of the divergence, its ellipse, the circle. ${sentence}`);
    ring.setAttribute("aria-label", `${title}: mean ${number(state.mu)}, width ${number(state.sigma)}`);
  };
  return { element, handle: ring, update, describe };
}

const oval = (x, y, a, b) => Array.from({ length: 120 }, (_, k) => (
  [x + a * Math.cos((TAU * k) / 120), y + b * Math.sin((TAU * k) / 120)]));

function outline(c, points) {
  c.beginPath();
  for (const p of points) c.lineTo(...p);
  c.closePath();
}

function stroke(c, color, width, dash) {
  c.strokeStyle = color;
  c.lineWidth = width;
  c.setLineDash(dash);
  c.stroke();
  c.setLineDash([]);
}

function drawAxes(c, at, [left, right, bottom, top], axis, ink, height) {
  c.font = `13px ${FONT}`;
  for (let v = Math.ceil(bottom); v <= top; v++) {
    c.beginPath();
    c.moveTo(...at(left, v));
    c.lineTo(...at(right, v));
    stroke(c, v === 0 ? ink.rule : ink.grid, 1, []);
    halo(c, v === 0 ? "0" : number(v), 5, at(0, v)[1] - 4, ink.muted, ink.paper);
  }
  for (const v of [-1, 0, 1]) {
    c.beginPath();
    c.moveTo(...at(v, bottom));
    c.lineTo(...at(v, top));
    stroke(c, ink.grid, 1, []);
    halo(c, number(v), at(v, 0)[0] + 4, height - 6, ink.muted, ink.paper);
  }
  halo(c, axis, 5, 16, ink.muted, ink.paper);
  halo(c, "μ", at(right, 0)[0] - 16, height - 6, ink.muted, ink.paper);
}

function arrow(c, [x, y], [u, v], color, paper) {
  const long = Math.hypot(u - x, v - y);
  const turn = Math.atan2(v - y, u - x);
  const head = Math.min(9, 0.6 * long);
  const side = (a) => [u - head * Math.cos(turn + a), v - head * Math.sin(turn + a)];
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(u, v);
  c.moveTo(...side(0.5));
  c.lineTo(u, v);
  c.lineTo(...side(-0.5));
  stroke(c, paper, 6, []);
  stroke(c, color, 2.6, []);
}

function dot(c, [x, y], color, paper) {
  c.beginPath();
  c.arc(x, y, 5, 0, TAU);
  c.fillStyle = paper;
  c.fill();
  stroke(c, color, 2.4, []);
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const rows = [
    row("kl", { label: "Divergence c", low: 0.001, high: 0.5, scale: LOG }),
    row("mu", { label: "Mean μ", low: -1.6, high: 1.6, scale: { to: (v) => v, from: (s) => s, step: 0.01 } }),
    row("sigma", { label: "Width σ", low: 0.15, high: 2, scale: LOG }),
  ];
  const element = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  return { element, update: () => rows.forEach((r) => r.update()) };
}

function table(app) {
  const cells = {};
  const line = (step, what, head) => {
    cells[`${step} ${what}`] = NAMES.map(() => h("td"));
    return h("tr", {}, h("th", { scope: "row" }, head), ...cells[`${step} ${what}`]);
  };
  const rows = [
    line("gradient", "end", "Gradient: μ, σ"), line("gradient", "kl", "its divergence"),
    line("natural", "end", "Natural: μ, σ"), line("natural", "kl", "its divergence"),
  ];
  const head = ["Step taken in", "μ, σ", "μ, log σ"].map((text) => h("th", { scope: "col" }, text));
  const element = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  const update = () => {
    NAMES.forEach((name, k) => {
      for (const step of ["gradient", "natural"]) {
        const made = app.data[name]?.[step];
        cells[`${step} end`][k].textContent = made ? made.end.map((v) => number(v, 2)).join(", ") : "no step";
        cells[`${step} kl`][k].textContent = made ? spoken(made.kl) : "0";
      }
    });
  };
  return { element, update };
}

const spoken = (kl) => (kl < Infinity ? number(kl, 2) : "no distribution");

function tell({ state, data }) {
  const where = `Mean ${number(state.mu)}, width ${number(state.sigma)}, divergence ${number(state.kl)}`;
  if (!data.sigma) return `${where}: this is the target, and there is no way down.`;
  const both = (step) => NAMES.map((name) => spoken(data[name][step].kl)).join(" and ");
  return `${where}: the gradient steps in σ and log σ go ${both("gradient")} far, the natural ones ${both("natural")}.`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
