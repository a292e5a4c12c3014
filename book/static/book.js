// A box that scrolls sideways can be reached and scrolled with the keyboard.
const boxes = ".equation-body, div.highlight > pre, .cell_output pre, .table-box";
const reach = () => {
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.className.includes("equation") ? "Equation" : box.matches("pre") ? "Code" : "Table");
    } else {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    }
  }
};
addEventListener("load", reach);
addEventListener("resize", reach);
document.fonts?.ready.then(reach);
