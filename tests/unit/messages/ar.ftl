# A few messages in a language from right to left with six plural forms: for tests alone.
word-house = الشركة
finding-eligibility-max_open_registrations = لدى الشريك { $open ->
    [zero] لا تسجيلات
    [one] تسجيل واحد
    [two] تسجيلان
    [few] { $open } تسجيلات
    [many] { $open } تسجيلا
   *[other] { $open } تسجيل
}.
entry-registration-approved = محمي حتى { $protected_until }.
