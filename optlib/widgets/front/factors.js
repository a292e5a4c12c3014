// Gradient descent on a ravine: what one step does to the error along each eigenvector.

import { number } from "./numbers.js";
import { h } from "./page.js";
import { eigenvalues, factor, verdict } from "./quadratic.js";

const [LOW, HIGH] = [-2, 1];

export function factorsPanel(app) {
  const rows = [0, 1].map((k) => {
    const [name, says, dot] = [h("span"), h("span", { class: "value" }), h("b")];
    const element = h("div", {}, h("div", { class: "says" }, name, says), h("div", { class: "line" }, h("i"), dot));
    const update = () => {
      const eigenvalue = eigenvalues(app.state.kappa)[k];
      const f = factor(app.state.lr[app.state.chosen[0]], eigenvalue);
      name.textContent = `along h${"₁₂"[k]} = ${number(eigenvalue)}`;
      says.textContent = `${number(f)}, ${verdict(f)}`;
      dot.style.left = part(Math.max(LOW, f));
    };
    return { element, update };
  });
  const scale = h("div", { class: "zones", "aria-hidden": "true" });
  for (const at of [-2, -1, 0, 1]) scale.append(h("span", { style: `left:${part(at)}` }, number(at)));
  for (const [at, word] of [[-1.5, "grows"], [-0.5, "alternates"], [0.5, "shrinks"]]) {
    scale.append(h("span", { style: `left:${part(at)}` }, word));
  }
  const title = h("p", { class: "title" }, "Factor of the error per step, 1 − ηh");
  const element = h("div", { class: "factors" }, title, ...rows.map((r) => r.element), scale);
  const update = () => {
    element.style.setProperty("--own", app.color(app.state.chosen[0]));
    element.style.setProperty("--grows", app.look.ink.rule);
    element.style.setProperty("--shrinks", app.look.ramp[4]);
    for (const r of rows) r.update();
  };
  return { element, update };
}

function part(f) {
  return `${(100 * (f - LOW)) / (HIGH - LOW)}%`;
}
