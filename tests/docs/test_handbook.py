"""`make docs`: pages for a browser, in which every link leads somewhere and nothing comes from outside."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.docs import handbook

LINK = re.compile(r'(?:href|src)="([^"#]*)(?:#([^"]*))?"')


def test_every_link_of_the_built_pages_leads_to_a_page_and_a_heading_that_are_there(tmp_path: Path) -> None:
    count = handbook.build(tmp_path / "built")
    pages = sorted((tmp_path / "built").rglob("*.html"))
    assert len(pages) == count
    wrong = []
    for page in pages:
        for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / path).resolve() if path else page
            if "://" in path:
                continue
            if not target.is_file() or (anchor and f'id="{anchor}"' not in target.read_text(encoding="utf-8")):
                wrong.append(f"{page.name}: {path}#{anchor}")
    assert wrong == []


def test_the_pages_load_nothing_from_outside(tmp_path: Path) -> None:
    """No script at all; style and pictures lie beside them."""
    handbook.build(tmp_path / "built")
    for page in (tmp_path / "built").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert re.findall(r'(?:<link[^>]*href|src)="(?:https?:)?//', text) == []
    assert "url(" not in (tmp_path / "built" / "handbook.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("link", "problem"),
    [("nowhere.md", "there is no"), ("glossary.md#no-such", "no such heading"), ("#no-such", "no such heading")],
)
def test_a_link_that_leads_nowhere_is_named(link: str, problem: str) -> None:
    pages = handbook.read()
    first = pages[handbook.FIRST]
    tokens = MarkdownIt("commonmark").parse(f"[there]({link})")
    page = handbook.Page(first.source, first.target, tuple(tokens))
    found = handbook.broken({**pages, first.source: page})
    assert len(found) == 1
    assert found[0].startswith(f"docs/README.md: {link}: {problem}")


def test_the_first_page_leads_to_every_page() -> None:
    """But for what others lead to: each decision, and the pages outside docs/."""
    pages = handbook.read()
    first = pages[handbook.FIRST]
    named = {handbook._followed(first, link, pages)[0] for link in handbook._links(first.tokens)}
    expected = {source for source in pages if source.parts[0] == "docs" and source.parts[1] != "decisions"}
    assert expected - {handbook.FIRST} - named == set()
