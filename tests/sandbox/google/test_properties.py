"""Extended properties and their silent limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def _stored(google: Google) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = google.get().get("extendedProperties", {})
    return found


def test_a_key_over_44_characters_vanishes_with_status_200(google: Google) -> None:
    google.insert(extendedProperties={"private": {"k" * 45: "lost", "k" * 44: "kept"}})
    assert _stored(google) == {"private": {"k" * 44: "kept"}}


def test_a_value_over_1024_characters_is_cut_with_status_200(google: Google) -> None:
    google.insert(extendedProperties={"private": {"key": "v" * 1025}})
    assert _stored(google)["private"]["key"] == "v" * 1024


def test_shared_properties_obey_the_same_limits_and_both_kinds_count_together(google: Google) -> None:
    many = {f"key{number}": "v" for number in range(200)}
    both = {"private": many, "shared": many}
    answer = google.post({"id": "finals1", **google.all_day(), "extendedProperties": both})
    assert google.reason(answer) == (400, "invalid")
    google.insert(extendedProperties={"shared": {"k" * 45: "lost", "key": "v" * 2000}})
    assert _stored(google) == {"shared": {"key": "v" * 1024}}


def test_three_hundred_properties_pass_and_one_more_is_refused_or_with_a_switch_dropped(
    google: Google,
) -> None:
    google.insert("full1", extendedProperties={"private": {f"k{n}": "v" for n in range(300)}})
    surplus = {"private": {f"k{n}": "v" for n in range(301)}}
    assert google.post(google.all_day(extendedProperties=surplus)).status_code == 400
    google.switches.too_many_properties = "drop"
    google.insert(extendedProperties=surplus)
    assert len(_stored(google)["private"]) == 300


def test_more_than_32_kilobytes_are_refused(google: Google) -> None:
    large = {"private": {f"k{n}": "v" * 1024 for n in range(32)}}
    assert google.reason(google.post(google.all_day(extendedProperties=large))) == (400, "invalid")


def test_values_must_be_strings(google: Google) -> None:
    answer = google.post(google.all_day(extendedProperties={"private": {"count": 5}}))
    assert google.reason(answer) == (400, "invalid")


def _three_events(google: Google) -> None:
    google.insert("both1", extendedProperties={"private": {"owner": "us", "year": "2025"}})
    google.insert("ours1", extendedProperties={"private": {"owner": "us", "year": "2024"}})
    google.insert("foreign1", extendedProperties={"private": {"owner": "them", "year": "2025"}})
    google.insert("bare1")


def test_one_property_filter_finds_its_events(google: Google) -> None:
    _three_events(google)
    assert google.ids(privateExtendedProperty="owner=us") == ["both1", "ours1"]


def test_two_property_filters_may_let_foreign_events_through(google: Google) -> None:
    _three_events(google)
    filters = ["owner=us", "year=2025"]
    assert google.ids(privateExtendedProperty=filters) == ["both1", "ours1", "foreign1"]
    google.switches.repeated_private_filters = "and"
    assert google.ids(privateExtendedProperty=filters) == ["both1"]


def test_private_and_shared_filters_must_both_match(google: Google) -> None:
    google.insert("both1", extendedProperties={"private": {"a": "1"}, "shared": {"b": "2"}})
    google.insert("half1", extendedProperties={"private": {"a": "1"}})
    assert google.ids(privateExtendedProperty="a=1", sharedExtendedProperty="b=2") == ["both1"]


def test_a_filter_without_an_equals_sign_is_refused(google: Google) -> None:
    assert google.reason(google.refused_list(privateExtendedProperty="owner")) == (400, "invalid")
