// Rates under a jump: gradients whose size changes at once, and what three rules multiply them by.
// Python's side is optlib/widgets/rates.py.

import { RULES } from "../generated.js";
import { FONT, fit, halo } from "./canvas.js";
import { COUNT, FADE, LOG, button, ruleHead, sliderRow } from "./controls.js";
import { JUMP, COUNTED, jumping, ratesOf } from "./jump.js";
import { clamp, number, power } from "./numbers.js";
import { h } from "./page.js";
import { fading } from "./rules.js";
import { between, names, whole } from "./settings.js";
import { setter, widget } from "./stage.js";

const FIELDS = {
  rho: between(0.5, 0.999),
  eps: between(1e-10, 1),
  jump: between(0.001, 1000),
  chosen: names,
  at: whole(1, COUNTED),
  seed: whole(1, 999999),
};
const FRAME = { left: 48, right: 74, top: 12, bottom: 22 };
const LABEL = "Rates under a jump of the gradients";
const HELP = "Point at a plot, or move the slider of the step, to read its numbers.";

function build(app) {
  const sizes = () => [{ values: app.data.g.map(Math.abs), color: app.look.ink.muted, label: "|g|", dots: true }];
  const lines = () => app.state.chosen.map((name) => ({
    values: app.data.rates[name],
    color: app.color(name),
    label: RULES[name].label,
  }));
  return [
    [logPlot(app, "Size of the gradient", 150, sizes), logPlot(app, "Rate: step over gradient", 230, lines)],
    [controls(app), rateTable(app)],
  ];
}

function compute(app) {
  const { state, listed } = app;
  state.chosen = listed.filter((name) => state.chosen.includes(name));
  const key = [state.rho, state.eps, state.jump, state.seed].join();
  if (app.data?.key === key) return;
  const g = jumping(state.jump, state.seed);
  app.data = { key, g, rates: Object.fromEntries(listed.map((name) => [name, ratesOf(name, g, state.rho, state.eps)])) };
}

// a plot with a logarithmic vertical axis; pointing at it sets the step
function logPlot(app, title, height, content) {
  const canvas = h("canvas", { role: "img", class: "read" });
  const element = h("div", {}, h("p", { class: "title" }, title), canvas);
  const point = (event) => {
    if (event.type === "pointermove" && !event.buttons && event.pointerType !== "mouse") return;
    const box = canvas.getBoundingClientRect();
    const part = (event.clientX - box.left - FRAME.left) / (box.width - FRAME.left - FRAME.right);
    setter(app, "at")(clamp(Math.round(1 + part * (COUNTED - 1)), 1, COUNTED));
  };
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", point);
  const update = () => {
    const width = Math.round(element.clientWidth);
    if (width) drawLog(app, canvas, width, height, content());
  };
  const describe = (words) => canvas.setAttribute("aria-label", `${title}, logarithmic. ${words}`);
  return { element, update, describe };
}

function drawLog(app, canvas, width, height, lines) {
  const c = fit(canvas, width, height);
  canvas.style.height = `${height}px`;
  const { ink } = app.look;
  const logs = lines.flatMap((line) => line.values.map(Math.log10));
  const low = Math.floor(logs.reduce((a, b) => Math.min(a, b), 0));
  const high = Math.max(low + 1, Math.ceil(logs.reduce((a, b) => Math.max(a, b), 0)));
  const [right, bottom] = [width - FRAME.right, height - FRAME.bottom];
  const X = (t) => FRAME.left + ((right - FRAME.left) * (t - 1)) / (COUNTED - 1);
  const Y = (log) => FRAME.top + ((bottom - FRAME.top) * (high - log)) / (high - low);
  const stroke = (points, color, size) => {
    c.strokeStyle = color;
    c.lineWidth = size;
    c.beginPath();
    for (const [x, y] of points) c.lineTo(x, y);
    c.stroke();
  };
  c.font = `13px ${FONT}`;
  c.textBaseline = "middle";
  c.textAlign = "right";
  c.fillStyle = ink.muted;
  const every = Math.ceil((high - low) / 4);
  for (let k = Math.ceil(low / every) * every; k <= high; k += every) {
    stroke([[FRAME.left, Y(k)], [right, Y(k)]], ink.grid, 1);
    c.fillText(Math.abs(k) > 3 ? power(k) : String(10 ** k), FRAME.left - 6, Y(k));
  }
  c.fillText(`step ${COUNTED}`, right, height - 8);
  c.textAlign = "left";
  c.fillText("1", FRAME.left, height - 8);
  const { at } = app.state;
  stroke([[X(at), FRAME.top], [X(at), bottom]], ink.muted, 1);
  for (const { values, color, dots } of lines) {
    const points = values.map((v, k) => [X(k + 1), Y(Math.log10(v))]);
    if (!dots) {
      stroke(points, color, 2);
      continue;
    }
    c.fillStyle = color;
    for (const [x, y] of points) c.fillRect(x - 1, y - 1, 2, 2);
  }
  endNames(c, lines.map((line) => ({ ...line, y: Y(Math.log10(line.values.at(-1))) })), right + 6, bottom, ink.paper);
}

// names at the right end, from the top down, moved apart where they would touch
function endNames(c, lines, x, bottom, paper) {
  c.font = `500 14px ${FONT}`;
  const order = lines.sort((a, b) => a.y - b.y);
  order.forEach((line, k) => {
    if (k) line.y = Math.max(line.y, order[k - 1].y + 16);
  });
  order.reverse().forEach((line, k) => {
    line.y = Math.min(line.y, bottom - 16 * k);
    halo(c, line.label, x, line.y, line.color, paper);
  });
}

function controls(app) {
  const { state } = app;
  const row = (key, options) => sliderRow({ get: () => state[key], set: setter(app, key), ...options });
  const rows = [
    row("at", { label: "Step t", low: 1, high: COUNTED, scale: COUNT, text: String }),
    row("jump", { label: "Jump", low: 0.001, high: 1000, scale: LOG, text: (v) => `× ${number(v)}` }),
    row("rho", { label: "Decay ρ", low: 0.5, high: 0.999, scale: FADE, text: fading }),
    row("eps", { label: "Guard ε", low: 1e-10, high: 1, scale: LOG }),
  ];
  const anew = button("New noise", () => setter(app, "seed")((state.seed % 999) + 1));
  const slides = h("div", { class: "slides" }, ...rows.map((r) => r.element));
  const element = h("div", { class: "column" }, slides, h("div", { class: "bar" }, anew));
  return { element, update: () => rows.forEach((r) => r.update()) };
}

// which rules are shown, and the numbers of one step
function rateTable(app) {
  const { state, listed } = app;
  const when = h("p", { class: "title" });
  const rows = listed.map((name) => {
    const head = ruleHead(name, true, (on) => {
      state.chosen = listed.filter((other) => (other === name ? on : state.chosen.includes(other)));
      app.changed();
    });
    const cells = [h("td"), h("td")];
    return { name, head, cells, element: h("tr", {}, head.element, ...cells) };
  });
  const heads = ["Rule", "Rate", "Step"].map((word) => h("th", { scope: "col" }, word));
  const rules = h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows.map((r) => r.element)));
  const update = () => {
    const k = state.at - 1;
    when.textContent = `At step ${state.at}, where g is ${number(app.data.g[k], 3)}`;
    for (const { name, head, cells, element } of rows) {
      head.box.checked = state.chosen.includes(name);
      element.toggleAttribute("data-off", !head.box.checked);
      element.style.setProperty("--own", app.color(name));
      const rate = app.data.rates[name][k];
      [rate, rate * app.data.g[k]].forEach((v, n) => (cells[n].textContent = number(v, 3)));
    }
  };
  return { element: h("div", { class: "column" }, when, rules), update };
}

function tell({ state, data }) {
  const k = state.at - 1;
  const each = state.chosen.map((name) => `${RULES[name].label} ${number(data.rates[name][k], 3)}`);
  const seen = each.length ? ` Rates: ${each.join(", ")}.` : "";
  const where = `Gradients times ${number(state.jump)} after step ${JUMP}; step ${state.at} of ${COUNTED}`;
  return `${where}: g is ${number(data.g[k], 3)}.${seen}`;
}

export default widget({ label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
