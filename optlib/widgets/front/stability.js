// The map of the factor per step over learning rate and momentum, for a quadratic with eigenvalues 1 and kappa.

import { RULES } from "../generated.js";
import { FONT, crosshair, density, fit, halo, shade } from "./canvas.js";
import { segments, trace } from "./contour.js";
import { choice } from "./controls.js";
import { draggable } from "./map.js";
import { clamp, number, rounded } from "./numbers.js";
import { h } from "./page.js";
import { best, edge, pace, spectralRadius } from "./quadratic.js";

const STABLE = { left: 30, top: 8, right: 10, bottom: 24, height: 250 }; // margins and height
const TALL = STABLE.height - STABLE.top - STABLE.bottom;
const WIDEST = 4.2; // the learning rate goes up to this over L
const TALLEST = 0.99;
const [NX, NY] = [120, 80];
const LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];

export function stabilityPanel(app) {
  const { state } = app;
  const canvas = h("canvas", { role: "img" });
  const handle = h("button", { type: "button", class: "handle dot" });
  const title = h("p", { class: "title" });
  const picture = h("div", { class: "map" }, canvas, handle);
  const labels = Object.fromEntries(app.listed.map((name) => [name, RULES[name].label]));
  const rule = choice("Rule", labels, () => state.chosen[0], (name) => {
    state.chosen = [name];
    app.changed();
  });
  const top = h("div", { class: "bar" }, rule.element, title);
  let [width, painted, backdrop] = [0, "", null];

  const span = () => width - STABLE.left - STABLE.right;
  const X = (eta) => STABLE.left + (span() * eta * state.kappa) / WIDEST;
  const Y = (mu) => STABLE.top + TALL * (1 - mu / TALLEST);
  const now = () => [state.lr[state.chosen[0]], state.momentum];

  function update() {
    rule.update();
    width = Math.round(picture.clientWidth);
    if (!width) return;
    const key = [state.chosen[0], state.kappa, width, app.look.dark, density()].join();
    if (key !== painted) backdrop = paintStability(state.chosen[0], state.kappa, span(), app.look);
    painted = key;
    const c = fit(canvas, width, STABLE.height);
    canvas.style.height = `${STABLE.height}px`;
    c.drawImage(backdrop, STABLE.left, STABLE.top, span(), TALL);
    drawEdge(c);
    drawAxes(c);
    const top = best(state.chosen[0], state.kappa);
    crosshair(c, X(top.eta), Y(top.mu), app.look.ink.ink, app.look.ink.paper);
    c.font = `500 13px ${FONT}`;
    c.textAlign = "left";
    halo(c, "best", X(top.eta) + 11, Y(top.mu) - 9, app.look.ink.ink, app.look.ink.paper);
    const [eta, mu] = now();
    handle.style.left = `${clamp(X(eta), STABLE.left, width - STABLE.right)}px`;
    handle.style.top = `${Y(Math.min(mu, TALLEST))}px`;
    handle.style.setProperty("--own", app.color(state.chosen[0]));
    title.textContent = `Factor per step: ${number(spectralRadius(state.chosen[0], eta, mu, state.kappa))}`;
  }

  function drawEdge(c) {
    c.beginPath();
    for (let k = 0; k <= 60; k++) {
      const mu = (TALLEST * k) / 60;
      c.lineTo(Math.min(X(edge(state.chosen[0], mu, state.kappa)), width - STABLE.right), Y(mu));
    }
    c.strokeStyle = app.look.ink.alarm;
    c.lineWidth = 2;
    c.stroke();
    c.font = `500 13px ${FONT}`;
    c.textAlign = "left";
    const x = X(edge(state.chosen[0], 0.12, state.kappa)) + 10;
    if (x + 60 < width - STABLE.right) halo(c, "diverges", x, Y(0.06), app.look.ink.alarm, app.look.ink.paper);
  }

  function drawAxes(c) {
    c.font = `13px ${FONT}`;
    c.textBaseline = "middle";
    c.fillStyle = app.look.ink.muted;
    c.textAlign = "center";
    ["η = 0", "1/L", "2/L", "3/L", "4/L"].forEach((text, k) => c.fillText(text, X(k / state.kappa), STABLE.height - 9));
    c.textAlign = "right";
    for (const mu of [0, 0.5]) c.fillText(String(mu), STABLE.left - 6, Y(mu));
    c.font = `italic 15px ${FONT}`;
    c.fillText("μ", STABLE.left - 8, Y(0.97));
  }

  function describe(sentence) {
    const [eta, mu] = now();
    const [name, L] = [RULES[state.chosen[0]].label, state.kappa];
    const top = best(state.chosen[0], L);
    canvas.setAttribute(
      "aria-label",
      `Map of the factor per step of ${name} over learning rate (0 to ${number(WIDEST / L)}) and momentum (0 to 1). ` +
        `Best at ${number(top.eta)} and ${number(top.mu)}. ${sentence}`,
    );
    handle.setAttribute("aria-label", `Learning rate ${number(eta)}, momentum ${number(mu)}`);
  }

  function move(eta, mu) {
    const rate = rounded(clamp(eta, 1e-3 / state.kappa, WIDEST / state.kappa));
    for (const name of app.listed) state.lr[name] = rate;
    state.momentum = clamp(Math.round(mu * 1000) / 1000, 0, TALLEST);
    app.changed();
  }

  draggable(app, handle, canvas, {
    to: (u, v) => {
      const across = (u * width - STABLE.left) / span();
      const down = (v * STABLE.height - STABLE.top) / TALL;
      move((across * WIDEST) / state.kappa, TALLEST * (1 - down));
    },
    by: (dx, dy, far) => move(now()[0] + (dx * (far ? 0.2 : 0.04)) / state.kappa, now()[1] + dy * (far ? 0.05 : 0.01)),
  });
  return { element: h("div", { class: "column" }, top, picture), handle, update, describe };
}

// deep is fast; what diverges stays paper
function paintStability(rule, kappa, width, look) {
  const d = density();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * d), Math.round(TALL * d)];
  const c = canvas.getContext("2d");
  const z = new Float64Array((NX + 1) * (NY + 1));
  for (let j = 0, k = 0; j <= NY; j++) {
    for (let i = 0; i <= NX; i++, k++) {
      z[k] = spectralRadius(rule, (WIDEST * i) / NX / kappa, TALLEST * (1 - j / NY), kappa);
    }
  }
  c.fillStyle = look.ink.paper;
  c.fillRect(0, 0, canvas.width, canvas.height);
  const steepest = z.reduce((a, b) => Math.min(a, b));
  const depth = (rho) => (rho >= 1 ? -1 : 0.12 + 0.88 * (Math.log(rho) / Math.log(steepest)) ** 0.6);
  const tones = shade(NX + 1, NY + 1, look.ramp, (i, j) => depth(z[j * (NX + 1) + i]));
  c.drawImage(tones, 0.5, 0.5, NX, NY, 0, 0, canvas.width, canvas.height);
  c.strokeStyle = look.ink.rule;
  c.lineWidth = d;
  c.stroke(trace(segments(z, NX, NY, LEVELS), NX, NY, canvas.width, canvas.height));
  return canvas;
}

export function stabilitySentence(state) {
  const name = state.chosen[0];
  const rho = spectralRadius(name, state.lr[name], state.momentum, state.kappa);
  const set = `Learning rate ${number(state.lr[name])} and momentum ${number(state.momentum)}`;
  return `${set} multiply the error by ${number(rho)} per step: ${pace(rho)}.`;
}
