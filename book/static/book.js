// A box that scrolls sideways can be reached and scrolled with the keyboard.
const names = { "equation-body": "Equation", "table-box": "Table" };
const reach = () => {
  const boxes = [...document.querySelectorAll(".equation-body, div.highlight > pre, .cell_output pre, .table-box")];
  const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1); // all read before any is written: one layout
  boxes.forEach((box, i) => {
    if (wide[i] === box.hasAttribute("tabindex")) return;
    if (wide[i]) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", names[box.className] ?? "Code");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  });
};
document.fonts.ready.then(reach);
addEventListener("resize", reach);
