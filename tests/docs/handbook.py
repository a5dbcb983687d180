"""The handbook as pages for a browser and for paper: `python -m tests.docs.handbook` writes build/handbook.

Unbuilt it reads as well: the same files, on any page that shows Markdown. Nothing is fetched from anywhere: no script,
no font, one style sheet.
"""

import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from os.path import relpath
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "handbook"
STYLE = "handbook.css"
PICTURES = "pictures"

FIRST = Path("docs/README.md")
"""The page that stands in for the folder."""

LANGUAGE = re.compile(r"_([a-z]{2})\.md$")
"""A page in another language than English has it at the end of its name."""

TEMPLATE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{up}handbook.css">
</head>
<body class="{name}">
<nav aria-label="Handbook"><details><summary>Handbook</summary><ul>
{pages}
</ul></details></nav>
<main>
{body}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Page:
    """One page: where it is in the project, where it goes, and what is on it."""

    source: Path
    target: Path
    tokens: tuple[Token, ...]

    @property
    def title(self) -> str:
        """Its first heading, without marks."""
        return next(self.headings(), str(self.source))

    def headings(self) -> Iterator[str]:
        """All of them, as they read."""
        for heading, inline in zip(self.tokens, self.tokens[1:], strict=False):
            if heading.type == "heading_open":
                yield "".join(child.content for child in inline.children or ())

    def anchors(self) -> frozenset[str]:
        """What may stand behind # in a link to it."""
        return frozenset(slug(heading) for heading in self.headings())


def slug(heading: str) -> str:
    """The heading's anchor, as the pages that show Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def read() -> dict[Path, Page]:
    """Every page of the handbook by its place in the project."""
    reader = MarkdownIt("commonmark").enable("table")
    sources = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    pages = {}
    for path in sources:
        source = path.relative_to(ROOT)
        pages[source] = Page(source, _target(source), tuple(reader.parse(path.read_text(encoding="utf-8"))))
    return pages


def _target(source: Path) -> Path:
    if source == FIRST:
        return Path("index.html")
    if source.parts[0] == "docs":
        return source.relative_to("docs").with_suffix(".html")
    return Path(source.name.lower()).with_suffix(".html")


def broken(pages: dict[Path, Page]) -> list[str]:
    """Each link that leads nowhere, with its page: files, folders, and headings."""
    found = []
    for page in pages.values():
        for link in _links(page.tokens):
            where, problem = _followed(page, link, pages)
            if problem:
                found.append(f"{page.source}: {link}: {problem} {where}")
    return found


def _followed(page: Page, link: str, pages: dict[Path, Page]) -> tuple[Path, str]:
    """Where the link leads in the project, and what is wrong with it; nothing is where it leads outside."""
    path, _, anchor = link.partition("#")
    if "://" in link:
        return page.source, ""
    where = Path(relpath(ROOT / page.source.parent / unquote(path), ROOT)) if path else page.source
    if not (ROOT / where).exists():
        return where, "there is no"
    if anchor and where in pages and anchor not in pages[where].anchors():
        return where, "no such heading in"
    return where, ""


def _links(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        for name in ("href", "src"):
            link = token.attrGet(name)
            if isinstance(link, str):
                yield link
        yield from _links(token.children or ())


def build(into: Path) -> int:
    """The pages lie in that folder, and nothing else; how many. AssertionError names each link that leads nowhere."""
    pages = read()
    wrong = broken(pages)
    assert not wrong, "\n".join(wrong)
    shutil.rmtree(into, ignore_errors=True)
    for page in pages.values():
        (into / page.target).parent.mkdir(parents=True, exist_ok=True)
        (into / page.target).write_text(_html(page, pages), encoding="utf-8")
    shutil.copy(ROOT / "docs" / STYLE, into / STYLE)
    if (ROOT / "docs" / PICTURES).is_dir():
        shutil.copytree(ROOT / "docs" / PICTURES, into / PICTURES)
    return len(pages)


def _html(page: Page, pages: dict[Path, Page]) -> str:
    renderer = MarkdownIt("commonmark").enable("table")
    tokens = list(_turned(page, page.tokens, pages))
    body = renderer.renderer.render(tokens, renderer.options, {})
    body = body.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
    language = LANGUAGE.search(page.source.name)
    return TEMPLATE.format(
        language=language[1] if language else "en",
        title=escape(page.title),
        up="../" * (len(page.target.parts) - 1),
        name=page.source.stem.lower(),
        pages="\n".join(_menu(page, pages)),
        body=body,
    )


def _menu(page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    """A line for each page: first as the handbook's first page names them, then the others."""
    first = pages[FIRST]
    named = [_followed(first, link, pages)[0] for link in _links(first.tokens)]
    for source in dict.fromkeys([FIRST, *(source for source in named if source in pages), *sorted(pages)]):
        here = ' aria-current="page"' if source == page.source else ""
        href = escape(relpath(pages[source].target, page.target.parent))
        yield f'<li><a href="{href}"{here}>{escape(pages[source].title)}</a></li>'


def _turned(page: Page, tokens: Iterable[Token], pages: dict[Path, Page]) -> Iterator[Token]:
    """Links lead from page to page. What lies outside the handbook, such as a source file, is named, without a link."""
    dropped = False
    heading = iter(page.headings())
    for token in tokens:
        if token.type == "link_open":
            turned = _address(page, str(token.attrGet("href")), pages)
            dropped = turned is None
            if turned is not None:
                token.attrSet("href", turned)
        elif token.type == "image":
            token.attrSet("src", relpath(_target_of_picture(page, token), page.target.parent))
        elif token.type == "heading_open":
            token.attrSet("id", slug(next(heading)))
        if not (dropped and token.type in {"link_open", "link_close"}):
            if token.children is not None:
                token.children = list(_turned(page, token.children, pages))
            yield token
        if token.type == "link_close":
            dropped = False


def _address(page: Page, link: str, pages: dict[Path, Page]) -> str | None:
    if "://" in link:
        return link
    where, _ = _followed(page, link, pages)
    if where not in pages:  # a folder is left by its first page
        where = next((source for source in sorted(pages) if source.parent == where), where)
    if where not in pages:
        return None
    anchor = link.partition("#")[2]
    return relpath(pages[where].target, page.target.parent) + (f"#{anchor}" if anchor else "")


def _target_of_picture(page: Page, token: Token) -> Path:
    return Path(relpath(ROOT / page.source.parent / str(token.attrGet("src")), ROOT / "docs"))


if __name__ == "__main__":
    try:
        count = build(BUILT)
    except AssertionError as error:
        sys.exit(f"Links that lead nowhere:\n{error}")
    print(f"{count} pages: {BUILT.relative_to(ROOT) / 'index.html'}")
