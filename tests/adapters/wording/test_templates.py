"""What a template can say wherever a branch stands, and what it is refused for: the place, the reason, the way out."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import UnsupportedError
from adapters.wording.filters import FILTERS
from adapters.wording.grammar import IS, MOST_FILTERS
from adapters.wording.posts import words_of, written
from adapters.wording.templates import TAG_WORDS, WORDS, mistake, rendered
from tests.adapters.wording.test_posts import POST
from tests.making.measuring import within


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ titel }}", "line 1: there is no word titel (did you mean title?)"),
        ("{{ title }}\n{{ os }}", "line 2: there is no word os"),
        ("{{ title", "line 1: "),
        ("Hello\n{% if %}", "line 2: "),
        ("{{ title|tojson }}", "line 1: there is no filter tojson (there are capitalize, date, "),
        ("{{ title|shorten }}", "line 1: "),
        ("Hello\n{{ title|shorten('a') }}", "line 2: "),
        ("{{ published|date('%99999999Y') }}", "line 1: a date is written like"),
        ("word " * 500, "longer than"),
        ("(" * 500 + "{{" + "(" * 500, "line 1: "),
    ],
)
def test_a_template_that_cannot_be_used_is_told_with_its_line(template: str, told: str) -> None:
    assert told in mistake(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}",
        "{{ title.upper() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for a in range(1000000000) %}a{% endfor %}",
        "{% for a in title %}a{% endfor %}",
        "{% for a in categories %}{% for b in categories %}b{% endfor %}{% endfor %}",
        "{% set a = title %}",
        "{% include 'secrets' %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ cycler }}",
        "{{ self }}",
        "{% for title in categories recursive %}{{ loop(categories) }}{% endfor %}",
    ],
)
def test_a_template_can_reach_nothing_and_cannot_grow(template: str) -> None:
    assert within(0.5, lambda: mistake(template)).startswith("line 1: ")


def test_a_tracking_tag_has_words_of_its_own() -> None:
    assert mistake("{{ blog }}-{{ channel }}", TAG_WORDS) == ""
    assert "no word link" in mistake("{{ link }}", TAG_WORDS)
    assert "no word channel" in mistake("{{ channel }}")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ title|shorten('60') }}", "shorten needs a number of characters, as in {{ summary|shorten(200) }}"),
        ("{{ title|shorten(n=60) }}", "shorten needs a number of characters"),
        ("{{ title|shorten 60 }}", "got 'integer': write it as in {{ title|shorten(80) }} or {% if"),
        ("{{ title|upper(3) }}", "upper has no brackets: write {{ title|upper }}"),
        ("{{ categories|join(5) }}", 'as in {{ categories|join(" · ") }}'),
        ("{{ categories|join(hashtags) }}", "join puts up to 10 characters between categories or hashtags"),
        ("{{ categories|join('12345678901') }}", "join puts up to 10 characters"),
        ("{{ published|date }}", 'a date is written like {{ published|date("%d.%m.%Y") }}'),
        ("{{ published|date('DD.MM.YYYY') }}", "a date is written like"),
        ("{{ title|length(3) }}", "length has no brackets, as in {% if title|length > 60 %}"),
        (
            "{{ title|truncate(80) }}",
            "there is no filter truncate (there are capitalize, date, join, length, lower, shorten, ",
        ),
        ("{{ title|uper }}", "there is no filter uper (did you mean upper?)"),
        ("{{ title[:80] }}", "a text is cut with {{ title|shorten(80) }}"),
        ("{{ title, blog }}", "write one behind the other"),
        ("{{ title ~ blog }}", "write one behind the other, as in {{ title }} – {{ blog }}"),
        ("{{ title == 'a' }}", "a yes or no cannot be printed"),
        ("{{ summary if summary }}", "“else” is missing: write {{ summary if summary else title }}"),
        ("{% if title > 60 %}a{% endif %}", "its length with a number"),
        ("{% if title|length == '9' %}a{% endif %}", "its length with a number"),
        ("{% if 5 in title %}a{% endif %}", '“in” is written {% if "Video" in categories %}'),
        ("{% if title in (1, 2) %}a{% endif %}", '{% if language in ("de", "en") %}'),
        ("{{ not title }}", "a yes or no cannot be printed"),
        ("{{ none }}", "a yes or no cannot be printed"),
        ("{{ (title in 'a')|upper }}", "a yes or no cannot be printed"),
        ("{% if published == '2026' %}a{% endif %}", '{% if published|date("%Y") == "2026" %}'),
        ("{% if categories == 'Video' %}a{% endif %}", '{% if "Video" in categories %}'),
        ("{% if categories in 'Video' %}a{% endif %}", '“in” is written {% if "Video" in categories %}'),
        ("{% if 1 < title|length < blog %}a{% endif %}", "its length with a number"),
        ("{% if title is defined %}a{% endif %}", "“is” cannot be used: write {% if summary %}"),
        ("{% if language = 'de' %}a{% endif %}", "got '=': write it as in {{ title|shorten(80) }} or " + IS),
        ("{% if language == “de” %}a{% endif %}", "unexpected char '“'"),
        ("{% if language == 'de %}a{% endif %}", 'unexpected char "\'"'),
        (
            "{% if %}a{% endif %}",
            "Expected an expression, got 'end of statement block': write it as in {{ title|shorten(80) }}",
        ),
        ("{% elseif title %}", "Encountered unknown tag 'elseif'"),
        ("{% for a in categories %}{{ title }}{% endfor %}", "inside “for” only {{ a }} and plain text can stand"),
        ("{% for a of categories %}a{% endfor %}", "expected token 'in', got 'of': write it as in"),
        ("{title}", "a word stands in two braces: write {{ title }}"),
        ("{title|upper} or {{ title }}", "a word stands in two braces"),
        ("{{ title }} }}", "“}}” closes nothing: leave it out"),
    ],
)
def test_a_mistake_in_a_line_is_told_with_its_way_out(template: str, told: str) -> None:
    said = mistake(template)
    assert said.startswith("line 1: ")
    assert told in said
    assert mistake(f"{{% if summary %}}a{{% else %}}\n{template}{{% endif %}}").startswith("line 2: ")


@pytest.mark.parametrize(
    "template",
    [
        "By @{{ author }}: {{ title }}",
        "By ＠{{ author }}",
        "{{ categories|join(' @') }}",
        "{{ '@' }}{{ author }}",
        "{{ '@' if author else '' }}{{ author }}",
        "{% if author %}@{% endif %}{{ author }}",
        "{% for a in categories %}@{{ a }}{% endfor %}",
        "{{ title }} via @somebody",
        "@[123:Bob] {{ title }}",
    ],
)
def test_a_template_cannot_mention_whoever_has_a_name(template: str) -> None:
    told = (
        "line 2: “@” would mention whoever has the name behind it: write {{ handle }} for the author, else leave it out"
    )
    assert mistake(f"New\n{template}") == told


@pytest.mark.parametrize(
    "template", ["#{{ title }}", "{{ categories|join(' #') }}", "{% for a in categories %} #{{ a }}{% endfor %}"]
)
def test_a_template_cannot_make_half_a_hashtag(template: str) -> None:
    assert "“#” makes a hashtag of the first word only: write {{ hashtags }}" in mistake(template)


@pytest.mark.parametrize(
    "template",
    [
        "Write to us: office@example.org, we answer @ noon #Cancer {{ title }}",
        "{% if handle == '@ana' %}{{ handle }}{% else %}{{ author }}{% endif %} #ASCO{{ published|date('%y') }}",
        "See https://example.org/@ana and C#",
    ],
)
def test_an_at_sign_and_a_number_sign_that_make_no_mention_may_stand(template: str) -> None:
    assert mistake(template) == ""


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("\n\n{{ titel }}", 3),
        ("\n{{ title|shorten('a') }}\n", 2),
        ("{{ title }}\n{{ link }\n\n{{ blog }}", 2),
        ("{% if summary %}\n{{ summary }}\n", 2),
        ("{{ title }}\n{% endif %}\n", 2),
        ("{{ title }}\n\n{title}", 3),
        ("{{ title }}\n{% if summary %}\n\n{{ summary|uper }}{% endif %}", 4),
    ],
)
def test_a_mistake_is_told_with_its_line_as_the_template_is_written(template: str, line: int) -> None:
    assert mistake(template).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    "template",
    [
        "{{ categories|join(" * 9 + "' '" + ") }}" * 9,
        "{{ title" + "|shorten(9)" * (MOST_FILTERS + 1) + " }}",
        "{% for a in categories %}" + "{{ summary|upper }}" * 20 + "{% endfor %}",
        "{{ " + "(" * 900 + "title" + ")" * 900 + " }}",
        "{{ " + "not " * 400 + "title }}",
    ],
)
def test_a_template_cannot_grow_without_bound(template: str) -> None:
    assert within(0.5, lambda: mistake(template)).startswith("line 1: ")


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in categories %}" + "{{ a|upper|lower|shorten(9) }}" * 6 + "{{ a }}" * 200 + "{% endfor %}",
        "{{ summary }}" * 150,
        "{{ title|shorten(5000)" + "|shorten(4000)" * 19 + " }}",
    ],
)
def test_the_largest_of_templates_takes_no_time(template: str) -> None:
    assert mistake(template) == ""
    words = {"title": "word " * 2_000, "summary": "word " * 1_000, "categories": ("Patient guides",) * 100}

    def writes() -> None:
        with contextlib.suppress(UnsupportedError):
            written(replace(POST, **words), template, 63_206, len)  # type: ignore[arg-type]

    within(2, writes)


@pytest.mark.parametrize("text", [r"\x02Ana\x03", r"\ud800Ana", r"\u200bAna", r"\x01\x04\x05Ana"])
def test_a_constant_has_no_control_characters(text: str) -> None:
    post = replace(POST, title="")
    assert written(post, f'{{{{ "{text}" }}}} {{{{ title or "{text}" }}}}', 280, len, on_card=True).startswith("Ana ")


def test_text_filters_take_dates_and_lists_as_they_are_printed() -> None:
    shown = rendered("{{ categories|upper }} {{ hashtags|lower }} {{ published|shorten(99) }}", words_of(POST))
    assert "PATIENT GUIDES, BIOPSY" in shown
    assert "#biopsy #patientguides" in shown
    assert "2026-11-22" in shown


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ title|join(', ') }}", "What is a biopsy?"),
        ("{{ title|date('%Y') }}", "What is a biopsy?"),
        ("{{ published|length }}", "10"),
        ("{% raw %}{{ title {% endraw %}", "{{ title"),
        ("{% print blog %}", "The Cancer Blog"),
        ("{% if title == blog %}a{% else %}b{% endif %}", "b"),
        ("{% if title in summary or author in categories %}a{% else %}b{% endif %}", "b"),
        ("{% if 1 < title|length < 60 %}a{% else %}b{% endif %}", "a"),
    ],
)
def test_what_is_odd_and_harmless_says_what_can_be_said(template: str, shown: str) -> None:
    assert mistake(template) == ""
    assert written(POST, template, 280, len, on_card=True) == shown


@given(
    st.sampled_from(
        ["upper", "lower", "title", "capitalize", "length", "shorten(9)", "join", "join(' ')", "date('%d')"]
    ),
    st.one_of(st.text(), st.lists(st.text()).map(tuple), st.datetimes(), st.integers(), st.none(), st.booleans()),
)
def test_a_filter_takes_any_value(name: str, value: Any) -> None:
    assert isinstance(rendered(f"{{{{ title|{name} }}}}", words_of(POST) | {"title": value}), str)


def test_a_line_of_nothing_but_tags_leaves_no_line_and_another_keeps_its_end() -> None:
    inline = "{% if author %}By {{ author }}{% endif %}\n{{ title }}"
    block = "{% if author %}\nBy {{ author }}\n{% endif %}\n{{ title }}"
    noted = "{# who #}\n{% if author %}{# a guest #}\nBy {{ author }} {# as in the feed #}\n{% endif %}\n{{ title }}"
    for template in (inline, block, noted):
        assert written(POST, template, 280, len, on_card=True) == "By Ana Lopez\nWhat is a biopsy?"


def test_a_template_that_fails_for_one_post_is_told_as_a_sentence() -> None:
    template = "{% if 'Video' in categories %}{{ title|shorten('60') }}{% else %}{{ title }}{% endif %}"
    assert "What is" in rendered(template, words_of(POST))
    with pytest.raises(UnsupportedError, match=r"^Its template cannot be used: line 1: shorten needs .*\.$"):
        rendered(template, words_of(replace(POST, categories=("Video",))))
    for broken in ("{{", "{{ titel }}", "{{ 1 / 0 }}", "{{ title.a.b }}", "{{ categories|join(5) }}"):
        with pytest.raises(UnsupportedError, match=r"^Its template cannot be used: line 1: "):
            rendered(broken, words_of(POST))


PARTS = [*WORDS, *FILTERS, *"()[]|,5>", "tag", '"a"', "'%Y'", "==", "in", "not", "and", "or", "if", "else"]
PARTS += ["|shorten(9)", "|date('%d')", "|join(' ')", "|length", "|upper"]
TAGS = [
    *"@#",
    "{%",
    "%}",
    "{{",
    "}}",
    "{% if",
    "{% else %}",
    "{% endif %}",
    "{% for tag in categories %}",
    "{% endfor %}",
]
SAID = st.lists(st.sampled_from(PARTS + TAGS), max_size=12).map(" ".join)
EXPRESSIONS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map(" ".join)
SHAPES = ("{{{{ {0} }}}}", "{{% if {0} %}}{{{{ {1} }}}}{{% else %}}{{{{ {2} }}}}{{% endif %}}")
SHAPES += ("{{% for tag in hashtags if {0} %}}{{{{ {1} }}}}{{% else %}}{{{{ {2} }}}}{{% endfor %}}",)
FORMED = st.builds(str.format, st.sampled_from(SHAPES), EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
POSTS: list[dict[str, Any]] = [
    {},
    {"categories": ("Video", "a")},
    {"author": "", "summary": "", "categories": (), "hashtags": (), "published": None},
    {"title": "a", "handle": "@ana", "language": "", "blog": ""},
]


@given(st.one_of(SAID, FORMED))
def test_what_is_accepted_can_be_filled_in_for_any_post(template: str) -> None:
    if not mistake(template):
        for changed in POSTS:
            assert isinstance(rendered(template, words_of(replace(POST, **changed))), str)
    else:
        assert mistake(template).startswith("line ")
