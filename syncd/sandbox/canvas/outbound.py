"""What happens to a stored description on its way out of the JSON API."""

from __future__ import annotations

import re
from dataclasses import dataclass

THEME_CSS = "https://themes.example.test/mobile/overrides.css"
THEME_JS = "https://themes.example.test/mobile/overrides.js"
_TAG = re.compile(r"<(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?:\s+[^\s=>\"]+(?:=\"[^\"]*\")?)*)\s*>")
_LINK = re.compile(r"(?P<key>\s(?:href|src))=\"(?P<path>/(?!/)[^\"]*)\"")
_RESOURCES = (
    (re.compile(r"/courses/(\d+)/pages/([^/?#\"]+)"), "courses/{}/pages/{}", "Page"),
    (re.compile(r"/courses/(\d+)/assignments/(\d+)"), "courses/{}/assignments/{}", "Assignment"),
    (re.compile(r"/courses/(\d+)/discussion_topics/(\d+)"), "courses/{}/discussion_topics/{}", "Discussion"),
    (re.compile(r"/courses/(\d+)/quizzes/(\d+)"), "courses/{}/quizzes/{}", "Quiz"),
    (re.compile(r"/courses/(\d+)/files/(\d+)"), "courses/{}/files/{}", "File"),
    (re.compile(r"/courses/(\d+)/modules/items/(\d+)"), "courses/{}/modules/items/{}", "ModuleItem"),
    (re.compile(r"/courses/(\d+)/pages/?$"), "courses/{}/pages", "[Page]"),
    (re.compile(r"/courses/(\d+)/assignments/?$"), "courses/{}/assignments", "[Assignment]"),
    (re.compile(r"/courses/(\d+)/discussion_topics/?$"), "courses/{}/discussion_topics", "[Discussion]"),
    (re.compile(r"/courses/(\d+)/quizzes/?$"), "courses/{}/quizzes", "[Quiz]"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How a description is rewritten: `base` is scheme and host without a slash."""

    base: str
    theme: bool = False
    verifiers: bool = False


def rewritten(html: str | None, outlook: Outlook) -> str | None:
    """The description as a token's request gets it; blank ones are left alone."""
    if html is None or not html.strip():
        return html
    if 'href="/' in html or 'src="/' in html or "<object" in html or "<embed" in html:
        html = _TAG.sub(lambda tag: _tag(tag, outlook), html)
    if outlook.theme:
        html = f'<link rel="stylesheet" href="{THEME_CSS}">{html}<script src="{THEME_JS}"></script>'
    return html


def _tag(tag: re.Match[str], outlook: Outlook) -> str:
    name, attributes = tag["name"], tag["attributes"]
    found = _LINK.search(attributes)
    if name in ("object", "embed"):
        attributes += (
            f' class="uc_{name}" data-uc_snippet="1"'
            if " class=" not in attributes
            else ' data-uc_snippet="1"'
        )
    if found is None:
        return f"<{name}{attributes}>"
    path = found["path"]
    target = _with_verifier(path) if outlook.verifiers and "/files/" in path else path
    attributes = attributes.replace(found[0], f'{found["key"]}="{outlook.base}{target}"', 1)
    if name in ("img", "iframe") and " loading=" not in attributes:
        attributes += ' loading="lazy"'
    return f"<{name}{attributes}{_resource(path, outlook.base)}>"


def _with_verifier(path: str) -> str:
    return f"{path}{'&amp;' if '?' in path else '?'}verifier=abcdef"


def _resource(path: str, base: str) -> str:
    for pattern, endpoint, kind in _RESOURCES:
        found = pattern.match(path)
        if found is not None:
            address = f"{base}/api/v1/{endpoint.format(*found.groups())}"
            return f' data-api-endpoint="{address}" data-api-returntype="{kind}"'
    return ""
