"""What becomes of a description on its way in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.sandbox.canvas.sanitise import sanitised

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

MARKER = '<div class="syncd" data-syncd="v1;mnu;key;course_101;abc"><p>Text</p></div>'


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (MARKER, MARKER),
        ("<!-- marker --><p>x</p>", "<p>x</p>"),
        ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
        ("<blink>kept text</blink>", "kept text"),
        ('<span data-x="1"></span>', '<span data-x="1"></span>'),
        ('<p DATA-Up="1" ARIA-Label="l" ID="a b">x</p>', '<p data-up="1" aria-label="l" id="ab">x</p>'),
        ('<p data-xml-x="1" data-method="put" data-kyle-menu="1" data-ok="1">x</p>', '<p data-ok="1">x</p>'),
        ('<p hidden onclick="x()">x</p><a rel="nofollow" target="_blank" href="/a">a</a>',
         '<p>x</p><a target="_blank" href="/a">a</a>'),
        ('<a href="javascript:x">x</a>', "<a>x</a>"),
        ('<a href="mailto:a@b.c">x</a>', '<a href="mailto:a@b.c">x</a>'),
        ('<a href="https://x.test/a b">x</a>', '<a href="https://x.test/a%20b">x</a>'),
        ('<p style="color: red; x: y; display:none">x</p>', '<p style="color: red; display:none">x</p>'),
        ("Tom & Jerry <3 &quot;q&quot; &eacute; a\u00a0b", 'Tom &amp; Jerry &lt;3 "q" é a&nbsp;b'),
        ("<p class='a'>x<br/>y", '<p class="a">x<br>y</p>'),
        ("<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("  a\r\nb  c  ", "  a\nb  c  "),
    ],
)  # fmt: skip
def test_the_sanitiser_stores(sent: str, stored: str) -> None:
    assert sanitised(sent) == stored


HTML = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div data-a='1;2'>", "</div>", "a & b", "&nbsp;", "<br/>", "<!--c-->", "<table><tr>",
         "<x>", "<script>", "</script>", "<a href='/x y'>x</a>", "<b", ">", '"', "\r\n",
         "<p style='color:red; x:y'>", "ә"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(HTML)
def test_sanitising_twice_changes_nothing_more(html: str) -> None:
    once = sanitised(html)
    assert sanitised(once) == once


def test_own_links_are_stored_relative_and_shown_absolute_with_api_attributes(site: Site) -> None:
    made = site.made(title="x", description=f'<a href="{site.base}/courses/101/pages/home">x</a>')
    assert site.world.events[made["id"]].description == '<a href="/courses/101/pages/home">x</a>'
    assert made["description"] == (
        f'<a href="{site.base}/courses/101/pages/home"'
        f' data-api-endpoint="{site.base}/api/v1/courses/101/pages/home" data-api-returntype="Page">x</a>'
    )


def test_foreign_links_are_left_alone(site: Site) -> None:
    link = '<a href="https://mnu.example/x">x</a>'
    assert site.made(title="x", description=link)["description"] == link


def test_images_with_a_path_gain_lazy_loading(site: Site) -> None:
    made = site.made(title="x", description='<img src="/images/a.png" alt="a">')
    assert made["description"] == f'<img src="{site.base}/images/a.png" alt="a" loading="lazy">'


def test_file_links_may_gain_a_verifier_that_is_taken_off_again_on_the_way_in(site: Site) -> None:
    site.world.switches.file_verifiers = True
    made = site.made(title="x", description='<a href="/courses/101/files/7">x</a>')
    assert f"{site.base}/courses/101/files/7?verifier=" in made["description"]
    site.update(made["id"], description=made["description"])
    stored = site.world.events[made["id"]].description
    assert stored is not None
    assert 'href="/courses/101/files/7"' in stored


def test_a_theme_puts_a_link_before_and_a_script_after_every_description(site: Site) -> None:
    made = site.made(title="x", description="<p>x</p>")
    empty = site.made(title="y", description="")
    site.session.put(f"{site.base}/_sandbox/canvas/switches", json={"theme_assets": True}, timeout=10)
    shown = site.get(f"calendar_events/{made['id']}").json()["description"]
    assert shown.startswith('<link rel="stylesheet" href="')
    assert "<p>x</p><script src=" in shown
    assert site.get(f"calendar_events/{empty['id']}").json()["description"] == ""


def test_a_themed_description_sent_back_is_stored_without_link_and_script(site: Site) -> None:
    site.world.switches.theme_assets = True
    made = site.made(title="x", description="<p>x</p>")
    site.update(made["id"], description=made["description"])
    assert site.world.events[made["id"]].description == "<p>x</p>"


def test_embedded_objects_gain_a_class_and_a_data_attribute(site: Site) -> None:
    made = site.made(title="x", description='<object data="/a.swf"></object>')
    assert 'class="uc_object" data-uc_snippet="1"' in made["description"]
