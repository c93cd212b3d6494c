"""Which hashtags an entry gets from its categories, how they are written, and in which order they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.linkedin.api import escape
from adapters.text.plain import is_hashtag
from bot.planning.hashtags import STOP, hashtag, hashtags
from bot.simulator.linkedin import text as littletext


@pytest.mark.parametrize(
    ("category", "tag"),
    [
        ("Breast cancer", "BreastCancer"),
        ("immunothérapie", "immunothérapie"),
        ("Hämatologie", "Hämatologie"),
        ("ASCO26", "ASCO26"),
        ("ESMO 2026 highlights", "ESMO2026Highlights"),
        ("mRNA vaccines", "mRNAVaccines"),
        ("COVID-19", "COVID19"),
        ("HER2-positive", "HER2Positive"),
        ("Policy & Advocacy", "PolicyAdvocacy"),
        ("Women's health", "WomensHealth"),
        ("Don’t smoke", "DontSmoke"),
        ("You're here, we'll help", "YoureHereWellHelp"),
        ("Cancer del seno – l’esperienza", "CancerDelSenoLEsperienza"),
        ("1st line", "1stLine"),
        ("患者", "患者"),
        ("がん 患者", "がん患者"),
        ("سرطان الثدي", "سرطان_الثدي"),
        ("cafe\u0301", "café"),
        ("कैंसर देखभाल", "कैंसर_देखभाल"),
        ("straße", "straße"),
        ("snake_case", "SnakeCase"),
    ],
)
def test_a_category_becomes_one_word_in_camel_case_and_keeps_its_letters(category: str, tag: str) -> None:
    assert hashtag(category) == tag


@pytest.mark.parametrize(
    ("category", "tag"),
    [
        ("Phase I/II trials", "PhaseI_IITrials"),
        ("Phase I, II", "PhaseI_II"),
        ("Stage II/III", "StageII_III"),
        ("Stage IIIA–IV", "StageIIIA_IV"),
        ("Phase Ⅱ/Ⅲ", "PhaseII_III"),
        ("Phase 1/2", "Phase1_2"),
        ("BRCA1/2", "BRCA1_2"),
        ("CDK4/6 inhibitors", "CDK4_6Inhibitors"),
        ("HPV 16/18", "HPV16_18"),
        ("HPV 16, 18", "HPV16_18"),
        ("COVID 19 2021", "COVID19_2021"),
        ("COVID-19/2021", "COVID19_2021"),
        ("Hepatitis B/C", "HepatitisB_C"),
        ("Hepatitis B, C", "HepatitisB_C"),
        ("T1a/b", "T1a_b"),
        ("IL-2/IL-15", "IL2_IL15"),
        ("CO₂", "CO2"),
        ("T1/N0", "T1N0"),
        ("Diagnosis/Treatment", "DiagnosisTreatment"),
        ("Vor- und Nachsorge", "VorUndNachsorge"),
        ("T-cell", "TCell"),
        ("Q&A", "QA"),
    ],
)
def test_words_that_would_read_as_another_are_told_apart(category: str, tag: str) -> None:
    assert hashtag(category) == tag


@pytest.mark.parametrize(
    "category",
    [
        *(
            "HER2-",
            "HER2−",
            "HER2+",
            "HER2–",
            "HER2⁺",
            "HER2(+)",
            "HER2 (−)",
            "HER2 -",
            "ER+/HER2-",
            "HER2- breast cancer",
        ),
        *(
            "ER + / PR −",
            "CD20+ lymphoma",
            "1.5 mg",
            "1,5 mg",
            "1,000 voices",
            "Age >65",
            "Under 50%",
            "10⁶ cells",
            "½ dose",
        ),
    ],
)
def test_what_would_say_something_else_without_its_sign_gets_none(category: str) -> None:
    assert hashtag(category) == ""


@pytest.mark.parametrize(
    ("category", "tag"),
    [
        ("🎗️ Breast cancer", "BreastCancer"),
        ("❤️ Herz", "Herz"),
        ("1️⃣ Schritt", "1Schritt"),
        ("👩🏽‍⚕️ Nurses 🩺", "Nurses"),
        ("🏴\U000e0067\U000e0062\U000e007f Wales", "Wales"),
    ],
)
def test_an_emoji_is_no_part_of_a_hashtag(category: str, tag: str) -> None:
    assert hashtag(category) == tag


@pytest.mark.parametrize("category", ["2026", "19-11-2026", "", "&", "🎗️", "a name of a category as long as a sentence"])
def test_what_makes_no_hashtag_gets_none(category: str) -> None:
    assert hashtag(category) == ""


@given(st.text(max_size=60))
def test_no_hashtag_is_ever_broken_or_a_number_alone(category: str) -> None:
    tag = hashtag(category)
    assert tag == "" or is_hashtag(tag)


@given(st.text(alphabet=st.characters(categories=["L", "Mn", "Nd", "Pd", "Po", "Zs"]), max_size=30))
def test_linkedin_reads_the_whole_hashtag(category: str) -> None:
    if tag := hashtag(category):
        assert [piece.text for piece in littletext.read(escape(f"#{tag}")) if piece.kind == "hashtag"] == [tag]


def test_what_the_blog_files_under_nothing_is_no_hashtag() -> None:
    assert hashtags(["Uncategorized", "Allgemein", "Senza categoria", "Non classé", "Biopsy"], "", {}) == ("Biopsy",)
    assert hashtags(sorted(STOP), "", {}) == ()


def test_the_blogs_own_stop_list_is_heeded_whatever_the_case() -> None:
    assert hashtags(["BLOG", "Our  team", "Biopsy"], "", {}, {"blog", "our team"}) == ("Biopsy",)


def test_a_mapping_gives_another_hashtag_or_none() -> None:
    mapping = {"breast cancer": "BCSM", "news": ""}
    assert hashtags(["Breast Cancer", "News", "Biopsy"], "", mapping) == ("BCSM", "Biopsy")
    assert hashtags(["Allgemein"], "", {"allgemein": "Krebs"}) == ("Krebs",)


def test_mapped_hashtags_come_first_then_those_in_the_title_then_the_rest_in_order() -> None:
    found = hashtags(["Policy", "ASCO26", "Lung cancer", "Care"], "Lung cancer at a glance", {"care": "CareMatters"})
    assert found == ("CareMatters", "LungCancer", "Policy", "ASCO26")


def test_a_hashtag_stands_once_and_not_when_the_title_has_it() -> None:
    assert hashtags(["Lung cancer", "Lung-Cancer", "lung cancer"], "", {}) == ("LungCancer",)
    assert hashtags(["ASCO26", "Lung"], "News from #ASCO26!", {}) == ("Lung",)
