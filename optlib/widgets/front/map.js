// The landscape with its level curves, the start as a ring to drag, and the paths of the chosen rules.

import { RULES } from "../generated.js";
import { FONT, cross, crosshair, density, fit, halo, labeler, mark, shade } from "./canvas.js";
import { segments, trace } from "./contour.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";

const CELLS = [84, 72];

export function mapPanel(app) {
  const canvas = h("canvas", { role: "img" });
  const ring = h("button", { type: "button", class: "handle" });
  const element = h("div", { class: "map" }, canvas, ring);
  let [width, height, painted, backdrop] = [0, 0, "", null];

  const X = (x) => ((x - app.place.window[0]) / (app.place.window[1] - app.place.window[0])) * width;
  const Y = (y) => ((app.place.window[3] - y) / (app.place.window[3] - app.place.window[2])) * height;

  // shading and level curves, painted again only when landscape, size or theme have changed
  function paint() {
    const key = [app.place.name, app.state.kappa, width, app.look.dark, density()].join();
    if (key === painted) return;
    painted = key;
    backdrop = paintLandscape(app.place, width, height, app.look);
  }

  function update() {
    const [left, right, bottom, top] = app.place.window;
    width = Math.round(element.clientWidth);
    height = Math.round((width * (top - bottom)) / (right - left));
    if (!width) return;
    paint();
    const c = fit(canvas, width, height);
    canvas.style.height = `${height}px`;
    c.drawImage(backdrop, 0, 0, width, height);
    app.veil?.(c, width, height);
    if (app.question === "descent") drawAxes(c);
    for (const [x, y] of app.place.minima) crosshair(c, X(x), Y(y), app.look.ink.muted, app.look.ink.paper);
    const ends = app.state.chosen.map((name) => drawPath(c, name, app.runs[name]));
    c.font = `500 15px ${FONT}`;
    const labels = labeler(c, width, height, app.look.ink.paper);
    labels.keep(X(app.state.start[0]), Y(app.state.start[1]));
    for (const end of ends) drawEnd(c, end, labels);
    // minima go by numbers where a veil tells them apart
    if (app.veil) app.place.minima.forEach(([x, y], k) => labels.write(String(k + 1), X(x), Y(y), app.look.ink.ink));
    ring.style.left = `${X(app.state.start[0])}px`;
    ring.style.top = `${Y(app.state.start[1])}px`;
  }

  // the eigenvectors, by which the factors beside the picture are told
  function drawAxes(c) {
    const turn = app.place.hyper.angle ?? 0;
    c.font = `13px ${FONT}`;
    c.textAlign = "center";
    c.lineWidth = 1;
    c.setLineDash([4, 4]);
    c.strokeStyle = app.look.ink.muted;
    const ends = [[turn, 1.75], [turn + Math.PI / 2, 1.45]].map(([a, far]) => [far * Math.cos(a), far * Math.sin(a)]);
    c.beginPath();
    for (const [u, v] of ends) {
      c.moveTo(X(-u), Y(-v));
      c.lineTo(X(u), Y(v));
    }
    c.stroke();
    c.setLineDash([]);
    ends.forEach(([u, v], k) => {
      halo(c, `h${"₁₂"[k]}`, X(1.07 * u), Y(1.07 * v) + 4, app.look.ink.ink, app.look.ink.paper);
    });
    c.textAlign = "left";
  }

  // Returns where the path ends, and where it left the picture for good.
  function drawPath(c, name, run) {
    const last = Math.min(app.state.step, run.end);
    const color = app.color(name);
    const line = new Path2D();
    const dots = new Path2D();
    const every = last > 250 ? 4 : last > 80 ? 2 : 1;
    let [x, y, exit, dotX, dotY] = [X(run.path[0]), Y(run.path[1]), null, -99, -99];
    line.moveTo(x, y);
    for (let t = 1; t <= last; t++) {
      const [u, v] = [X(run.path[2 * t]), Y(run.path[2 * t + 1])];
      // a canvas may refuse coordinates far away
      line.lineTo(clamp(u, -1e5, 1e5), clamp(v, -1e5, 1e5));
      if (t % every === 0 && Math.abs(u - dotX) + Math.abs(v - dotY) > 3) {
        dots.moveTo(u + 2.6, v);
        dots.arc(u, v, 2.6, 0, 7);
        [dotX, dotY] = [u, v];
      }
      if (run.diverged && run.diverged <= last && (u < 0 || u > width || v < 0 || v > height)) {
        exit ??= border(x, y, u, v);
      } else exit = null;
      [x, y] = [u, v];
    }
    c.lineWidth = 4.2;
    c.strokeStyle = app.look.ink.paper;
    c.stroke(line);
    c.lineWidth = 2.1;
    c.strokeStyle = c.fillStyle = color;
    c.stroke(line);
    c.fill(dots);
    return { name, color, x, y, exit };
  }

  // where the line from inside (x, y) to outside (u, v) crosses the edge
  function border(x, y, u, v) {
    const along = (from, to, end) => (to < 0 ? from / (from - to) : to > end ? (end - from) / (to - from) : 1);
    const part = clamp(Math.min(along(x, u, width), along(y, v, height)), 0, 1);
    return [clamp(x + part * (u - x), 14, width - 14), clamp(y + part * (v - y), 14, height - 14)];
  }

  function drawEnd(c, { name, color, x, y, exit }, labels) {
    const [px, py] = exit ?? [x, y];
    if (!(px >= 0 && px <= width && py >= 0 && py <= height)) return;
    c.fillStyle = color;
    if (exit) {
      for (const [size, stroke] of [[6, app.look.ink.paper], [3.2, color]]) {
        c.lineWidth = size;
        c.strokeStyle = stroke;
        cross(c, px, py, 6);
      }
    } else {
      c.lineWidth = 1.6;
      c.strokeStyle = app.look.ink.paper;
      mark(c, RULES[name].marker, px, py, 6.2);
    }
    labels.write(RULES[name].label + (exit ? " diverges" : ""), px, py, color);
    labels.keep(px, py);
  }

  function describe(sentence) {
    const chosen = app.state.chosen.map((name) => RULES[name].label).join(", ") || "no rule";
    canvas.setAttribute("aria-label", `Level curves of ${app.place.title} with the paths of ${chosen}. ${sentence}`);
    ring.setAttribute("aria-label", `Start point, x ${number(app.state.start[0])}, y ${number(app.state.start[1])}`);
  }

  function move(x, y) {
    const [left, right, bottom, top] = app.place.window;
    const three = (v) => Math.round(v * 1000) / 1000;
    app.state.start = [three(clamp(x, left, right)), three(clamp(y, bottom, top))];
    app.changed();
  }

  draggable(app, ring, canvas, {
    to: (u, v) => {
      const [left, right, bottom, top] = app.place.window;
      move(left + u * (right - left), top - v * (top - bottom));
    },
    by: (dx, dy, far) => {
      const unit = (app.place.window[1] - app.place.window[0]) * (far ? 0.05 : 0.01);
      move(app.state.start[0] + dx * unit, app.state.start[1] + dy * unit);
    },
  });
  return { element, handle: ring, update, describe };
}

// A handle on a picture.  to(u, v): pointer at these parts of width and height.  by(dx, dy, far): an arrow key.
export function draggable(app, handle, canvas, { to, by }) {
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    to((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  let held = false;
  const hear = {
    pointerdown: (event) => {
      handle.setPointerCapture(event.pointerId);
      held = true;
    },
    pointermove: (event) => held && at(event),
    pointerup: () => (held = false),
    pointercancel: () => (held = false),
    keydown: (event) => {
      const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!arrow) return;
      event.preventDefault();
      by(...arrow, event.shiftKey);
    },
  };
  for (const [type, listen] of Object.entries(hear)) handle.addEventListener(type, listen);
  canvas.addEventListener("click", at);
}

export function paintLandscape(place, width, height, look) {
  const d = density();
  const [left, right, bottom, top] = place.window;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * d), Math.round(height * d)];
  const c = canvas.getContext("2d");
  const [nx, ny] = CELLS;
  const z = new Float64Array((nx + 1) * (ny + 1));
  for (let j = 0, k = 0; j <= ny; j++) {
    for (let i = 0; i <= nx; i++, k++) {
      z[k] = place.f(left + ((right - left) * i) / nx, top - ((top - bottom) * j) / ny);
    }
  }
  const low = z.reduce((a, b) => Math.min(a, b));
  const high = z.reduce((a, b) => Math.max(a, b));
  // the ramp goes from high to deep; the power spends its steps near the bottom
  const tone = (i, j) => 1 - 1.1 * ((z[j * (nx + 1) + i] - low) / (high - low)) ** 0.3;
  c.drawImage(shade(nx + 1, ny + 1, look.ramp, tone), 0.5, 0.5, nx, ny, 0, 0, canvas.width, canvas.height);
  const levels = Array.from({ length: 16 }, (_, k) => low + (high - low) * ((k + 0.5) / 16) ** 2.9);
  c.strokeStyle = look.ink.rule;
  c.lineWidth = 0.8 * d;
  c.stroke(trace(segments(z, nx, ny, levels), nx, ny, canvas.width, canvas.height));
  return canvas;
}
