"""Our documentation as HTML: what it uses, and nothing that came from outside as tags."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.web.markdown import render, slug

DOCS = Path(__file__).parents[2] / "docs"

PARTS = {
    "heading": ("## The numbers\ntext", '<h2 id="the-numbers">The numbers</h2>\n<p>text</p>'),
    "paragraph of two lines": ("one\n  two", "<p>one two</p>"),
    "list": ("- one\n  more\n- two", "<ul><li>one more</li><li>two</li></ul>"),
    "numbered list": ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
    "code and strong": (
        "`a < b` and **bold `x`**",
        "<p><code>a &lt; b</code> and <strong>bold <code>x</code></strong></p>",
    ),
    "emphasis": ("*this* is not 2 * 3 * 4", "<p><em>this</em> is not 2 * 3 * 4</p>"),
    "link": ("[see](https://x.example/a)", '<p><a href="https://x.example/a">see</a></p>'),
    "link to a script": ("[see](javascript:alert(1))", "<p>see)</p>"),
    "link to a file": ("[see](methods.md)", "<p>see</p>"),
    "tag": ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
    "fence": ("```sh\na <b>\n```", '<pre tabindex="0"><code>a &lt;b&gt;</code></pre>'),
}


@pytest.mark.parametrize(("text", "html"), PARTS.values(), ids=PARTS)
def test_parts(text: str, html: str) -> None:
    assert render(text) == html


def test_a_table_has_headings_of_columns_and_rows() -> None:
    html = render("| | b |\n|---|---|\n| x \\| y | `z` |")
    assert '<tr><td></td><th scope="col">b</th></tr>' in html
    assert '<tr><th scope="row">x | y</th><td><code>z</code></td></tr>' in html


@pytest.mark.parametrize("name", ["methods.md", "privacy.md"])
def test_the_pages_that_are_shown_come_out_whole(name: str) -> None:
    text = (DOCS / name).read_text()
    tree = ElementTree.fromstring(f"<div>{render(text)}</div>")
    words = "".join(tree.itertext())
    assert "**" not in words
    assert "](" not in words
    headings = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
    assert [node.get("id") for node in tree.iter() if node.get("id")] == [slug(heading) for heading in headings]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=200))
def test_whatever_is_written_is_well_formed(text: str) -> None:
    allowed = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "code", "pre", "strong", "em", "a", "div"}
    tree = ElementTree.fromstring(f"<body>{render(text)}</body>")
    assert {node.tag for node in tree.iter()} <= allowed | {"body", "table", "thead", "tbody", "tr", "th", "td"}
