// A box that scrolls sideways can be reached and scrolled with the keyboard.  Boxes are looked at when they come near the
// window: what is far away is not laid out yet (book.css), and asking for its width would lay it out.
const names = { "equation-body": "Equation", "table-box": "Table" };
const near = new Set();
const reach = (boxes) => {
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
const arrivals = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) near[isIntersecting ? "add" : "delete"](target);
    reach([...near]);
  },
  { rootMargin: "1000px 0px" },
);
document.fonts.ready.then(() => {
  const boxes = ".equation-body, div.highlight > pre, .cell_output pre, .table-box";
  for (const box of document.querySelectorAll(boxes)) arrivals.observe(box);
});
addEventListener("resize", () => reach([...near]));
