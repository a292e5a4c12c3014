// Basins of attraction.  Python's side is optlib/widgets/basins.py; generated.js holds what it computes with.

import { RULES } from "../generated.js";
import { mapPanel } from "./map.js";
import { playerBar } from "./player.js";
import { rulesPanel, sentence, sharedPanel } from "./rules.js";
import { STEPS, handle, walkAll } from "./run.js";
import { oneOf, surface, whole } from "./settings.js";
import { stage } from "./stage.js";
import { basinsPanel, basinsSentence } from "./veil.js";

const FIELDS = {
  ...surface,
  step: whole(0, STEPS),
  basin_of: oneOf(RULES),
};
const LABEL = "Basins of attraction";
const HELP = "Drag the ring, or focus it and press the arrow keys (with Shift: larger steps).";

function render({ model, el }) {
  const { app, stop } = stage({ model, el }, { label: LABEL, help: HELP, fields: FIELDS, build, compute, tell });
  el.descent = { ...handle(app), basins: app.basins }; // for tests
  return stop;
}

function build(app) {
  Object.assign(app, { runs: {}, place: null });
  const takes = new Set(app.listed.flatMap((rule) => Object.keys(RULES[rule].hyper)));
  const basins = basinsPanel(app);
  return [[mapPanel(app), playerBar(app)], [rulesPanel(app), sharedPanel(app, takes), basins]];
}

function compute(app) {
  if (!app.listed.includes(app.state.basin_of)) app.state.basin_of = app.listed[0];
  walkAll(app);
  app.follow();
}

const tell = (app) => `${sentence(app)} ${basinsSentence(app)}`;

export default { render };
