"""What happens to a description on its way in: links of this Canvas made relative, then the sanitiser."""

from __future__ import annotations

import re

import nh3

TAGS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "annotation",
        "article",
        "aside",
        "audio",
        "b",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "iframe",
        "img",
        "ins",
        "kbd",
        "legend",
        "li",
        "map",
        "math",
        "area",
        "main",
        "mark",
        "nav",
        "object",
        "ol",
        "p",
        "param",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
    ]
)
EVERYWHERE = {"class", "id", "title", "role", "lang", "dir", "style", "tabindex"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": EVERYWHERE,
    "a": {"href", "target", "name"},
    "area": {"alt", "coords", "href", "shape", "target"},
    "audio": {"controls", "src", "muted", "preload"},
    "blockquote": {"cite"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "embed": {"src", "type", "width", "height", "name", "allowfullscreen"},
    "font": {"face", "color", "size"},
    "hr": {"align", "width"},
    "iframe": {
        "src",
        "width",
        "height",
        "name",
        "align",
        "allowfullscreen",
        "frameborder",
        "scrolling",
        "allow",
    },
    "img": {"align", "alt", "height", "src", "width", "usemap", "longdesc"},
    "ins": {"cite", "datetime"},
    "map": {"name"},
    "object": {"width", "height", "data", "type"},
    "ol": {"start", "type", "reversed"},
    "param": {"name", "value"},
    "q": {"cite"},
    "source": {"media", "src", "type"},
    "table": {"summary", "width", "border", "cellpadding", "cellspacing", "align"},
    "td": {"abbr", "align", "axis", "colspan", "rowspan", "valign", "width"},
    "th": {"abbr", "align", "axis", "colspan", "rowspan", "valign", "width", "scope"},
    "time": {"datetime"},
    "tr": {"align", "valign"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "ul": {"type"},
    "video": {"controls", "height", "width", "src", "muted", "poster", "preload"},
}
SCHEMES = {"http", "https", "ftp", "mailto", "tel"}
DROPPED_DATA = (
    "data-xml",
    "data-kyle-menu",
    "data-turn-into-dialog",
    "data-flash-message",
    "data-popup-within",
    "data-html-tooltip-title",
    "data-method",
)
LINKS = frozenset({"href", "src", "cite", "data", "longdesc", "poster"})
STYLES = frozenset(
    [
        "align-content",
        "align-items",
        "align-self",
        "background",
        "background-color",
        "background-image",
        "border",
        "border-bottom",
        "border-collapse",
        "border-color",
        "border-left",
        "border-radius",
        "border-right",
        "border-spacing",
        "border-style",
        "border-top",
        "border-width",
        "bottom",
        "clear",
        "clip",
        "color",
        "cursor",
        "direction",
        "display",
        "flex",
        "flex-basis",
        "flex-direction",
        "flex-flow",
        "flex-grow",
        "flex-shrink",
        "flex-wrap",
        "float",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-variant",
        "font-weight",
        "grid-area",
        "grid-column",
        "grid-gap",
        "grid-row",
        "grid-template-columns",
        "grid-template-rows",
        "height",
        "justify-content",
        "justify-items",
        "justify-self",
        "left",
        "line-height",
        "list-style",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-height",
        "max-width",
        "min-height",
        "min-width",
        "order",
        "overflow",
        "overflow-x",
        "overflow-y",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "position",
        "right",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "top",
        "vertical-align",
        "visibility",
        "white-space",
        "width",
        "z-index",
        "zoom",
    ]
)
_VERIFIER = re.compile(r"([?&])verifier=[^&\"'#]*&?")


def sanitised(html: str) -> str:
    """The text as it is stored; applied twice it changes nothing more."""
    return str(_CLEANER.clean(html))


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name.startswith(DROPPED_DATA):
        return None
    if name in LINKS:
        return value.replace(" ", "%20")
    if name == "id":
        return "".join(value.split())
    if name == "style":
        return _style(value)
    return value


def _style(text: str) -> str | None:
    """Whitelisted properties alone; the spacing of what stays is kept."""
    kept = [part for part in text.split(";") if not part.strip() or _allowed(part)]
    return ";".join(kept) if any(part.strip() for part in kept) else None


def _allowed(declaration: str) -> bool:
    name, _, value = declaration.partition(":")
    return name.strip().lower() in STYLES and "javascript" not in value.lower()


def made_relative(html: str, host: str) -> str:
    """Links to this Canvas (`host` with port) without scheme and host, and without a file verifier."""
    if host in html:
        html = re.sub(rf"((?:href|src)=[\"']?)https?://{re.escape(host)}(?=/)", r"\1", html)
    if "verifier=" in html:
        html = _VERIFIER.sub(r"\1", html)
        html = re.sub(r"[?&](?=[\"'])", "", html)
    return html


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    strip_comments=True,
    link_rel=None,
    generic_attribute_prefixes={"data-", "aria-"},
    url_schemes=SCHEMES,
)
