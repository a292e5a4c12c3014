// Which minimum each start reaches under one rule: a veil over the landscape, and the share of starts of each minimum.

import { RULES } from "../generated.js";
import { choice } from "./controls.js";
import { h } from "./page.js";
import { FAR, hyperOf } from "./run.js";

const GRID = [56, 48];
const LONG = 300; // steps of each run
const NEAR = 0.1; // as in optlib/problems/basins.py
const BUDGET = 6; // milliseconds a frame
const BLOCK = 4; // a first look takes one start of a block

// the place of the minimum that a run reaches in the list of minima, the lowest first; -1 where it reaches none
export function reached(rule, place, start, hyper, steps = LONG) {
  let x = [start[0], ...rule.start];
  let y = [start[1], ...rule.start];
  for (let t = 1; t <= steps; t++) {
    const slope = place.grad(x[0], y[0]);
    x = rule.step(x, slope[0], t, hyper);
    y = rule.step(y, slope[1], t, hyper);
    if (!(Math.abs(x[0]) < FAR && Math.abs(y[0]) < FAR)) return -1;
  }
  const away = place.minima.map(([u, v]) => Math.hypot(x[0] - u, y[0] - v));
  const least = Math.min(...away);
  return least < NEAR ? away.indexOf(least) : -1;
}

// the middle of the cell in this column and row, from the top left
export function middle(place, i, j, [nx, ny] = GRID) {
  const [left, right, bottom, top] = place.window;
  return [left + ((right - left) * (i + 0.5)) / nx, top - ((top - bottom) * (j + 0.5)) / ny];
}

// first one cell of each block, then the others
function orderOf(nx, ny) {
  const cells = Array.from({ length: nx * ny }, (_, k) => k);
  const first = (k) => (k % nx) % BLOCK === 1 && Math.floor(k / nx) % BLOCK === 1;
  return [...cells.filter(first), ...cells.filter((k) => !first(k))];
}

export function basinsPanel(app) {
  const [nx, ny] = GRID;
  const labels = new Int8Array(nx * ny);
  const order = orderOf(nx, ny);
  const coarse = order.length / BLOCK ** 2;
  const image = document.createElement("canvas");
  [image.width, image.height] = GRID;
  let [key, next] = ["", 0];

  // Computes a part in each frame, until all starts have run.
  app.follow = () => {
    const { state, place } = app;
    const name = state.basin_of;
    const hyper = hyperOf(name, state);
    const wanted = JSON.stringify([name, state.landscape, state.kappa, hyper]);
    if (wanted !== key) [key, next] = [wanted, 0];
    const stop = performance.now() + BUDGET;
    while (next < order.length && performance.now() < stop) {
      const k = order[next];
      const [i, j] = [k % nx, Math.floor(k / nx)];
      labels[k] = reached(RULES[name], place, middle(place, i, j), hyper);
      if (next < coarse) {
        const [u, v] = [i - 1, j - 1];
        for (let q = 0; q < BLOCK; q++) labels.fill(labels[k], (v + q) * nx + u, (v + q) * nx + u + BLOCK);
      }
      next++;
    }
    if (next < order.length) app.changed();
  };

  // the lowest minimum keeps the color of the ground
  app.veil = (c, width, height) => {
    const { ink, dark } = app.look;
    const tint = (color, share) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)).concat(share * 255);
    const strength = dark ? 0.7 : 1;
    const tones = [tint(ink.ink, 0), tint(ink.ink, 0.17 * strength), tint(ink.ink, 0.32 * strength)];
    const none = tint(ink.alarm, 0.3);
    const brush = image.getContext("2d");
    const pixels = brush.createImageData(nx, ny);
    labels.forEach((label, k) => pixels.data.set(label < 0 ? none : tones[Math.min(label, 2)], 4 * k));
    brush.putImageData(pixels, 0, 0);
    c.drawImage(image, 0, 0, width, height);
  };

  const names = Object.fromEntries(app.listed.map((name) => [name, RULES[name].label]));
  const which = choice("Basins of", names, () => app.state.basin_of, (name) => {
    app.state.basin_of = name;
    app.changed();
  });
  const body = h("tbody");
  const head = h("tr", {}, h("th", { scope: "col" }, "Minimum"), h("th", { scope: "col" }, "Share of starts"));
  const bar = h("div", { class: "bar" }, h("span", { "aria-hidden": "true" }, "Basins of"), which.element);
  const element = h("div", { class: "column" }, bar, h("table", {}, h("thead", {}, head), body));

  app.shares = () => {
    const count = (label) => labels.reduce((sum, own) => sum + (own === label), 0);
    const rows = app.place.minima.map((_, k) => [k + 1, count(k)]);
    return [...rows, ["none", count(-1)]].map(([word, n]) => [word, Math.round((100 * n) / labels.length)]);
  };
  app.basins = () => (next === order.length ? [...labels] : null);
  const update = () => {
    which.update();
    const rows = app.shares().map(([word, share]) =>
      h("tr", {}, h("th", { scope: "row" }, word === 1 ? "1, the lowest" : String(word)), h("td", {}, `${share} %`)));
    body.replaceChildren(...rows);
  };
  return { element, update };
}

export function basinsSentence(app) {
  const shares = app.shares().filter(([, share]) => share > 0);
  const words = shares.map(([word, share]) => `${share} % ${word === "none" ? "no minimum" : `minimum ${word}`}`);
  return `Where ${RULES[app.state.basin_of].label} arrives from all starts in the picture: ${words.join(", ")}.`;
}
