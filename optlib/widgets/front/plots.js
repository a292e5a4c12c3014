// The two plots of a stream: the averages that follow the gradients, and the steps made of them.

import { FONT, fit, halo } from "./canvas.js";
import { RULES } from "../generated.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";

const FRAME = { left: 40, right: 74, top: 10, bottom: 22 };

// lines: of {values, color, dash, label, dots}; the y axis runs from low to high
function plot(app, canvas, width, height, { low, high, lines, ticks }) {
  const c = fit(canvas, width, height);
  canvas.style.height = `${height}px`;
  const { ink } = app.look;
  const n = app.state.steps;
  const X = (t) => FRAME.left + ((width - FRAME.left - FRAME.right) * (t - 1)) / (n - 1);
  const Y = (v) => FRAME.top + ((height - FRAME.top - FRAME.bottom) * (high - v)) / (high - low);
  c.font = `13px ${FONT}`;
  c.textBaseline = "middle";
  c.textAlign = "right";
  for (const v of ticks) {
    rule(c, FRAME.left, Y(v), width - FRAME.right, Y(v), v === 0 ? ink.rule : ink.grid, 1);
    c.fillStyle = ink.muted;
    c.fillText(number(v), FRAME.left - 6, Y(v));
  }
  c.fillText(`step ${n}`, width - FRAME.right, height - 8);
  c.textAlign = "left";
  c.fillText("1", FRAME.left, height - 8);
  rule(c, X(app.state.at), FRAME.top, X(app.state.at), height - FRAME.bottom, ink.muted, 1);
  c.save();
  c.beginPath();
  c.rect(FRAME.left - 4, FRAME.top - 4, width - FRAME.left - FRAME.right + 8, height - FRAME.top - FRAME.bottom + 8);
  c.clip();
  for (const line of lines) (line.dots ? drawSticks : drawLine)(c, line, X, Y);
  c.restore();
  const labeled = lines.filter((line) => line.label);
  drawLabels(c, labeled, width - FRAME.right + 6, Y, [FRAME.top + 4, height - FRAME.bottom - 4], ink.paper);
}

function rule(c, x0, y0, x1, y1, color, width) {
  c.strokeStyle = color;
  c.lineWidth = width;
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

function drawLine(c, { values, color, dash }, X, Y) {
  c.strokeStyle = color;
  c.lineWidth = 2;
  c.setLineDash(dash ?? []);
  c.beginPath();
  values.forEach((v, k) => c.lineTo(X(k + 1), clamp(Y(v), -1e4, 1e4)));
  c.stroke();
  c.setLineDash([]);
}

function drawSticks(c, { values, color }, X, Y) {
  c.fillStyle = color;
  c.beginPath();
  const size = values.length > 400 ? 1.2 : 1.8;
  values.forEach((v, k) => {
    const [x, y] = [X(k + 1), clamp(Y(v), -1e4, 1e4)];
    c.moveTo(x + size, y);
    c.arc(x, y, size, 0, 7);
  });
  c.fill();
}

// names right of x, at the end of the lines, moved apart where they would touch
export function drawLabels(c, lines, x, Y, [top, bottom], paper) {
  c.font = `500 14px ${FONT}`;
  c.textAlign = "left";
  const placed = lines
    .map((line) => ({ line, y: clamp(Y(line.values.at(-1)), top, bottom) }))
    .sort((a, b) => a.y - b.y);
  for (let k = 1; k < placed.length; k++) placed[k].y = Math.max(placed[k].y, placed[k - 1].y + 16);
  for (let k = placed.length - 1, floor = bottom + 8; k >= 0; k--, floor -= 16) {
    placed[k].y = Math.min(placed[k].y, floor);
  }
  for (const { line, y } of placed) halo(c, line.label, x, y, line.color, paper);
}

// round numbers that cover low to high
function niceTicks(low, high) {
  const rough = (high - low) / 3;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((m) => m * unit >= rough);
  const out = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) out.push(k * step);
  return out;
}

export function panel(app, title, height, content) {
  const canvas = h("canvas", { role: "img", class: "read" });
  const element = h("div", {}, h("p", { class: "title" }, title), canvas);
  const point = (event) => {
    if (event.type === "pointermove" && !event.buttons && event.pointerType !== "mouse") return;
    const box = canvas.getBoundingClientRect();
    const part = (event.clientX - box.left - FRAME.left) / (box.width - FRAME.left - FRAME.right);
    app.state.at = clamp(Math.round(1 + part * (app.state.steps - 1)), 1, app.state.steps);
    app.changed();
  };
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointermove", point);
  const update = () => {
    const width = Math.round(element.clientWidth);
    if (width) plot(app, canvas, width, height, content());
  };
  return { element, update, describe: (sentence) => canvas.setAttribute("aria-label", `${title}. ${sentence}`) };
}

export function averagesPlot(app) {
  return panel(app, "Gradient g, its average m, and √v", 190, () => {
    const { g, m, root } = app.data;
    const { ink } = app.look;
    // the axis holds the averages and nearly all gradients; an outlier may stand outside
    const sorted = [...g].sort((a, b) => a - b);
    const part = (share) => sorted[Math.floor(share * (g.length - 1))];
    const high = 1.1 * Math.max(part(0.98), ...m, ...root, 0.1);
    const low = Math.min(1.1 * part(0.02), 1.1 * Math.min(...m), -0.06 * high);
    return {
      low,
      high,
      ticks: niceTicks(low, high),
      lines: [
        { values: g, color: ink.muted, dots: true },
        { values: root, color: ink.ink, dash: [6, 4], label: "√v" },
        { values: m, color: ink.ink, label: "m" },
      ],
    };
  });
}

export function stepsPlot(app) {
  return panel(app, "Step over the learning rate", 210, () => {
    const { steps, raw } = app.data;
    const { chosen, uncorrected } = app.state;
    const lines = chosen.map((name) => ({ values: steps[name], color: app.color(name), label: RULES[name].label }));
    if (uncorrected) lines.unshift({ values: raw, color: app.look.ink.ink, dash: [3, 3] });
    const all = lines.flatMap((line) => line.values);
    const high = 1.1 * all.reduce((a, b) => Math.max(a, b), 1);
    const low = Math.min(1.1 * all.reduce((a, b) => Math.min(a, b), 0), -0.06 * high);
    return { low, high, ticks: niceTicks(low, high), lines };
  });
}
