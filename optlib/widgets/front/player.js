// Play, pause, step, reset, and the slider of the step shown.

import { button } from "./controls.js";
import { h } from "./page.js";
import { STEPS } from "./run.js";

const RATE = 0.03; // steps a millisecond

// Reset puts every setting back to what the page opened with, and the path to its start.
export function playerBar(app) {
  const { state } = app;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const run = button("Play", play, { class: "button play" });
  const time = h("input", { type: "range", min: 0, max: STEPS, "aria-label": "Step shown" });
  let [timer, last] = [0, 0];

  function show(step) {
    state.step = step;
    app.changed();
  }
  function pause() {
    cancelAnimationFrame(timer);
    timer = 0;
    run.textContent = "Play";
  }
  function play() {
    if (timer) return pause();
    if (still.matches) return show(STEPS);
    if (state.step >= STEPS) show(0);
    run.textContent = "Pause";
    last = performance.now();
    timer = requestAnimationFrame(go);
  }
  function go(now) {
    const steps = Math.floor((now - last) * RATE);
    if (steps > 0) {
      last = now;
      show(Math.min(STEPS, state.step + steps));
    }
    if (state.step < STEPS) timer = requestAnimationFrame(go);
    else pause();
  }
  const alone = (work) => () => {
    pause();
    work();
  };
  time.addEventListener("input", alone(() => show(Number(time.value))));
  const one = button("Step", alone(() => show(state.step >= STEPS ? 0 : state.step + 1)));
  const anew = button("Reset", alone(() => {
    Object.assign(state, structuredClone(app.first));
    show(0);
  }));
  const update = () => {
    time.value = state.step;
    time.setAttribute("aria-valuetext", `step ${state.step}`);
  };
  return { element: h("div", { class: "bar" }, run, one, anew, time), update, stop: pause };
}
