"""What other pages take from the chapters: their list, and equations, alone or beside the lines that they are."""

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from book.ext import places, rules

log = logging.getLogger(__name__)


class Chapters(SphinxDirective):
    """One line a chapter, `07_adam: Adam, Adamax, Nadam`; those that are written become links."""

    has_content = True

    def run(self):
        listed = nodes.bullet_list(classes=["chapters"])
        for line in self.content:
            stem, title = (part.strip() for part in line.split(":", 1))
            docname = f"chapters/{stem}"
            entry = nodes.paragraph("", "", nodes.inline("", str(int(stem.split("_")[0])), classes=["chapter-number"]))
            if docname in self.env.found_docs:
                link = places.reference(self.env.docname, "doc", f"/{docname}")
                link += nodes.inline("", title)
                entry += link
            else:
                entry += nodes.inline("", title, classes=["unwritten"])
            listed += nodes.list_item("", entry)
        return [listed]


class proof_example(nodes.General, nodes.Element):
    """Stands for equations of a chapter until that chapter has been read."""


class ProofExample(SphinxDirective):
    """`:::{proof-example} momentum` with one label a line: a chapter's equations, their marks, and the rule's text."""

    required_arguments = 1
    has_content = True

    def run(self):
        node = proof_example(rule=self.arguments[0], labels=list(self.content))
        self.set_source_info(node)
        return [node]


class ChapterEquations(SphinxDirective):
    """`:::{chapter-equations}` with one label a line: equations of a chapter with their marks, for a reference card."""

    has_content = True

    def run(self):
        node = proof_example(rule="", labels=list(self.content))
        self.set_source_info(node)
        return [node]


def resolve(app, doctree, docname):
    equations = app.env.get_domain("math").equations
    for example in list(doctree.findall(proof_example)):
        left = nodes.container(classes=["example-equations"])
        for label in example["labels"]:
            if label not in equations:
                log.warning("no chapter has the equation %s", label, location=example)
                continue
            chapter = app.env.get_doctree(equations[label][0])
            copy = next(n for n in chapter.findall(nodes.math_block) if n.get("label") == label).deepcopy()
            copy["ids"], copy["number"] = [], None
            left += copy
        if not example["rule"]:
            example.replace_self(left)
            continue
        code = rules.shown(app.env, docname, rules.find(example["rule"]), docstring=False)
        example.replace_self(nodes.container("", left, code, classes=["proof-example"]))


def refresh(app, env):
    """Write the pages again that show a chapter's equations and marks, whenever a chapter was read."""
    return [env.config.root_doc, *(name for name in env.found_docs if name.startswith("methods/"))]


def setup(app):
    app.add_directive("chapters", Chapters)
    app.add_directive("proof-example", ProofExample)
    app.add_directive("chapter-equations", ChapterEquations)
    app.add_node(proof_example)
    app.connect("doctree-resolved", resolve, priority=300)
    app.connect("env-updated", refresh)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
