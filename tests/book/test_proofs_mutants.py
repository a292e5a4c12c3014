"""Every small change of a right equation is seen: tokens swapped for their neighbors, tokens left out."""

import re
from pathlib import Path

import pytest

from book.proofs.code import known_steps
from book.proofs.prover import prove_text, rule_of
from book.proofs.tokens import TOKEN

TEXT = (Path(__file__).parent / "fixtures" / "ten_rules.md").read_text()
BLOCK = re.compile(r"```\{math\}\n:label: (\S+)\n(.*?)\n```\n((?:%[^\n]*\n)*)", re.S)
SWAPS = [
    *(("+", "-"), ("-", "+"), ("1", "2"), ("1-", "2-"), ("(1-", "("), ("=", "= -"), (r"\frac{", r"\frac{2 ")),
    *(("_{t-1}", "_t"), ("_t", "_{t-1}"), ("_t", ""), ("{t+1}", "{t}"), ("^t", ""), ("^t", "^{t-1}")),
    *(("^2", ""), ("^2", "^3"), (r"\sqrt", ""), (r" + \epsilon", ""), (r"\hat", ""), (r"\max", r"\min"), ("|", "")),
    *((r"\beta_1", r"\beta_2"), (r"\beta_2", r"\beta_1"), (r"\eta", r"\mu"), (r"\rho", r"\mu"), (r"\eta", "")),
    *((r"\mu", ""), ("g_t", "g_t g_t"), ("g_t", "m_t"), ("|g_t|", "g_t"), ("b_", "g_"), ("G_", "g_")),
    *(("v_", "m_"), ("m_", "v_"), (r"\nabla J", ""), ("u_t", "m_t"), (r"\epsilon", r"\epsilon^2")),
]
# tokens whose loss changes nothing: marks of alignment and punctuation; \odot, since products are elementwise anyway
EQUAL = {"&", ",", ".", r"\odot"}


def mutants(body):
    """(what, body with one change) for every place where a change can be made."""
    for here, there in SWAPS:
        for found in re.finditer(re.escape(here), body):
            yield f"{here} -> {there}", body[: found.start()] + there + body[found.end() :]
    for found in TOKEN.finditer(body):
        if not found["skip"] and not found["edge"]:
            yield f"without {found[0]}", body[: found.start()] + body[found.end() :]


def rules():
    """{rule: its blocks (label, body, notes)}."""
    out, steps = {}, known_steps()
    for found in BLOCK.finditer(TEXT):
        out.setdefault(rule_of(found[1], steps, None), []).append(found.groups())
    return out


def page(blocks):
    return "\n".join(f"```{{math}}\n:label: {label}\n{body}\n```\n{notes}" for label, body, notes in blocks)


def fails(text):
    return any(r.verdict == "FAILED" for r in prove_text(text))


@pytest.mark.parametrize("rule", rules())
def test_every_mutant_is_seen(rule):
    blocks = rules()[rule]
    assert not fails(page(blocks))
    count, missed = 0, []
    for i, (label, body, notes) in enumerate(blocks):
        for what, changed in mutants(body):
            count += 1
            if not fails(page([*blocks[:i], (label, changed, notes), *blocks[i + 1 :]])):
                missed.append((label, what, changed))
    assert count > 25
    assert {what.removeprefix("without ") for _, what, _ in missed} <= EQUAL, missed
