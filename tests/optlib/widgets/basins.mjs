// Which minimum the widget says each start of a grid reaches, and the starts.

import { RULES } from "../../../optlib/widgets/generated.js";
import { hyperOf, placeOf } from "../../../optlib/widgets/front/run.js";
import { middle, reached } from "../../../optlib/widgets/front/veil.js";

export function labels(rule, landscape, state, [nx, ny]) {
  const place = placeOf(landscape, state.kappa);
  const starts = Array.from({ length: nx * ny }, (_, k) => middle(place, k % nx, Math.floor(k / nx), [nx, ny]));
  return [starts.map((start) => reached(RULES[rule], place, start, hyperOf(rule, state))), starts];
}
