// The explorer.  Python's side is optlib/widgets/explorer.py; generated.js holds what it computes with.

import { RULES } from "../generated.js";
import { curvesPanel } from "./curves.js";
import { factorsPanel } from "./factors.js";
import { mapPanel } from "./map.js";
import { number } from "./numbers.js";
import { playerBar } from "./player.js";
import { edge, eigenvalues, factor, verdict } from "./quadratic.js";
import { outcome, rateRows, rulesPanel, sharedPanel } from "./rules.js";
import { STEPS, descend, hyperOf, placeOf, tune } from "./run.js";
import { between, landscape, names, point, rates, whole } from "./settings.js";
import { stabilityPanel, stabilitySentence } from "./stability.js";
import { stage } from "./stage.js";

const FIELDS = {
  landscape,
  kappa: between(1, 100),
  chosen: names,
  lr: rates,
  momentum: between(0, 0.9999),
  beta2: between(0, 0.99999),
  start: point,
  step: whole(0, STEPS),
};
const KEYS = "and press the arrow keys (with Shift: larger steps).";
const QUESTIONS = {
  null: { label: "Optimizer explorer", help: `Drag the ring, or focus it ${KEYS}` },
  descent: { label: "Gradient descent on a ravine", help: `Drag the ring, or focus it ${KEYS}` },
  stability: { label: "Momentum and the edge of stability", help: `Drag the ring or the dot, or focus one ${KEYS}` },
};

function render({ model, el }) {
  const question = model.get("question");
  const build = (app) => panelsOf(Object.assign(app, { question, runs: {}, place: null }));
  const { app, stop } = stage({ model, el }, { ...QUESTIONS[question], fields: FIELDS, build, compute, tell });

  const points = ({ path, end }) => Array.from({ length: end + 1 }, (_, t) => [path[2 * t], path[2 * t + 1]]);
  el.descent = { // for tests: what is set, what is computed
    state: app.state,
    changed: app.changed,
    path: (rule) => points(app.runs[rule]),
    losses: (rule) => [...app.runs[rule].loss.subarray(0, app.runs[rule].end + 1)],
  };
  return stop;
}

// What stands in the left column, what in the right.
function panelsOf(app) {
  const { question } = app;
  const takes = new Set(app.listed.flatMap((rule) => Object.keys(RULES[rule].hyper)));
  const [map, player, curves] = [mapPanel(app), playerBar(app), curvesPanel(app)];
  if (question === null) return [[map, player, curves], [rulesPanel(app), sharedPanel(app, takes)]];
  const mu = () => (question === "descent" ? 0 : app.state.momentum);
  const stable = () => edge(app.state.chosen[0], mu(), app.state.kappa);
  const word = () => `${question === "descent" ? "2/L" : "edge"} = ${number(stable())}`;
  const sliders = sharedPanel(app, takes, rateRows(app, stable, word));
  if (question === "descent") return [[map, player], [sliders, factorsPanel(app), curves]];
  curves.element.classList.add("after"); // on a phone the two maps stand together
  return [[map, player, curves], [stabilityPanel(app), sliders]];
}

// Compute what has changed.
function compute(app) {
  const { state } = app;
  if (app.place?.name !== state.landscape || app.place.kappa !== state.kappa) {
    app.place = { ...placeOf(state.landscape, state.kappa), kappa: state.kappa };
  }
  // a link or the kernel may name rules that are not listed here, or leave a rate open
  state.chosen = app.listed.filter((rule) => state.chosen.includes(rule));
  if (app.question) state.chosen = state.chosen.length ? state.chosen.slice(0, 1) : app.listed.slice(0, 1);
  for (const rule of app.listed) state.lr[rule] ??= tune(rule, app.place, state);
  for (const rule of state.chosen) {
    const hyper = hyperOf(rule, state);
    const key = JSON.stringify([state.landscape, state.kappa, state.start, hyper]);
    if (app.runs[rule]?.key !== key) app.runs[rule] = { key, ...descend(rule, app.place, state.start, hyper) };
  }
}

// What the pictures show, in words.
function tell(app) {
  const { state } = app;
  if (!state.chosen.length) return "No rule is selected.";
  const each = state.chosen.map((rule) => {
    const { diverged } = app.runs[rule];
    const label = RULES[rule].label;
    if (diverged && state.step >= diverged) return `${label} diverged at step ${diverged}`;
    return `${label} is ${outcome(app, rule).replace("<", "less than")} above the lowest value`;
  });
  const start = state.start.map((v) => number(v)).join(", ");
  const sentence = `${app.place.title}, ${state.step} steps from (${start}): ${each.join("; ")}.`;
  if (app.question === "stability") return `${sentence} ${stabilitySentence(state)}`;
  if (app.question === null) return sentence;
  const eta = state.lr[state.chosen[0]];
  const words = eigenvalues(state.kappa).map((h, k) => `along h${"₁₂"[k]} ${verdict(factor(eta, h))}`);
  return `${sentence} The error ${words.join(", ")}.`;
}

export default { render };
