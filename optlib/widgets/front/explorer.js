// The explorer.  Python's side is optlib/widgets/explorer.py; generated.js holds what it computes with.

import { RULES } from "../generated.js";
import { curvesPanel } from "./curves.js";
import { factorsPanel } from "./factors.js";
import { mapPanel } from "./map.js";
import { number } from "./numbers.js";
import { playerBar } from "./player.js";
import { edge, eigenvalues, factor, verdict } from "./quadratic.js";
import { rateRows, rulesPanel, sentence, sharedPanel } from "./rules.js";
import { STEPS, handle, walkAll } from "./run.js";
import { surface, whole } from "./settings.js";
import { stabilityPanel, stabilitySentence } from "./stability.js";
import { stage } from "./stage.js";

const FIELDS = {
  ...surface,
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
  const build = (app) => panelsOf(Object.assign(app, { question, single: question !== null, runs: {}, place: null }));
  const { app, stop } = stage({ model, el }, { ...QUESTIONS[question], fields: FIELDS, build, compute: walkAll, tell });

  el.descent = handle(app);
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

// What the pictures show, in words.
function tell(app) {
  const { state } = app;
  const words = sentence(app);
  if (!state.chosen.length) return words;
  if (app.question === "stability") return `${words} ${stabilitySentence(state)}`;
  if (app.question === null) return words;
  const eta = state.lr[state.chosen[0]];
  const errors = eigenvalues(state.kappa).map((h, k) => `along h${"₁₂"[k]} ${verdict(factor(eta, h))}`);
  return `${words} The error ${errors.join(", ")}.`;
}

export default { render };
