"""HTML read as a person reads it: the words, their signs, and nothing that nobody sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blog.markup import CAP, Text, clean, spoken, tidied, unescaped, words
from tests.making.measuring import within

RTL = "\u2067שלום\u2069 \u200fمی‌خواهم\u200e"
TAGS = "<p> </p> <br> <b> <script> </script> <q> </q> <sup> </sup> <a href=x> </a> <!-- --> & < > &lt; &amp;lt; &#8217;"
HOSTILE = (
    "<div>,</div>,<b>,<span>,<span hidden>,<q>,<svg>,<sup>,<sup><a>,<sup>1,<p,<![,<!--,<a class=,&,&amp;,&amp;amp;",
    "&lt;div&gt;,The post ,投稿 は,[…] ,… Read more,\u200d,\u0301\u0323,a\u0301,\u0958",
)
SCRAPS = st.lists(st.sampled_from(["word", " ", "\u200b", "[…]", *TAGS.split(" ")]), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("It&#8217;s &ldquo;here&rdquo; &ndash; now", "It’s “here” – now"),
        ("It&amp;#8217;s &amp;ldquo;here&amp;rdquo;", "It’s “here”"),
        ("It&amp;amp;#8217;s", "It’s"),
        ("R&amp;D, AT&T and a&copy=b", "R&D, AT&T and a©=b"),
        ("?a=1&amp;copy=2", "?a=1&copy=2"),
        ("Don&#146;t &#147;wait&#148;", "Don’t “wait”"),
        ("p &lt; 0.05 and p<0.05", "p < 0.05 and p<0.05"),
        ("Caf&eacute;&nbsp;&nbsp;ol&eacute;", "Café olé"),
        ("&#128512; &#x1F397;&#xFE0F;", "😀 🎗️"),
        ("&unknown; &#0; a", "&unknown; \ufffd a"),
    ],
)
def test_escapes_are_read_however_often_they_were_escaped(markup: str, read: str) -> None:
    assert words(markup) == read


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("<h2>Title</h2><p>One</p><p>two</p>", "Title One two"),
        ("<ul><li>One</li><li>two</li></ul>three", "One two three"),
        ("One<br>two<br/>three<hr>four", "One two three four"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("<p>Im<b>portant</b> and <em>new</em>.</p>", "Important and new."),
        ("she said <q>yes</q>.", "she said “yes”."),
        ("10<sup>6</sup> cells, m<SUP>2</SUP>, 10<sup>-3</sup>", "10⁶ cells, m², 10⁻³"),
        ('proven<sup class="fn"><a href="#fn1">1</a></sup>.', "proven."),
        ("H<sub>2</sub>O, 1<sup>st</sup>", "H2O, 1st"),
        ("&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;whole&lt;/p&gt;", "Escaped whole"),
        ("&amp;lt;p&amp;gt;Escaped twice&amp;lt;/p&amp;gt;", "Escaped twice"),
        ("if a &lt;b and c&gt; d", "if a <b and c> d"),
    ],
)
def test_blocks_part_words_and_other_tags_do_not(markup: str, read: str) -> None:
    assert words(markup) == read


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>alert('<p>x</p>')</script>",
        "<style>p { color: red }</style>",
        "<!-- x -->",
        "<noscript>x</noscript>",
        "<svg><title>x</title><svg>x</svg>x</svg>",
        "<video>Your browser is too old.</video>",
        "<select><option>x</option></select>",
        '<span class="big screen-reader-text">x <span>y</span> z</span>',
        '<a class="more-link" href="/a">Read more</a>',
        "<div hidden>x</div>",
        "<p hidden>x</p>",
        "<section hidden><h2>x</h2><p>x</p></section>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        '<span style="color: red; display: none">x</span>',
        "&shy;&#8203;&#xFEFF;\u2060",
    ],
)
def test_what_nobody_sees_is_not_read(unseen: str) -> None:
    assert words(f"Living {unseen}with cancer") == "Living with cancer"
    assert words(f"<p>Liv{unseen}ing</p>") == "Living"


def test_a_hidden_paragraph_ends_where_the_next_begins() -> None:
    assert words("<div><p hidden>x<br>x</div>One<p hidden>x<p>two<p>three<div>four</div>") == "One two three four"


def test_an_emoji_that_wordpress_drew_as_a_picture_is_read() -> None:
    assert words('Hope <img src="https://s.w.org/1.svg" class="wp-smiley" alt="🎗" /> today') == "Hope 🎗 today"
    assert words('Hope <img src="/a.jpg" class="wide" alt="A scan"> today') == "Hope today"


@pytest.mark.parametrize("text", [RTL, "ഡോക്‍ടർ", "👩‍⚕️", "سرطان الثدي: ما هو؟", "乳がんとは", "“Hope” – ‘now’…"])
def test_scripts_of_every_direction_stay_as_they_are(text: str) -> None:
    assert words(f"<p>{text}</p>") == clean(text) == unescaped(text) == text


def test_marks_that_turn_the_direction_of_what_follows_do_not_stay() -> None:
    assert clean("a\u202eb\u202c c") == "ab c"


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("Long words […]", "Long words…"),
        ("Long words [...]", "Long words…"),
        ("Long words, [ … ]", "Long words…"),
        ("Long words (…)", "Long words…"),
        ("Long words… […]", "Long words…"),
        ("A sentence. […]", "A sentence."),
        ("A question? [...]", "A question?"),
        ("文です。 […]", "文です。"),
        ("Words […] Continue reading →", "Words…"),
        ("Words… Continue reading What is a biopsy", "Words…"),
        ("Wörter … Weiterlesen »", "Wörter…"),
        ("[…]", ""),
        ("Words (more…)", "Words…"),
        ("Words. (more...)", "Words."),
        ("Wörter (mehr …)", "Wörter…"),
        ("Words. Read More »", "Words."),
        ("Words about this Read more →", "Words about this…"),
        ("Words about this Read More", "Words about this…"),
        ("Words! Continue reading", "Words!"),
        ("Palabras… Continuar leyendo →", "Palabras…"),
        ("Palabras. Seguir leyendo »", "Palabras."),
        ("Words […]\u200e", "Words…"),
        ("Sleep (etc…)", "Sleep (etc…)"),
        ("Tipps zum Weiterlesen", "Tipps zum Weiterlesen"),
        ("Where to read more", "Where to read more"),
        ("What helps (and what does not)", "What helps (and what does not)"),
        ("Wait…", "Wait…"),
        ("Wait...", "Wait..."),
        ("Read [3] and […] the rest", "Read [3] and […] the rest"),
        ("Words. The post A post appeared first on Blog.", "Words."),
        ("Words […] The post A post first appeared on Blog.", "Words…"),
        ("Wörter. Der Beitrag Titel erschien zuerst auf Blog.", "Wörter."),
        ("Mots. L’article Titre est apparu en premier sur Blog.", "Mots."),
        ("Parole. L'articolo Titolo proviene da Blog.", "Parole."),
        ("Palabras. La entrada Título se publicó primero en Blog.", "Palabras."),
        ("言葉。 投稿 題 は ブログ に最初に表示されました。", "言葉。"),
        ("The post office is closed.", "The post office is closed."),
    ],
)
def test_a_summary_ends_as_a_writer_would_end_it(written: str, tidy: str) -> None:
    assert tidied(written) == tidy


@given(SCRAPS)
def test_words_stay_on_one_line_and_are_read_to_the_end(markup: str) -> None:
    read = words(markup)
    assert clean(read) == read
    assert "&#8217;" not in read
    assert "\u200b" not in read


@given(st.text(), st.text())
def test_plain_words_come_through(before: str, after: str) -> None:
    shown = clean(f"{before} {after}".replace("&", "").replace("<", ""))
    assert words(shown) == shown


@pytest.mark.parametrize("piece", [piece for pieces in HOSTILE for piece in pieces.split(",")])
def test_hostile_markup_is_read_in_bounded_time(piece: str) -> None:
    markup = piece * 200_000
    assert len(within(2, lambda: tidied(words(markup)))) <= 2 * CAP


def test_pictures_are_found_beside_the_words() -> None:
    text = Text("<p>Words</p><img src=/a.jpg alt='A scan'><script><img src=/b.jpg></script>")
    assert (text.words, text.images) == ("Words", [("/a.jpg", "A scan")])


@pytest.mark.parametrize(
    ("markup", "source"),
    [
        ('<img src="/grey.png" data-src="/a.jpg">', "/a.jpg"),
        ('<img src="data:image/gif;base64,R0" data-srcset="/s.jpg 300w, /a.jpg 1200w">', "/a.jpg"),
        ('<img srcset="/a.jpg 2x, /s.jpg 1x">', "/a.jpg"),
        ('<img src="/a.jpg" srcset="/s.jpg 300w">', "/a.jpg"),
        (
            '<picture><source srcset="/s.webp 300w, /a.jpg 900w"><img src="data:image/gif;base64,R0"></picture>',
            "/a.jpg",
        ),
        ('<img src="data:image/gif;base64,R0"><noscript><img src="/a.jpg">No</noscript>', "/a.jpg"),
    ],
)
def test_a_picture_that_a_page_loads_late_is_found(markup: str, source: str) -> None:
    text = Text(f"{markup} Words")
    assert (text.images, text.words) == ([(source, "")], "Words")


@pytest.mark.parametrize(
    "attributes", ['width="32"', 'width="1" height="1"', 'class="avatar avatar-96 photo"', 'class="wp-smiley"']
)
def test_symbols_and_portraits_of_authors_are_no_pictures_of_the_text(attributes: str) -> None:
    assert Text(f'<img src="/a.jpg" alt="Anna" {attributes}>').images == []
    assert Text('<img src="/a.jpg" width="100%" height="600" class="wp-image-12">').images == [("/a.jpg", "")]


@pytest.mark.parametrize(
    ("alt", "heard"),
    [
        ("<p>A <b>bold</b> curve</p>", "A bold curve"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("p < 0.05 in arm A", "p < 0.05 in arm A"),
        ("IMG_1234.jpg", ""),
        ("scan (2).PNG", ""),
        ("The file scan.png, opened", "The file scan.png, opened"),
    ],
)
def test_an_alternative_text_is_what_a_person_hears(alt: str, heard: str) -> None:
    assert spoken(alt) == heard
