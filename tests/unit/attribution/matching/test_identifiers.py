"""One number in all its spellings is one identifier; what people type where they have no number is none."""

from __future__ import annotations

import inspect
import re
import sys

import pytest

from services.attribution.domain.matching import national
from services.attribution.domain.matching.domains import registrable
from services.attribution.domain.matching.identifiers import KINDS, LONGEST, Kind, read_identifier
from services.attribution.domain.matching.tables import rows

SPELLINGS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "DE vat": ("DE", ("DE136695976", "136695976", "de 136.695.976", "DE-136-695-976", "VAT No. DE136695976",
                      "USt-IdNr.: DE 136 695 976", "136\u00a0695\u00a0976", "１３６６９５９７６", "\u200e136695976")),
    "CH vat": ("CH", ("CHE-116.281.710 MWST", "CHE-116.281.710", "CHE116281710TVA", "che 116 281 710 iva",
                      "116.281.710", "CH 116281710 VAT", "116281710MWST")),
    "NO vat": ("NO", ("NO 995 525 828 MVA", "995525828MVA", "995 525 828", "NO995525828")),
    "GR vat": ("GR", ("EL094259216", "GR 094259216", "094 259 216")),
    "GB vat": ("GB", ("GB980780684", "980 7806 84", "XI 980 7806 84", "GB980780684001")),
    "NL vat": ("NL", ("NL004495445B01", "004495445B01", "004495445", "NL 0044.95.445.B.02")),
    "FR siren": ("FR", ("FR 40 303 265 045", "303 265 045", "40303265045", "30326504500011")),
    "SE number": ("SE", ("SE556188840401", "556188-8404")),
    "FI number": ("FI", ("FI20774740", "2077474-0")),
    "AT vat": ("AT", ("ATU13585627", "U13585627", "13585627")),
    "BE number": ("BE", ("BE 0403.019.261", "403019261")),
    "HU number": ("HU", ("HU12892312", "12892312", "12892312-2-41")),
    "RO number": ("RO", ("RO18547290", "18547290")),
    "IT vat": ("IT", ("IT00743110157", "00743110157")),
    "ES number": ("ES", ("ESA13585625", "A-13585625")),
    "IN pan": ("IN", ("27AAPFU0939F1ZV", "AAPFU0939F", "GSTIN: 27 AAPFU0939F 1Z V")),
    "US ein": ("US", ("04-2103594", "042103594", "EIN 04-2103594")),
    "CA bn": ("CA", ("123026635RC0001", "123026635", "12302 6635 RC0001")),
    "SA vat": ("SA", ("300055184400003", "SA 3000551844 00003", "٣٠٠٠٥٥١٨٤٤٠٠٠٠٣", "الرقم الضريبي: 300055184400003",
                      "۳۰۰۰۵۵۱۸۴۴۰۰۰۰۳", "T.R.N. 300055184400003")),
    "AE trn": ("AE", ("100-2345-6789-0003", "TRN: 100234567890003", "AE100234567890003")),
    "OM vat": ("OM", ("OM1100012345", "1100012345", "OM 110 001 2345")),
    "EG number": ("EG", ("204-829-305", "204829305", "EG204829305", "٢٠٤-٨٢٩-٣٠٥")),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_of_a_tax_id_is_one_identifier(name: str) -> None:
    country, spellings = SPELLINGS[name]
    found = {read_identifier("tax_id", written, country) for written in spellings}
    [one] = found
    assert one is not None
    assert one.checked
    assert one == read_identifier("tax_id", one.value, country)


@pytest.mark.parametrize(
    "written, country, value",
    [
        ("DE136695976", "DE", "136695976"),
        ("EL 094259216", "GR", "094259216"),
        ("XI980780684", "GB", "980780684"),
        ("CHE-116.281.710", "CH", "116281710"),
        ("116.281.710 MWST", "CH", "116281710"),
        ("995525828 MVA", "NO", "995525828"),
        ("27AAPFU0939F1ZV", "IN", "AAPFU0939F"),
    ],
)
@pytest.mark.parametrize("stated", [None, "US"])
def test_a_number_that_tells_its_country_needs_no_other(
    written: str, country: str, value: str, stated: str | None
) -> None:
    found = read_identifier("tax_id", written, stated)
    assert found is not None
    assert (found.country, found.value) == (country, value)


def test_a_number_that_is_valid_in_two_countries_is_the_one_that_it_tells() -> None:
    found = read_identifier("tax_id", "DE100000223", "FR")  # as a French one DE would be its check letters
    assert found is not None
    assert (found.country, found.value) == ("DE", "100000223")


PLACEHOLDERS = (
    "unknown", "UNKNOWN", "n/a", "N.A.", "-", "none", "tbd", "0", "00", "000000000", "123456789", "12-3456789",
    "1234567890", "0123456789", "987654321", "999999999", "111-111-111", "XXXX", "XXXXX6789", "xxx-xxx", "test",
    "TEST123", "DE000000000", "DE123456789", "لا يوجد", "غير معروف", "未知", "?", "123123123", "0000000001", "...",
    "١٢٣٤٥٦٧٨٩", "not available", "pending", "dummy 1", "12345", "#N/A", "null", "—",
)  # fmt: skip


@pytest.mark.parametrize("written", PLACEHOLDERS)
def test_what_people_type_where_they_have_no_number_is_none(written: str) -> None:
    for kind in KINDS:
        for country in (None, "DE", "EG", "SA", "US", "ZZ"):
            assert read_identifier(kind, written, country) is None


@pytest.mark.parametrize(
    "written, country",
    [
        ("DE136695970", "DE"),
        ("136695970", "DE"),
        ("DE136695970", None),
        ("CHE-116.281.711", "CH"),
        ("CHE-116.281.711 MWST", None),
        ("995525829", "NO"),
        ("EL094259217", "GR"),
        ("27AAPFU0939F1ZX", "IN"),
        ("300055184400004", "SA"),
        ("200234567890003", "AE"),
        ("XAXX010101000", "MX"),
    ],
)
def test_a_tax_id_with_wrong_check_digits_is_none(written: str, country: str | None) -> None:
    assert read_identifier("tax_id", written, country) is None


def test_a_number_of_unknown_form_is_kept_as_it_is_but_for_spaces_marks_and_case() -> None:
    found = {read_identifier("company_id", written, "DE") for written in ("HRB 86891", "hrb-86891", "H.R.B. 86891")}
    [one] = found
    assert one is not None
    assert (one.value, one.checked) == ("HRB86891", False)
    assert read_identifier("company_id", "CR 1010010813", "SA") == read_identifier("company_id", "1010010813", "SA")


def test_numbers_are_bounded() -> None:
    for kind in KINDS:
        assert read_identifier(kind, "12" + "7" * 200 + "4", None) is None
    longest = read_identifier("company_id", "12" * (LONGEST // 2 - 1) + "45", None)
    assert longest is not None
    assert len(longest.value) == LONGEST
    assert registrable("a." * 5_000 + "com") is None
    assert registrable("https://acme.com/" + "x" * 100_000) == "acme.com"


@pytest.mark.parametrize(
    "written",
    [
        "https://www.Acme.com/contact", "acme.com.", "ACME.COM", "www.acme.com", "info@acme.com",
        "mailto:info@acme.com", "Acme <info@acme.com>", "http:/acme.com", "acme.com:8080", "//acme.com",
        "acme.com?x=1",
        "acme.com/@acme", "user:password@acme.com", "https://user@shop.acme.com:443/p#q", "ａｃｍｅ．ｃｏｍ",
        "acme。com",
        "acme\u200b.com", "acme.com, acme.de", "*.acme.com", "@acme.com", " acme.com ", "\u00a0acme.com",
        "www2.acme.com", "https:\\\\acme.com\\x", "http://https://acme.com", '"acme.com"', "a_b.acme.com",
        "ftp.acme.com",
    ],
)  # fmt: skip
def test_every_way_of_giving_a_domain_is_one(written: str) -> None:
    assert registrable(written) == "acme.com"


@pytest.mark.parametrize(
    "written",
    [
        "t-online.de", "gmail.com", "x@gmx.net", "gmx.fr", "yahoo.com.sa", "hotmail.it", "outlook.de", "web.de",
        "qq.com", "163.com", "vip.163.com", "mail.ru", "orange.fr", "bluewin.ch", "arcor.de", "acme.wordpress.com",
        "acme.blogspot.com", "acme.blogspot.de", "acme.github.io", "acme.myshopify.com", "acme.wixsite.com",
        "acme.sharepoint.com", "https://acme.sharepoint.com/sites/x", "acme.azurewebsites.net", "acme.herokuapp.com",
        "https://www.linkedin.com/company/acme", "facebook.com/acme", "co.uk", "com.sa", "www.com.sa", "com",
        "gov.uk",
        "localhost", "server.local", "acme.internal", "127.0.0.1", "[::1]", "::1", "10.0.0.1:80", "example.com",
        "unknown.com", "none", "n/a", "test.com", "foo..bar", "-", "acme", "http://", "@", "xn--a.com", "acme .com",
    ],
)  # fmt: skip
def test_what_strangers_share_and_what_is_no_domain_is_none(written: str) -> None:
    assert registrable(written) is None


@pytest.mark.parametrize(
    "one, other",
    [
        ("münchen.de", "XN--MNCHEN-3YA.DE"),
        ("MÜNCHEN.DE", "www.mu\u0308nchen.de"),
        ("бг.рф", "xn--90ae.xn--p1ai"),
        ("shop.aardvark-bar.example", "aardvark-bar.example"),
        ("a.acme.sa.com", "acme.sa.com"),
        ("b.acme.co.uk", "acme.co.uk"),
    ],
)
def test_two_spellings_of_a_domain_are_one(one: str, other: str) -> None:
    assert registrable(one) == registrable(other) is not None


def test_no_check_of_a_number_asks_the_clock() -> None:
    countries = {row[1] for row in rows("countries.tsv.gz")} | {row[0] for row in rows("national.tsv")}
    assert {"DE", "SG", "SA", "BR"} <= countries
    asked = []
    for country in sorted(countries):
        if all((country, kind) in national._written_rules() for kind in ("tax_id", "company_id")):
            continue
        for module, *_ in national._series(country):
            source = inspect.getsource(sys.modules[module.__name__])  # type: ignore[attr-defined]
            if re.search(r"\.today\(|\.now\(", source):
                asked.append(module.__name__)  # type: ignore[attr-defined]
    assert asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_text_is_no_identifier(kind: Kind) -> None:
    assert read_identifier(kind, None) is None
    assert read_identifier(kind, "") is None
