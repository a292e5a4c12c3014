// A code editor in the site's own look (live.css has its colors).
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// Tab indents; Escape, then Tab leaves (CodeMirror has that built in).
export function editor(parent, text, attributes, { changed, run }) {
  const keys = [
    { key: "Shift-Enter", run: () => (run(true), true) },
    { key: "Mod-Enter", run: () => (run(false), true) },
    indentWithTab,
    ...historyKeymap,
    ...defaultKeymap,
  ];
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of(keys),
      history(),
      python(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      indentOnInput(),
      bracketMatching(),
      drawSelection(),
      syntaxHighlighting(classHighlighter),
      EditorView.contentAttributes.of(attributes),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });
  return {
    view,
    get text() {
      return view.state.doc.toString();
    },
    set text(words) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: words }, userEvent: "input" });
    },
    focus() {
      view.focus();
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head, { y: "nearest", yMargin: 80 }) });
    },
  };
}
