"""Two names are the same, worth a look, or clear of each other; the rule and the sentence say why."""

from __future__ import annotations

import pytest

from services.attribution.domain.matching.alignment import MOST_WORDS
from services.attribution.domain.matching.answer import Answer
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.score import judge, score
from shared.messages import Words


@pytest.mark.parametrize(
    "one, other, rule",
    [
        ("Siemens AG", "SIEMENS Aktiengesellschaft", "equal"),
        ("Pacific Gas & Elec Co", "Pacific Gas and Electric Company", "equal"),
        ("Zamil Industrial Investment Co.", "Zamil Investment Industrial", "order"),
        ("Goodwill Motor Company", "Good Will Motor Company", "spacing"),
        ("Good Will Motor Company", "Goodwill Motor Company", "spacing"),
        ("Cons Edison Co-NY Inc", "Consolidated Edison Company of New York, Inc.", "written"),
        ("Kartos Therapeutics", "Kartos Theraputics Inc", "written"),
        ("Insilico", "Insilico Medicine", "brand"),
        ("Proplanta Nordwind", "Proplanta Nordwind Systems GmbH", "brand"),
        ("Groupe Lactalis", "Lactalis", "brand"),
        ("Village of Paw Paw - (MI)", "Village of Paw Paw, Michigan", "equal"),
        ("Jackson Electric Member Corp", "Jackson EMC", "equal"),
        ("Qatar National Research Fund", "QNRF", "acronym"),
        ("Hellenic Digital Health Cluster - HDHC", "Hellenic Digital Health Cluster", "equal"),
        ("REPA Research and Education Promotion Assn", "Research & Education Promotion Association", "equal"),
        ("José Maria da Fonseca Vinhos", "Jose Maria da Fonseca Wines", "written"),
        ("Kao Kabushiki Gaisha", "Kao Corporation", "equal"),
        ("شركة الكهرباء الأردنية", "Jordan Electric Power Company", "order"),
        ("الهيئة المصرية العامة للبترول", "Egyptian General Petroleum Corporation", "written"),
        ("شركة بالم هيلز للتعمير", "Palm Hills Developments", "written"),
        ("شركة المراعي", "Almarai Company", "written"),
        ("شركة الزامل للاستثمار الصناعي", "Zamil Industrial Investment Company", "written"),
        ("بنك دبي الإسلامي", "Dubai Islamic Bank", "order"),
        ("شركة الخليج للتدريب والتعليم", "Al Khaleej Training and Education Company", "written"),
        ("شركة دار الأركان للتطوير العقاري", "Dar Al Arkan Real Estate Development Company", "order"),
        ("ООО Ромашка", "Romashka LLC", "equal"),
        ("Alfuttaim Kanoo Group", "Al-Futtaim Kanoo Group", "written"),
    ],
)
def test_the_same_company(one: str, other: str, rule: str) -> None:
    answer = score(read_name(one), read_name(other))
    assert (answer.band, answer.rule) == ("same", rule), answer
    assert answer.score >= 0.9


@pytest.mark.parametrize(
    "one, other, rule",
    [
        ("Nova Quantix GmbH", "Nova Quantix AG", "forms"),
        ("City of Lansing - (MI)", "City of Lansing - (IA)", "places"),
        ("Lansing Board - (MI)", "Lansing Board of Iowa", "group"),
        ("Global Foods", "GLOBAL FOODS", "common"),
        ("SGS", "Societe Generale Surveillance", "initials"),
        ("SGS Group Holding", "Societe Generale Surveillance Group", "initials"),
        ("SaskPower", "Saskatchewan Power Corporation", "initials"),
        ("KeJingBio", "Hefei Kejing Biotechnology", "initials"),
        ("Samsung SDS", "Samsung Data Systems", "initials"),
        ("Samsung Data SD", "Samsung Data Stellar Dynamics", "initials"),
        ("CNPC", "China National Petroleum Corporation", "initials"),
        ("Calico", "Calicolabs", "similar"),
        ("Siemens", "SiemensAG", "similar"),
        ("Aveolan Oncology", "Aveolan Pharmaceuticals", "kin"),
        ("Parker", "Parker Hannifin", "part"),
        ("Siemens", "Siemens Egypt", "group"),
        ("Siemens AG", "Siemens (Jeddah) Holding", "group"),
        ("Kharafi National", "Kharafi National Waterworks", "part"),
        ("Alstom Turbine Services", "Alstom Turbine Fabrication Services", "part"),
        ("Bowne Solutions", "Bowne Solutions 2", "numbers_one"),
        ("شركة علم", "Elm Company", "similar"),
        ("Sony Egyptian", "Sony Egypt", "similar"),
        ("Müller Stahlbau Köln", "Mueller Stahlbou", "similar"),
        ("Vinay Rice Industries", "Vinayak Rice Mill Industries", "similar"),
        ("Trading Company Ltd", "Trading Co", "little"),
    ],
)
def test_a_person_should_look(one: str, other: str, rule: str) -> None:
    answer = score(read_name(one), read_name(other))
    assert (answer.band, answer.rule) == ("look", rule), answer
    assert 0.6 <= answer.score < 0.9


@pytest.mark.parametrize(
    "one, other, rule",
    [
        ("Apollo Investment Fund VIII LP", "Apollo Investment Fund IX LP", "numbers"),
        ("Bank of Armenia Corporation", "Bank of America Corporation", "differ"),
        ("Volkswagen AG", "Siemens AG", "nothing"),
        ("Neo", "NeoGenomics", "differ"),
        ("Good Wille Motors", "Goodwilson Motors", "differ"),
        ("Aveolan Growth Fund", "Aveolan Income Fund", "differ"),
        ("Sunrise Global Logistics", "Sunrise Global Services", "differ"),
        ("Aveolan Oncology and Rare Diseases", "Aveolan Pharmaceuticals", "differ"),
        ("Phoenix Power Core Energy", "Core Energy", "differ"),
        ("Evo Industries", "Scape Industries 2", "numbers"),
        ("Bank 1", "Bank One Two", "numbers"),
        ("Ministry Norfolk", "Ministry Surrey", "differ"),
        ("", "Siemens", "no_name"),
        ("TBD", "TBD", "no_name"),
        ("info@acme.com", "info@acme.com", "no_name"),
        ("GmbH", "AG", "no_name"),
        ("شركة علم", "Oman Oil Company", "nothing"),
    ],
)
def test_clear_of_each_other(one: str, other: str, rule: str) -> None:
    answer = score(read_name(one), read_name(other))
    assert (answer.band, answer.rule) == ("clear", rule), answer
    assert answer.score < 0.6


def test_the_answer_explains_itself() -> None:
    answer = score(read_name("Cons Edison Co-NY Inc"), read_name("Consolidated Edison Company of New York, Inc."))
    assert "cons = consolidated" in said(answer)
    assert ("word.abbreviation", "cons = consolidated") in answer.evidence
    assert ("form.one", "inc") in answer.evidence
    across = score(read_name("شركة المراعي"), read_name("Almarai Company"))
    assert ("scripts", "latin/arabic") in across.evidence
    assert "placeholder" in said(score(read_name("TBD"), read_name("Acme")))
    assert score(read_name("Group"), read_name("Group")).rule == "little"


def said(answer: Answer) -> str:
    return Words().likeness(answer.rule, answer.evidence)


def test_long_names_are_cut_where_a_sentence_lists_them() -> None:
    answer = score(read_name("Acme alpha beta gamma delta epsilon"), read_name("Acme kappa lamda rho sigma"))
    assert "…" in said(answer), answer


def test_judging_is_scoring_without_words() -> None:
    pairs = [("Siemens AG", "Siemens"), ("Siemens Egypt", "Siemens"), ("Acme", "Nova"), ("TBD", "x"), ("Z", "Z")]
    for one, other in pairs:
        judged, scored = judge(read_name(one), read_name(other)), score(read_name(one), read_name(other))
        assert (judged.band, judged.score, judged.rule) == (scored.band, scored.score, scored.rule)


def test_names_of_many_words_compare_by_the_first_ones() -> None:
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(MOST_WORDS + 6)]
    assert score(read_name(" ".join(words)), read_name(" ".join(words))).band == "same"


def test_across_scripts_forms_are_compared_by_their_class() -> None:
    latin = read_name("Zamil Industrial W.L.L.")
    assert judge(read_name("شركة الزامل الصناعية ذات مسؤولية محدودة"), latin).band == "same"
    assert judge(read_name("شركة الزامل الصناعية ش.م.ك"), latin).rule == "forms"
