// The gap to the lowest value of each chosen path, against the step, on a logarithmic scale.

import { RULES } from "../generated.js";
import { FONT, fit, mark } from "./canvas.js";
import { clamp, power } from "./numbers.js";
import { h } from "./page.js";

const CURVES = { left: 38, top: 8, right: 8, bottom: 22, height: 136 }; // margins and height
const FLOOR = 1e-9;

export function curvesPanel(app) {
  const canvas = h("canvas", { role: "img" });
  const element = h("div", {}, h("p", { class: "title" }, "Gap to the lowest value"), canvas);

  function update() {
    const width = Math.round(element.clientWidth);
    if (!width) return;
    const c = fit(canvas, width, CURVES.height);
    canvas.style.height = `${CURVES.height}px`;
    const { ink } = app.look;
    const shown = app.state.step;
    const lines = app.state.chosen.map((name) => {
      const run = app.runs[name];
      const values = run.loss.subarray(0, Math.min(shown, run.end) + 1);
      return { name, values: Array.from(values, (v) => clamp(v - app.place.lowest, FLOOR, 1e30)) };
    });
    // what a diverging path reaches would flatten all others
    const seen = lines.flatMap((line) => line.values).filter((v) => v < 1e3);
    const low = Math.floor(Math.log10(seen.reduce((a, b) => Math.min(a, b), 1)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(seen.reduce((a, b) => Math.max(a, b), FLOOR))));
    const span = Math.max(20, shown);
    const X = (t) => CURVES.left + ((width - CURVES.left - CURVES.right) * t) / span;
    const tall = CURVES.height - CURVES.top - CURVES.bottom;
    const Y = (v) => CURVES.top + (tall * (high - Math.log10(v))) / (high - low);

    c.font = `13px ${FONT}`;
    c.textBaseline = "middle";
    c.textAlign = "right";
    c.lineWidth = 1;
    const every = Math.ceil((high - low) / 4);
    for (let k = high; k >= low; k -= every) {
      const y = Y(10 ** k);
      c.strokeStyle = ink.grid;
      c.beginPath();
      c.moveTo(CURVES.left, y);
      c.lineTo(width - CURVES.right, y);
      c.stroke();
      c.fillStyle = ink.muted;
      c.fillText(Math.abs(k) > 2 ? power(k) : String(10 ** k), CURVES.left - 6, y);
    }
    c.fillText(`step ${span}`, width - CURVES.right, CURVES.height - 8);
    c.textAlign = "left";
    c.fillText("0", CURVES.left, CURVES.height - 8);

    c.save();
    c.beginPath();
    c.rect(CURVES.left, CURVES.top - 4, width - CURVES.left, CURVES.height - CURVES.top - CURVES.bottom + 8);
    c.clip();
    for (const { name, values } of lines) {
      c.strokeStyle = app.color(name);
      c.lineWidth = 2;
      c.beginPath();
      values.forEach((v, t) => c.lineTo(X(t), Y(v)));
      c.stroke();
    }
    c.restore();
    // markers at different places along the lines, so that those which coincide can be told apart
    lines.forEach(({ name, values }, k) => {
      const t = Math.floor((values.length - 1) * (0.35 + (0.5 * (k + 0.5)) / lines.length));
      const y = Y(values[t]);
      if (y < CURVES.top || y > CURVES.height - CURVES.bottom) return;
      c.fillStyle = app.color(name);
      c.strokeStyle = ink.paper;
      c.lineWidth = 1.2;
      mark(c, RULES[name].marker, X(t), y, 4.6);
    });
  }

  function describe(sentence) {
    const text = `Gap to the lowest value over ${app.state.step} steps, logarithmic. ${sentence}`;
    canvas.setAttribute("aria-label", text);
  }
  return { element, update, describe };
}
