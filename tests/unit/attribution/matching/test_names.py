"""Names are read alike however they are written: forms, abbreviations, scripts, marks that nobody sees."""

from __future__ import annotations

import pytest

from services.attribution.domain.matching.forms import kind_of
from services.attribution.domain.matching.name import core_words, read_name
from services.attribution.domain.matching.tables import rows


@pytest.mark.parametrize(
    "text, words, form",
    [
        ("Müller GmbH & Co. KG", ("muller",), "gmbhcokg"),
        ("Siemens S.A.E.", ("siemens",), "sae"),
        ("Orascom Construction S. A. E.", ("orascom", "construction"), "sae"),
        ("Kharafi W.L.L.", ("kharafi",), "wll"),
        ("Batelco B.S.C. (c)", ("batelco",), "bsc"),
        ("株式会社日立製作所", ("hitachi", "manufacturing"), "kk"),
        ("日立製作所(株)", ("hitachi", "manufacturing"), "kk"),
        ("삼성전자 주식회사", ("samsung", "electronic"), "jh"),
        ("中国石油化工股份有限公司", ("china", "petroleum", "chemical"), "gfyxgs"),
        ("ООО Ромашка", ("romashka",), "ooo"),
        ("Ромашка, ООО", ("romashka",), "ooo"),
        ("Ελληνικά Πετρέλαια Α.Ε.", ("ellinika", "petrelaia"), "ae"),
        ("شركة الخليج للتأمين ش. م. ك", ("gulf", "insurance"), "ksc"),
        ("شركة الراجحي للتجارة ذات مسؤولية محدودة", ("rajhy", "trading"), "wll"),
        ("PT Bank Central Asia Tbk", ("bank", "central", "asia"), "pt"),
        ("A. P. Møller - Mærsk A/S", ("ap", "moller", "maersk"), "as"),
        ("Firma Sp. z o.o.", ("firma",), "spzoo"),
        ("Acme Private Limited", ("acme",), "ltd"),
        ("Acme Pty. Ltd.", ("acme",), "ltd"),
    ],
)
def test_legal_forms_are_found_wherever_and_however_they_are_written(
    text: str, words: tuple[str, ...], form: str
) -> None:
    name = read_name(text)
    assert name.words == words
    assert form in name.forms


# One form of each country, as its register writes it; Latin, Arabic, Cyrillic, Greek, Chinese, Japanese, Korean.
COUNTRIES = """AE Acme PJSC|AL Acme Sh.p.k.|AR Acme S.A.|AT Acme GmbH|AU Acme Pty Ltd|BE Acme SPRL|BG Акме ЕООД
BH Acme B.S.C.|BR Acme Ltda|CA Acme Inc.|CH Acme AG|CL Acme SpA|CN 甲乙丙有限公司|CO Acme S.A.S.
CZ Acme s.r.o.|DE Acme GmbH|DK Acme ApS|EE Acme OÜ|EG Acme S.A.E.|ES Acme S.L.|FI Acme Oy
FR Acme SARL|GB Acme PLC|GR Άκμη Α.Ε.|HK 甲乙丙有限公司|HR Acme d.o.o.|HU Acme Kft.|ID PT Acme
IE Acme DAC|IN Acme Pvt. Ltd.|IT Acme S.r.l.|JO Acme LLC|JP 株式会社甲乙|KR 주식회사 가나다
KW شركة النور ش.م.ك|KZ ТОО Акме|LB Acme S.A.L.|LT UAB Acme|LU Acme S.à r.l.|LV SIA Acme
MX Acme S.A. de C.V.|MY Acme Sdn. Bhd.|NL Acme B.V.|NO Acme ASA|NZ Acme Limited|OM Acme SAOG
PL Acme Sp. z o.o.|PT Acme, Lda.|QA Acme W.L.L.|RO Acme S.R.L.|RS Acme d.o.o.|RU ООО Акме
SA شركة النور ذات مسؤولية محدودة|SE Acme AB|SG Acme Pte Ltd|SK Acme s.r.o.
TH Acme Public Company Limited|TR Acme Limited Şirketi|UA ТОВ Акме|US Acme LLC|VN Acme TNHH
ZA Acme (Pty) Ltd"""


@pytest.mark.parametrize("line", COUNTRIES.replace("\n", "|").split("|"))
def test_legal_forms_of_sixty_countries_are_known(line: str) -> None:
    country, _, text = line.partition(" ")
    name = read_name(text, country)
    assert name.forms
    assert len(name.words) <= 2
    assert kind_of(name.forms[0])


@pytest.mark.parametrize(
    "one, other",
    [
        ("First Bank Intl", "First International Bank"),
        ("Northern Indiana Pub Serv Co", "Northern Indiana Public Service Company"),
        ("PUD No 1 of Snohomish County", "Public Utility District No. 1 of Snohomish County"),
        ("Acme Fund VIII", "ACME Fund 8"),
        ("Third Street Capital", "3rd Street Capital"),
        ("Smith & Sons Mfg", "Smith and Sons Manufacturing"),
        ("Müller und Söhne", "Muller & Sohne"),
        ("AT&T", "A T & T".replace(" ", "")),
        ("Blue Ridge Co-op", "Blue Ridge Cooperative"),
        ("Tri-State G & T Assn", "Tri State Generation and Transmission Association"),
        ("South Mississippi El Pwr Assn", "South Mississippi Electric Power Association"),
        ("Ky Utilities Co", "Kentucky Utilities Company"),
        ("SW Elec Pwr", "Southwest Electric Power"),
        ("Douglas Co PUD", "Douglas County Public Utility District"),
        ("Cty of Ames", "City of Ames"),
        ("Public Service Co of NM", "Public Service Company of New Mexico"),
        ("Nova\u200b \u202eLabs", "Nova Labs"),
        ("АBC Labs", "ABC Labs"),
        ("ＡＢＣ　Labs", "ABC Labs"),
        ("Nova 😀 Labs", "Nova Labs"),
        ("O'Neil Labs", "ONeil Labs"),
        ("Dar Real Estate", "Dar Realestate"),
        ("Abdul Rahman Trading", "Abdulrahman Trading"),
    ],
)
def test_habits_of_spelling_are_put_aside(one: str, other: str) -> None:
    assert sorted(read_name(one).words) == sorted(read_name(other).words)


@pytest.mark.parametrize(
    "short, long",
    [
        line.split(" = ")
        for line in (
            "Okefenoke Rural El Member Corp = Okefenoke Rural Electric Membership Corporation",
            "Cent Iowa Pwr Coop = Central Iowa Power Cooperative",
            "La Pwr & Lt Co = Louisiana Power and Light Company",
            "Va Elec & Pwr Co = Virginia Electric and Power Company",
            "N Y State Elec & Gas Corp = New York State Electric & Gas Corporation",
            "Los Angeles Dept of Wtr & Pwr = Los Angeles Department of Water and Power",
            "Vlg of Swanton = Village of Swanton",
            "Twn of Hudson = Town of Hudson",
            "Lwr Valley Pwr & Lt = Lwr Valley Power & Light",
            "Mun Elec Auth of Georgia = Municipal Electric Authority of Georgia",
            "Grand Riv Dam Auth = Grand River Dam Authority",
            "PUD No 2 of Grant Cnty = Public Utility District No. 2 of Grant County",
            "Jct City Mun Util = Junction City Municipal Utilities",
            "Coml Pub Serv Dist No 1 = Commercial Public Service District 1",
            "Comwlth Edison Co = Commonwealth Edison Company",
            "NW Wis Elec Co = Northwest Wisconsin Electric Company",
            "Intrst Pwr & Lt = Interstate Power and Light",
            "Sthn Calif Edison = Southern California Edison",
            "Mt Carmel Pub Util Co = Mount Carmel Public Utility Company",
            "St Croix Elec Coop = Saint Croix Electric Cooperative",
            "Agralite Elec Coop = Agralite Electric Co-operative",
            "Trans Mountain Co = Trans Mountain Company",
        )
    ],
)
def test_utilities_abbreviate_everything(short: str, long: str) -> None:
    assert read_name(short).words == read_name(long).words


def test_a_state_between_slashes_is_beside_the_name() -> None:
    assert read_name("Public Service Co of New Mexico /NM/").states == ("new mexico",)
    assert read_name("City of Ames [IA]").states == ("iowa",)
    assert read_name("City of Ames [ZZ]").states == ()


def test_own_initials_are_no_part_of_the_name() -> None:
    name = read_name("Foresight Institute of Research and Translation (FIRAT)")
    assert name.words == ("foresight", "institute", "research", "translation")
    assert name.aside == ("firat",)
    assert read_name("Digital Health Cluster HDHC").words[-1] == "hdhc"


def test_the_beginning_of_a_longer_form_is_none() -> None:
    assert read_name("Shrkh Nova").words == ("shrkh", "nova")


def test_a_short_word_alone_is_a_name() -> None:
    assert core_words("Med") == ("med",)
    assert core_words("Med Supply") == ("medical", "supply")


def test_what_follows_the_legal_form_and_a_comma_is_an_address() -> None:
    name = read_name("Whirlpool Europe B.V., Veldhoven")
    assert name.words == ("whirlpool", "europe")
    assert name.aside == ("veldhoven",)
    assert read_name("Smith, Jones, Inc.").aside == ()
    assert read_name("Smith, Jones and Partners").words == ("smith", "jones", "partner")


def test_meanings_are_english() -> None:
    assert read_name("Nordwind Energie").meanings == ("nordwind", "energy")
    assert read_name("Banka Hastanesi").meanings == ("bank", "hospital")


def test_arabic_words_are_known_in_every_gender_and_number() -> None:
    assert read_name("شركة التقنيات الصناعيات").words == ("technology", "industry")
    assert read_name("التأمينات الخلفة").words == ("insurance", "khlfh")
    assert read_name("سقالات والعمران").words == ("scaffolding", "amran")


@pytest.mark.parametrize(
    "text, words",
    [
        ("شركة رأس الخيمة للرعاية الصحية", ("ras", "al", "khaimah", "healthcare")),
        ("بنك إتش إس بي سي", ("bank", "hsbc")),
        ("الشركة العربية السعودية للزيت", ("saudi", "oil")),
        ("أسمنت أم القرى", ("cement", "umm", "qura")),
        ("شركة النخبة للاستشاريين", ("nkhbh", "consulting")),
        ("بالمدينة لنقل الكيماويات البترولية", ("city", "transportation", "petrochemical")),
        ("المصرفيون العرب", ("banking", "arb")),
    ],
)
def test_arabic_phrases_letters_and_adjectives_are_read(text: str, words: tuple[str, ...]) -> None:
    assert read_name(text).words == tuple(word for word in words if word != "al")


def test_four_common_words_are_a_name() -> None:
    assert read_name("National Industries Group Holding").blank == ""


def test_a_state_in_brackets_is_beside_the_name_and_one_after_of_is_in_it() -> None:
    assert read_name("City of Austin - (TX)").states == ("texas",)
    assert read_name("City of Austin - (TX)").words == ("city", "austin")
    assert read_name("Bank of (ZZ)").states == ()
    assert read_name("(TX)").states == ()


@pytest.mark.parametrize(
    "text, blank",
    [
        ("", "empty"),
        (" \u200b\t", "empty"),
        ("…!?", "empty"),
        ("GmbH", "form"),
        ("株式会社", "form"),
        ("Trading Company Ltd", "noise"),
        ("X", "letter"),
        ("info@acme.com", "address"),
        ("Test", "placeholder"),
        ("n/a", "placeholder"),
        ("T.B.D.", "placeholder"),
        ("unknown", "placeholder"),
        ("xxxxx", "placeholder"),
        ("a" * 10_000, "placeholder"),
        ("Nova Labs", ""),
    ],
)
def test_what_is_no_name_is_told_so(text: str, blank: str) -> None:
    assert read_name(text).blank == blank


@pytest.mark.parametrize(
    "text, script",
    [
        ("Acme", "latin"),
        ("شركة النور", "arabic"),
        ("Ромашка", "cyrillic"),
        ("Άκμη", "greek"),
        ("日立", "han"),
        ("トヨタ自動車", "kana"),
        ("삼성", "hangul"),
        ("ไทย", "other"),
        ("é1", "latin"),
        ("123", "none"),
        ("١٢٣…", "none"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert read_name(text).script in (script, "arabic" if script == "none" else script)


def test_a_word_of_two_alphabets_that_is_no_disguise_stays_as_it_is() -> None:
    assert read_name("Жtest Labs").words != read_name("test Labs").words


def test_tables_have_an_origin() -> None:
    from importlib.resources import files

    folder = files("services.attribution.domain.matching.tables")
    origin = folder.joinpath("ORIGIN.md").read_text()
    names = [entry.name for entry in folder.iterdir() if entry.name.endswith((".tsv", ".gz"))]
    assert names
    assert [name for name in names if name not in origin] == []
    assert len(rows("legal_forms.tsv")) > 1500
