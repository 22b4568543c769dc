"""Our own documentation as HTML: the part of Markdown that it uses. Everything is escaped; there is no raw HTML."""

import re
from collections.abc import Iterator, Sequence
from itertools import count, groupby

from markupsafe import Markup, escape

INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|\*([^*\s][^*]*)\*")
HEADING = re.compile(r"(#{1,6}) (.+)")
RULE = re.compile(r"\|(?:[ :-]+\|)+")
ITEM = re.compile(r"(?:[-*]|\d+\.) (.*)")
SAFE_LINK = re.compile(r"(?:https?://|/|#)[^\s\"'<>]*")


def render(text: str) -> Markup:
    """The text as HTML. Headings get an id, so that every number can be linked to."""
    return Markup("\n").join(_blocks(text.splitlines(), count(1)))


def slug(heading: str) -> str:
    """The id of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "part"


def _blocks(lines: Sequence[str], tables: Iterator[int]) -> Iterator[Markup]:
    """Fenced code first, because nothing inside it means anything; then paragraphs, apart by empty lines. `tables` numbers the
    tables, whose names must differ."""
    fenced = False
    for is_fence, group in groupby(lines, key=lambda line: line.startswith("```")):
        if is_fence:
            fenced = not fenced
        elif fenced:
            yield Markup('<pre tabindex="0"><code>{}</code></pre>').format("\n".join(group))
        else:
            yield from _prose(list(group), tables)


def _prose(lines: Sequence[str], tables: Iterator[int]) -> Iterator[Markup]:
    for empty, group in groupby(lines, key=lambda line: not line.strip()):
        if not empty:
            yield from _block(list(group), tables)


def _block(lines: list[str], tables: Iterator[int]) -> Iterator[Markup]:
    heading = HEADING.fullmatch(lines[0].strip())
    if heading:
        level = len(heading[1])
        yield Markup('<h{} id="{}">{}</h{}>').format(level, slug(heading[2]), _inline(heading[2]), level)
        if lines[1:]:
            yield from _block(lines[1:], tables)
    elif len(lines) > 1 and RULE.fullmatch(lines[1].strip()):
        yield _table(lines, next(tables))
    elif ITEM.match(lines[0]):
        tag = "ul" if lines[0][0] in "-*" else "ol"
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in _items(lines))
        yield Markup("<{0}>{1}</{0}>").format(tag, items)
    else:
        yield Markup("<p>{}</p>").format(_inline(" ".join(line.strip() for line in lines)))


def _items(lines: Sequence[str]) -> list[str]:
    """A line that begins no item goes on with the one before."""
    found: list[str] = []
    for line in lines:
        item = ITEM.match(line.strip())
        if item:
            found.append(item[1])
        else:
            found[-1] += f" {line.strip()}"
    return found


def _table(lines: Sequence[str], number: int) -> Markup:
    head, rows = _cells(lines[0]), [_cells(line) for line in lines[2:]]
    heads = Markup("").join(_head(cell) for cell in head)
    body = Markup("").join(_row(row) for row in rows)
    table = Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(heads, body)
    return Markup('<div class="scroll" role="region" tabindex="0" aria-label="Table {}: {}">{}</div>').format(
        number, ", ".join(cell for cell in head if cell) or "numbers", table
    )


def _head(cell: str) -> Markup:
    """A heading without words is none."""
    return Markup('<th scope="col">{}</th>').format(_inline(cell)) if cell else Markup("<td></td>")


def _row(cells: Sequence[str]) -> Markup:
    first = Markup('<th scope="row">{}</th>').format(_inline(cells[0]))
    rest = Markup("").join(Markup("<td>{}</td>").format(_inline(cell)) for cell in cells[1:])
    return Markup("<tr>{}{}</tr>").format(first, rest)


def _cells(line: str) -> list[str]:
    """A bar behind a backslash is a letter."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _inline(text: str) -> Markup:
    """Code, strong, links and emphasis; a link that leads nowhere safe is its words."""
    found, at = Markup(""), 0
    for match in INLINE.finditer(text):
        found += escape(text[at : match.start()]) + _span(match)
        at = match.end()
    return found + escape(text[at:])


def _span(match: re.Match[str]) -> Markup:
    code, strong, words, link, emphasis = match.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(code)
    if strong is not None:
        return Markup("<strong>{}</strong>").format(_inline(strong))
    if emphasis is not None:
        return Markup("<em>{}</em>").format(_inline(emphasis))
    if not SAFE_LINK.fullmatch(link):
        return _inline(words)
    return Markup('<a href="{}">{}</a>').format(link, words)
