# العربية. رسالة واحدة لكل رمز، كما في en.ftl؛ وللأعداد صيغ العربية الست.

locale = ar-EG

## كلمات داخل الجمل

word-house = البائع
word-sourced = جلب الصفقة
word-influenced = التأثير في الصفقة
word-fulfilled = تنفيذ الصفقة
word-unregistered = غير مسجل
word-draft = غير مكتمل
word-submitted = مقدم
word-waiting = في الانتظار
word-in_review = قيد المراجعة
word-action_required = بانتظار الشريك
word-rejected = مرفوض
word-withdrawn = مسحوب
word-closed = مغلق
word-protected = محمي
word-expired = منتهي الحماية
word-converted = محوّل إلى بيع
word-lost = خاسر
word-released = متخلى عنه
word-revoked = ملغى
word-open = مفتوح
word-won = مكسوب
word-meeting = اجتماع
word-demo = عرض توضيحي
word-poc = إثبات جدوى
word-site_survey = معاينة موقع
word-proposal = عرض سعر
word-other = عمل آخر
word-tax_id = الرقم الضريبي
word-company_id = رقم الشركة
word-duns = رقم D-U-N-S
word-lei = معرّف LEI
word-domain = النطاق

share = { $whose } { $amount } ({ $role })
share-own = { $amount } ({ $role })
against = في مواجهة { $rivals }{ $more ->
    [zero] .
    [one] {" "}وتسجيل آخر.
    [two] {" "}وتسجيلين آخرين.
    [few] {" "}و{ $more } تسجيلات أخرى.
    [many] {" "}و{ $more } تسجيلًا آخر.
   *[other] {" "}و{ $more } تسجيل آخر.
}

title-registration = { $customer }: { $products }، سجّله { $partner }
title-opportunity = الفرصة { $external_id }
title-parties = يملكها { $holder }{ $winner ->
    [none] .
   *[other] ، وكسبها { $winner }.
}

## الوقائع: ما أبلغ به الشركاء وموظفو البائع ونظام إدارة العملاء

entry-vendor-created = يبدأ البائع { $name }.
entry-vendor-configured = استُبدلت وثيقة البائع.
entry-vendor-went_live = بدأ البائع التشغيل الفعلي.
entry-clock-ticked = حلّ موعد نهائي.
entry-program-published = نُشر الإصدار { $number } من { $program }.
entry-program-withdrawn = سُحب { $program } من التسجيلات الجديدة{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-credential-created = أُنشئت بيانات الدخول { $credential }.
entry-credential-rotated = صار لبيانات الدخول { $credential } بديل، وتنتهي في { $expires_at }.
entry-credential-revoked = أُلغيت بيانات الدخول { $credential }.
entry-connection-created = أُنشئ الاتصال بنظام إدارة العملاء { $connection }.
entry-connection-rotated = صار للاتصال بنظام إدارة العملاء { $connection } سر جديد؛ وينتهي القديم في { $expires_at }.
entry-connection-deleted = حُذف الاتصال بنظام إدارة العملاء { $connection }.
entry-person-erased = مُحيت بيانات شخص.
entry-rates-published = نُشرت أسعار صرف { $base }، وتسري من { $day }.
entry-partner-enrolled = أُلحق { $partner } بالشركاء.
entry-partner-changed = تغيرت بيانات { $partner }.
entry-partner-suspended = أُوقف { $partner } ({ $reason }).
entry-partner-reinstated = أُعيد { $partner }.
entry-partner-scored = حصل { $partner } على الدرجة { $value } ({ $score }).
entry-partner-certified = حصل { $partner } على شهادة ({ $certification }){ $valid_until ->
    [none] .
   *[other] ، حتى { $valid_until }.
}
entry-registration-submitted = سجّل { $partner } العميل { $customer }: { $products }{ $amount ->
    [none] .
   *[other] ، { $amount }.
}
entry-registration-amended = { $fields ->
    [none] لم يغير الشريك شيئًا
   *[other] غيّر الشريك { $fields }
}.
entry-amendment-held = { $fields ->
    [none] التعديل ينتظر دوره
   *[other] تعديل { $fields } ينتظر دوره
}؛ وتستمر الحماية كما كانت. { $because }
entry-amendment-taken = جاء دور التعديل المحجوز: تغير التسجيل وبقي موعد انتهاء حمايته. { $because }
entry-amendment-refused = رُفض التعديل المحجوز ({ $code })؛ ويبقى التسجيل كما هو. { $because }
entry-amendment-refused-claim_ended = انتهى التعديل المحجوز بانتهاء التسجيل.
entry-amendment-refused-won_by_holder = رُفض التعديل المحجوز: كُسبت الصفقة. { $because }
entry-registration-withdrawn = انسحب الشريك.
entry-registration-confirmed = أكد الشريك أنه ما زال يريد الصفقة.
entry-evidence-added = أضاف الشريك دليلًا على عمله: { $evidence }.
entry-evidence-verified = تحقق مراجع من الدليل.
entry-evidence-refuted = ردّ مراجع الدليل.
entry-extension-requested = طلب الشريك تمديدًا.
entry-objection-raised = اعترض الشريك: الصفقة لم تُخسر.
entry-timer-armed = أعاد مراجع تشغيل المؤقت { $timer } الخاص بـ { $subject }.
entry-customer-match_decided = { $same ->
    [true] قال مراجع إن لـ { $registration } و{ $other } العميل نفسه
   *[false] قال مراجع إن لـ { $registration } و{ $other } عميلين مختلفين
}.
entry-customer-match_revoked = سحب مراجع الجواب عن عميلي { $registration } و{ $other }.
entry-customer-merged = قال مراجع إن { $customer } و{ $other_customer } عميل واحد من الآن.
entry-customer-split = قال مراجع إن { $customer } و{ $other_customer } عميلان مختلفان من الآن.
entry-review-decided = { $verdict ->
    [approve] وافق مراجع عليه.
    [reject] رفضه مراجع.
    [action_required] طلب مراجع المزيد من الشريك.
    [revoke] ألغاه مراجع.
    [grant_extension] منح مراجع التمديد.
    [refuse_extension] رفض مراجع التمديد.
    [uphold_objection] قبل مراجع الاعتراض.
    [dismiss_objection] ردّ مراجع الاعتراض.
   *[other] راجعه مراجع: { $verdict }.
}
entry-opportunity-created = أبلغ نظام إدارة العملاء: { $external_id } فرصة جديدة{ $amount ->
    [none] .
   *[other] {" "}بقيمة { $amount }.
}
entry-opportunity-changed = أبلغ نظام إدارة العملاء: تغيرت { $external_id }{ $amount ->
    [none] .
   *[other] {" "}بقيمة { $amount }.
}
entry-opportunity-won = أبلغ نظام إدارة العملاء: كُسبت { $external_id }{ $amount ->
    [none] .
   *[other] {" "}بقيمة { $amount }.
}
entry-opportunity-lost = أبلغ نظام إدارة العملاء: خُسرت { $external_id }{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-opportunity-reopened = أبلغ نظام إدارة العملاء: { $external_id } مفتوحة من جديد.
entry-link-decided = { $registration ->
    [none] قال مراجع إنها لا تخص أي تسجيل.
   *[other] ربط مراجع الفرصة بـ { $registration }.
}
entry-order-refunded = أبلغ نظام إدارة العملاء: رُدّ { $amount } من الطلب ({ $refund }).
entry-order-cancelled = أبلغ نظام إدارة العملاء: أُلغي الطلب ({ $refund }).
entry-case-resolved = { $verdict ->
    [release] أفرج مراجع عما تحجزه القضية
    [reverse] عكس مراجع ما تحجزه القضية
   *[other] بتّ مراجع في القضية: { $verdict }
} ({ $reason }).

## القرارات: ما خلصت إليه القواعد

entry-decider-upgraded = تُبتّ الوقائع بالإصدار { $release } من الآن.
entry-timer-failed = تعذر البت في المؤقت { $timer } الخاص بـ { $subject }؛ أعد تشغيله أو أصلح الإصدار.
entry-fact-refused = رُفض: { $because }
entry-program-took_effect = الإصدار { $number } من { $program } سارٍ.

entry-registration-completed = مكتمل: يُبتّ فيه وفق { $policy } من الآن.
entry-registration-recognised = أُعيد النظر في المطالبة: مكانها في الترتيب من الآن.
entry-registration-held-incomplete = { $because } ولا مكان للمطالبة في الترتيب حتى ذلك الحين.
entry-registration-held-conflict = في الانتظار. { $because }
entry-registration-held-customer_match = محجوز لمراجع يقول هل العميلان واحد. { $because }
entry-registration-held-review = محجوز لمراجع. { $because }
entry-registration-held-too_many_candidates = محجوز لمراجع. { $because }
entry-registration-held-unsettled = محجوز لمراجع. { $because }
entry-registration-held-confirmation = جاء دوره. { $because }
entry-registration-held-action_required = { $fields ->
    [none] يُطلب من الشريك المزيد
   *[other] يُطلب من الشريك { $fields }
}.
entry-registration-approved = { $promoted ->
    [true] تمت الموافقة إذ جاء دوره
   *[false] تمت الموافقة
}؛ محمي حتى { $protected_until }. { $because }
entry-registration-rejected = مرفوض ({ $code }). { $because }
entry-registration-closed-opportunity_lost = مغلق: خُسرت فرصته.
entry-registration-closed-won_unprotected = خاسر: كُسبت الصفقة ولم تكن هذه المطالبة محمية.
entry-registration-closed-confirmation_lapsed = مغلق: جاء دوره ولم يؤكَّد في الموعد؛ ويُسأل التالي.
entry-registration-closed-won_by_holder = مغلق: كُسبت الصفقة. { $because }

entry-deal-closed = { $claims ->
    [zero] لم تنته أي مطالبة أخرى بالصفقة المكسوبة.
    [one] انتهت مطالبة أخرى واحدة بالصفقة المكسوبة.
    [two] انتهت مطالبتان أخريان بالصفقة المكسوبة.
    [few] انتهت { $claims } مطالبات أخرى بالصفقة المكسوبة.
    [many] انتهت { $claims } مطالبة أخرى بالصفقة المكسوبة.
   *[other] انتهت { $claims } مطالبة أخرى بالصفقة المكسوبة.
}
entry-deal-reopened = عُكس الكسب: { $claims ->
    [zero] ولا مطالبة تعود.
    [one] وعادت مطالبة كان قد أنهاها إلى مكانها السابق.
    [two] وعادت مطالبتان كان قد أنهاهما إلى ترتيبهما السابق.
    [few] وعادت { $claims } مطالبات كان قد أنهاها إلى ترتيبها السابق.
    [many] وعادت { $claims } مطالبة كان قد أنهاها إلى ترتيبها السابق.
   *[other] وعادت { $claims } مطالبة كان قد أنهاها إلى ترتيبها السابق.
}
entry-conflict-detected = { $contested ->
    [true] تبين أن تسجيلين محميين هما الصفقة نفسها؛ ويبتّ مراجع.
   *[false] يلتقي بمطالبة شريك آخر.
}
entry-conflict-resolved-promoted = انتهى التعارض: أخذ دوره.
entry-conflict-resolved-rejected = انتهى التعارض: رُفضت هذه المطالبة.
entry-conflict-resolved-withdrawn = انتهى التعارض: سُحبت هذه المطالبة.
entry-conflict-resolved-closed = انتهى التعارض: انتهت هذه المطالبة.
entry-conflict-resolved-no_longer_same_deal = انتهى التعارض: لم تعد الصفقة نفسها.
entry-conflict-resolved-holder_ended = انتهى التعارض: لم يعد أحد يملك الصفقة.

entry-extension-held = يبتّ مراجع في التمديد؛ وتستمر الحماية حتى ذلك الحين، إلى { $until } على الأكثر.
entry-extension-refused = رُفض التمديد ({ $code })؛ وتنتهي الحماية في موعدها.
entry-extension-refused-extension-undecided = لم يُبتّ في التمديد في الموعد، فتنتهي الحماية.
entry-loss-held = أبلغ نظام إدارة العملاء بخسارة الصفقة؛ وتنتهي الحماية في { $until } ما لم يعترض الشريك.
entry-loss-lifted-open = الصفقة مفتوحة من جديد: تستمر الحماية.
entry-loss-lifted-won = كُسبت الصفقة: لم تعد الخسارة المبلغ عنها محسوبة.
entry-loss-lifted-relinked = لم تعد الفرصة الخاسرة تخصه: تستمر الحماية.
entry-loss-lifted-objection_upheld = لم تعد الخسارة المبلغ عنها محسوبة: تستمر الحماية. { $because }
entry-protection-extended = مُدّد: محمي حتى { $protected_until }. { $because }
entry-protection-expired-period_over = انتهت الحماية: مضى آخر أيامها.
entry-protection-expired-claimed_meanwhile = انتهت الحماية: عُكس الكسب والصفقة لمطالبة أخرى.
entry-protection-expired-over_meanwhile = انتهت الحماية: عُكس الكسب وكانت مدتها قد انقضت.
entry-protection-converted = { $late ->
    [true] تحوّل إلى بيع: كُسب متأخرًا، لكن بُعيد الحماية ولا منافس يملك الصفقة.
   *[false] تحوّل إلى بيع: كُسب تحت الحماية.
}
entry-protection-lost = خاسر: خُسرت آخر فرصه المفتوحة ولم تُكسب أي فرصة. { $because }
entry-protection-released = متخلى عنه: تخلى الشريك عن الصفقة.
entry-protection-revoked = ألغاه البائع ({ $code }).
entry-protection-resumed = عُكس ما أنهاه ولا أحد غيره يملك الصفقة: تستمر الحماية.

entry-opportunity-linked-number = رُبطت بـ { $registration }: يسميه نظام إدارة العملاء.
entry-opportunity-linked-partner = رُبطت بـ { $registration }: مطالبة الشريك نفسه بالصفقة.
entry-opportunity-linked-holder = رُبطت بـ { $registration }: هو من يملك الصفقة.
entry-opportunity-linked-person = ربطها مراجع بـ { $registration }.
entry-opportunity-linked-followed = رُبطت بـ { $registration }: التسجيل الذي يمثل الصفقة الآن.
entry-opportunity-linked-duplicate = رُبطت بـ { $registration }: الأصل الذي يكرره التسجيل المسمى.
entry-opportunity-unlinked = لا تخص أي تسجيل ({ $code }).
entry-opportunity-unlinked-no_registration = لا تخص أي تسجيل بعد؛ وهي مدرجة ليربطها مراجع.
entry-opportunity-unlinked-customer_missing = لا تخص أي تسجيل بعد، فنظام إدارة العملاء لا يسمي عميلًا؛ وهي مدرجة ليربطها مراجع.
entry-opportunity-unlinked-partner_unknown = لا تخص أي تسجيل، فنظام إدارة العملاء يسمي شريكًا غير ملحق؛ وهي مدرجة ليربطها مراجع.
entry-opportunity-unlinked-by_person = فصلها مراجع.
entry-opportunity-classified = { $because }

entry-credit-assigned = نُسب الفضل{ $reader ->
    [partner] {" "}إليك
   *[vendor] {""}
}: { $shares }.
entry-credit-revised = نُسب الفضل{ $reader ->
    [partner] {" "}إليك
   *[vendor] {""}
}، معدّلًا ({ $why }): { $shares ->
    [none] لا شيء بعد الآن
   *[other] { $shares }
}.
entry-credit-reversed = عُكست نسبة الفضل ({ $why }).
entry-refund-counted = رُدّ { $amount }؛ ومجموع ما رُدّ من الطلب { $total }.
entry-refund-waiting-before_win = الرد ينتظر: لم تُكسب الفرصة؛ ويُحسب عند الكسب.
entry-refund-waiting-no_amount = الرد ينتظر: قيمة الكسب غير معروفة؛ ويُحسب متى عُرفت.
entry-refund-waiting-other_currency = الرد ينتظر: هو بعملة غير عملة قيمة الكسب.
entry-refund-waiting-too_large = الرد ينتظر: هو أكبر مما بقي من الطلب.
entry-refund-disregarded-win_taken_back = لم يعد الرد يغير شيئًا: كان يخص كسبًا عُكس.
entry-refund-disregarded-not_in_policy = لا يغير الرد فضلًا ولا مكافأة: لا تذكره السياسة.
entry-refund-disregarded-too_late = لا يغير الرد فضلًا ولا مكافأة: انقضت شهور السياسة.
entry-refund-disregarded-nothing_left = لا يغير الإلغاء فضلًا ولا مكافأة: لم يبق من الطلب شيء.

entry-reward-accrued = استُحق { $amount } عن { $name }{ $base ->
    [none] {""}
   *[other] : { $pct } % من { $base }
}{ $cap ->
    [none] {""}
   *[other] ، على ألا يتجاوز { $cap }
}{ $adjusts ->
    [none] {""}
   *[other] ، بعد طرح ما استُحق أو رُدّ من قبل
}.
entry-reward-held = تبقى المكافأة { $name } محجوزة ({ $code }).
entry-reward-held-partner-suspended = تبقى المكافأة { $name } محجوزة: شريكها موقوف.
entry-reward-released = مستحق الدفع: { $amount } عن { $name }؛ انتهى الحجز ولا شيء آخر يحجزه.
entry-reward-reversed = عُكس { $amount } عن { $name } ({ $why }).
entry-reward-withheld = لا مكافأة { $name }؛ ويبتّ مراجع. { $because }
entry-case-opened = كسب شريك الصفقة التي يملكها آخر؛ ومكافآت المالك تنتظر مراجعًا.
entry-case-closed-released = أفرج مراجع عما كانت القضية تحجزه.
entry-case-closed-reversed = عكس مراجع ما كانت القضية تحجزه.
entry-case-closed-win_taken_back = أُغلقت: عُكس الكسب الذي تقوم عليه.

## لماذا عُدّل مال أو استُرد

why-reopened = عُكس الكسب
why-lost = خُسرت الصفقة
why-relinked = تخص تسجيلًا آخر
why-currency_changed = القيمة بعملة أخرى
why-value_changed = تغيرت القيمة
why-refunded = رُدّ جزء من الطلب
why-cancelled = أُلغي الطلب
why-case_reversed = عكس مراجع القضية
why-won = كُسبت الصفقة

## النتائج: كل بند كما طُبق

finding-required_fields = غير مكتمل: ينقص { $missing }.
finding-eligibility-partner_types = البرنامج متاح لـ { $allowed }؛ والشريك { $has ->
    [none] بلا نوع
   *[other] من نوع { $has }
}.
finding-eligibility-partner_types-passed = يحق لشركاء هذا النوع أن يسجلوا.
finding-eligibility-min_tier = يطلب البرنامج المستوى { $least }؛ { $has ->
    [none] ولا مستوى للشريك
   *[other] ومستوى الشريك { $has }
}.
finding-eligibility-min_tier-passed = مستوى الشريك كافٍ ({ $least }).
finding-eligibility-min_score = يطلب البرنامج درجات لا تقل عن { $least }؛ ودرجات الشريك { $has }.
finding-eligibility-min_score-passed = درجات الشريك كافية ({ $has }).
finding-eligibility-certifications = يطلب البرنامج شهادات ليست لدى الشريك: { $missing }{ $expired ->
    [none] .
   *[other] . المنتهية: { $expired }.
}
finding-eligibility-certifications-passed = لدى الشريك كل شهادة يطلبها البرنامج.
finding-eligibility-segments = البرنامج متاح لـ { $allowed }؛ والشريك في { $has }.
finding-eligibility-segments-passed = يحق لشركاء هذه الشريحة أن يسجلوا ({ $has }).
finding-eligibility-territories = البرنامج للعملاء في { $allowed }؛ وهذا العميل في { $has }.
finding-eligibility-territories-passed = العميل في إقليم من أقاليم البرنامج ({ $has }).
finding-eligibility-own_territory = العميل في { $has }؛ والشريك يبيع في { $own }.
finding-eligibility-own_territory-passed = العميل في إقليم من أقاليم الشريك ({ $has }).
finding-eligibility-max_open_registrations = { $open ->
    [zero] ليس لدى الشريك تسجيلات مفتوحة
    [one] لدى الشريك تسجيل مفتوح واحد
    [two] لدى الشريك تسجيلان مفتوحان
    [few] لدى الشريك { $open } تسجيلات مفتوحة
    [many] لدى الشريك { $open } تسجيلًا مفتوحًا
   *[other] لدى الشريك { $open } تسجيل مفتوح
} في البرنامج، وهذا منها؛ والحد المسموح { $most }.
finding-eligibility-max_open_registrations-passed = { $open ->
    [zero] ليس لدى الشريك تسجيلات مفتوحة
    [one] لدى الشريك تسجيل مفتوح واحد
    [two] لدى الشريك تسجيلان مفتوحان
    [few] لدى الشريك { $open } تسجيلات مفتوحة
    [many] لدى الشريك { $open } تسجيلًا مفتوحًا
   *[other] لدى الشريك { $open } تسجيل مفتوح
} من { $most }.
finding-gates-min_amount = { $basis ->
    [list] المبلغ بأسعار القائمة
   *[net] المبلغ
} { $has ->
    [none] غير مذكور
   *[other] هو { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } بسعر صرف { $rate_on })
}؛ ويطلب البرنامج { $least }.
finding-gates-min_amount-passed = { $basis ->
    [list] المبلغ بأسعار القائمة، { $has }،
   *[net] المبلغ { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } بسعر صرف { $rate_on })
} يبلغ { $least }.
finding-gates-min_amount-currency = { $basis ->
    [list] المبلغ بأسعار القائمة، { $has }،
   *[net] المبلغ { $has }
} بعملة غير عملة { $least } التي يطلبها البرنامج، ولم يُعرف سعر صرف بينهما.
finding-gates-min_units = { $has ->
    [none] لا تذكر المطالبة عدد الوحدات
    [zero] المطالبة بلا وحدات
    [one] المطالبة بوحدة واحدة
    [two] المطالبة بوحدتين
    [few] المطالبة بـ { $has } وحدات
   *[other] المطالبة بـ { $has } وحدة
}؛ ويطلب البرنامج { $least }.
finding-gates-min_units-passed = الوحدات كافية: { $has } من { $least }.
finding-gates-min_term_months = { $has ->
    [none] لا تذكر المطالبة مدة
    [zero] العقد أقل من شهر
    [one] مدة العقد شهر واحد
    [two] مدة العقد شهران
    [few] مدة العقد { $has } أشهر
    [many] مدة العقد { $has } شهرًا
   *[other] مدة العقد { $has } شهر
}؛ ويطلب البرنامج { $least }.
finding-gates-min_term_months-passed = المدة كافية: { $has } من { $least } بالأشهر.
finding-gates-before_rfp = طلب العروض من العميل بتاريخ { $rfp_on }؛ واكتملت المطالبة في { $completed_on }، ولا يقبل البرنامج إلا المطالبات السابقة للطلب.
finding-gates-before_rfp-passed = { $rfp_on ->
    [none] لا تذكر المطالبة طلب عروض.
   *[other] اكتملت المطالبة في { $completed_on }، قبل طلب العروض من العميل بتاريخ { $rfp_on }.
}
finding-gates-single_end_customer = { $further ->
    [zero] الصفقة لعميل نهائي واحد
    [one] الصفقة لعميل نهائي آخر أيضًا
    [two] الصفقة لعميلين نهائيين آخرين أيضًا
    [few] الصفقة لـ { $further } عملاء نهائيين آخرين أيضًا
    [many] الصفقة لـ { $further } عميلًا نهائيًا آخر أيضًا
   *[other] الصفقة لـ { $further } عميل نهائي آخر أيضًا
}؛ ويقبل البرنامج صفقات العميل النهائي الواحد.
finding-gates-single_end_customer-passed = الصفقة لعميل نهائي واحد.
finding-same_deal-passed = لا مطالبة تسبق بهذه الصفقة.
finding-customer_match = قد يكون عميل تسجيل محمي هو نفسه؛ عُرف من { $keys }.
finding-exclusivity = الصفقة نفسها { $held_since ->
    [none] معروضة على مطالبة أخرى قد تؤكدها
   *[other] محمية منذ { $held_since }
}؛ عُرف العميل من { $keys }.
finding-exclusivity-passed = لا أحد يملك الصفقة.
finding-conflict-order-first_complete_submission = طولب بالصفقة نفسها قبل ذلك؛ عُرف العميل من { $keys }.
finding-conflict-order-approved_first = يمكن قبول مطالبة بالصفقة نفسها قبل هذه؛ عُرف العميل من { $keys }.
finding-conflict-order-evidence_score = تُظهر مطالبة بالصفقة نفسها عملًا أكثر؛ عُرف العميل من { $keys }.
finding-conflict-order-tier = تتقدم مطالبة بالصفقة نفسها بمكانة شريكها؛ عُرف العميل من { $keys }.
finding-conflict-order-manual = تنتظر عدة مطالبات وتترك السياسة الاختيار لمراجع.
finding-won_by_holder = التسجيل الذي كان يملك الصفقة كسبها، ويحتفظ بها حتى { $until }.
finding-conflict-waiter_confirm = أكد قبل { $until } أنك ما زلت تريد الصفقة.
finding-conflict-on_lost = اعترض قبل { $until } إن لم تكن الصفقة خاسرة.
finding-conflict-on_lost-unopposed = لم يعترض أحد في الموعد.
finding-review-auto_approve_if = لا توافق السياسة على شيء من تلقاء نفسها.
finding-review-auto_approve_if-passed = استُوفيت كل القواعد.
finding-protection-extension-passed = تمنحه قاعدة السياسة.
finding-protection-cooling_off_days = انتهت حماية الشريك لهذه الصفقة منذ وقت قصير؛ وله أن يطالب بها من جديد من { $until }.
finding-same_deal-products = { $compares ->
    [overlap] تذكر المطالبتان منتجًا واحدًا{ $common ->
        [none] {""}
       *[other] {" "}({ $common })
    }.
    [same_line] تذكر المطالبتان منتجات من خط واحد.
   *[any] لا تقارن السياسة المنتجات: كل مطالبة بالعميل هي على الصفقة نفسها.
}
finding-same_deal-close_window_days = { $days ->
    [zero] تاريخا الإغلاق متطابقان.
    [one] لا يتباعد تاريخا الإغلاق أكثر من يوم واحد.
    [two] لا يتباعد تاريخا الإغلاق أكثر من يومين.
    [few] لا يتباعد تاريخا الإغلاق أكثر من { $days } أيام.
    [many] لا يتباعد تاريخا الإغلاق أكثر من { $days } يومًا.
   *[other] لا يتباعد تاريخا الإغلاق أكثر من { $days } يوم.
}
finding-same_deal-name_only = الأسماء وحدها تقول إن العميلين واحد، والسياسة تأخذ بها.
finding-same_deal-name_only-look = لا شيء غير الأسماء يقول إن العميلين واحد؛ { $names ->
    [block] وحيث تتشابه فقط يبتّ شخص
   *[look] وتترك السياسة ذلك لشخص
}.
finding-clock-starts-passed = { $starts ->
    [submitted] تُحسب الحماية من التقديم المكتمل، { $start }.
   *[approved] تُحسب الحماية من الموافقة، { $start }.
}
finding-protection-days-passed = { $days ->
    [zero] لا تدوم الحماية.
    [one] تدوم الحماية يومًا واحدًا.
    [two] تدوم الحماية يومين.
    [few] تدوم الحماية { $days } أيام.
    [many] تدوم الحماية { $days } يومًا.
   *[other] تدوم الحماية { $days } يوم.
}
finding-protection-months-passed = { $months ->
    [zero] لا تدوم الحماية.
    [one] تدوم الحماية شهرًا واحدًا.
    [two] تدوم الحماية شهرين.
    [few] تدوم الحماية { $months } أشهر.
    [many] تدوم الحماية { $months } شهرًا.
   *[other] تدوم الحماية { $months } شهر.
}
finding-credit-late_win_days = كُسبت الصفقة بعد أكثر من { $days ->
    [zero] صفر من الأيام
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
} من انتهاء الحماية: وكان الكسب حتى { $until } يحوّل التسجيل.
finding-credit-late_win_days-passed = كُسبت الصفقة في غضون { $days ->
    [zero] صفر من الأيام
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
} من انتهاء الحماية، قبل { $until }.
finding-credit-roles-passed = تُقسم القيمة حسب الدور{ $sourced ->
    [none] {""}
   *[other] ؛ جلب الصفقة: { $sourced } %
}{ $influenced ->
    [none] {""}
   *[other] ؛ التأثير فيها: { $influenced } %
}{ $fulfilled ->
    [none] {""}
   *[other] ؛ تنفيذها: { $fulfilled } %
}.
finding-credit-model-passed = { $model ->
    [registered] جلب الصفقةَ شريكُ التسجيل.
    [first_touch] جلب الصفقةَ أولُ شريك عمل عليها.
    [last_touch] جلب الصفقةَ آخرُ شريك عمل عليها.
    [linear] جلب الصفقةَ كل من عمل عليها، لكل مرة نصيب مساوٍ.
    [position_based] جلب الصفقةَ كل من عمل عليها، وللأول والأخير أكبر نصيب.
    [time_decay] جلب الصفقةَ كل من عمل عليها، وللأحدث نصيب أكبر.
   *[other] يحدد النموذج { $model } من جلب الصفقة.
}
finding-credit-unprotected_win-rival_holds-passed = كان منافس يملك الصفقة. أدوار المالك: { $holder_roles }؛ وأدوار الفائز: { $winner_roles }؛ والباقي للبائع.
finding-credit-unprotected_win-nobody_holds-passed = لم يكن أحد يملك الصفقة. أدوار الفائز: { $winner_roles }؛ والباقي للبائع.
finding-rewards-passed = { $reward }: { $pct } % من { $base } هي { $exact }{ $role ->
    [none] {""}
   *[other] {" "}(الدور: { $role })
}{ $cap ->
    [none] {""}
   *[other] ؛ والحد الأقصى { $cap }
}.
finding-clawback-passed = { $kind ->
    [cancel] يسترد الإلغاء الفضل والمكافآت حتى { $until }.
   *[refund] يسترد الرد الفضل والمكافآت حتى { $until }.
}
finding-clawback-not_in_policy = { $kind ->
    [cancel] لا تسترد السياسة شيئًا بسبب إلغاء.
   *[refund] لا تسترد السياسة شيئًا بسبب رد.
}
finding-clawback-too_late = تسترد السياسة الفضل والمكافآت حتى { $until }: { $months ->
    [zero] صفر من الأشهر
    [one] شهر واحد
    [two] شهران
    [few] { $months } أشهر
    [many] { $months } شهرًا
   *[other] { $months } شهر
} بعد الكسب.
finding-amount-missing = لا يذكر التسجيل مبلغًا.
finding-cap-other_currency = الحد الأقصى بعملة { $cap_currency }، والقيمة بعملة { $value_currency }.
finding-always-suspended = جاء دوره وشريكه موقوف.
finding-always-crowd = { $live ->
    [none] تذكر هذا العميلَ مطالبات قائمة أكثر مما تقارنه القواعد.
    [zero] لا مطالبة قائمة تذكر هذا العميل؛ وتقارن القواعد { $most } على الأكثر.
    [one] تذكر هذا العميلَ مطالبة قائمة واحدة؛ وتقارن القواعد { $most } على الأكثر.
    [two] تذكر هذا العميلَ مطالبتان قائمتان؛ وتقارن القواعد { $most } على الأكثر.
    [few] تذكر هذا العميلَ { $live } مطالبات قائمة؛ وتقارن القواعد { $most } على الأكثر.
   *[other] تذكر هذا العميلَ { $live } مطالبة قائمة؛ وتقارن القواعد { $most } على الأكثر.
}
finding-always-unsettled = غيّرت المطالبة مكانها مرات أكثر من أن تحسمها القواعد.
finding-duplicate_of_own = يطالب تسجيل الشريك نفسه { $original } بهذه الصفقة من قبل.
finding-always-place = طولب بالصفقة نفسها قبل ذلك؛ عُرف العميل من { $keys }.
finding-review-approve = وافق عليه مراجع.
finding-review-reject = رفضه مراجع.
finding-review-action_required = طلب مراجع المزيد.
finding-review-grant_extension = منحه مراجع.
finding-review-uphold_objection = قبل مراجع الاعتراض.
finding-review-dismiss_objection = ردّ مراجع الاعتراض.
finding-win-protected = كُسب تحت الحماية: يتحول التسجيل إلى بيع.
finding-win-further = كسب آخر ضمن حماية التسجيل نفسه.
finding-win-late = كُسب متأخرًا، لكن بُعيد الحماية ولا منافس يملك الصفقة: يتحول التسجيل إلى بيع.
finding-win-breach = كسبه شريك لا يملك الصفقة بينما يملكها منافس.
finding-win-unprotected = كُسب بلا حماية، ولا أحد يملك الصفقة.
finding-win-unlinked = كُسب، ولا يخص أي تسجيل.

## ما كان سيغير النتيجة

need-at_least = كان { $value } على الأقل كافيًا.
need-at_most = كان { $value } على الأكثر كافيًا.
need-one_of = كان أحد هذه كافيًا: { $value }.
need-is = كان { $value } كافيًا.
need-given = { $value ->
    [none] كان ذكره كافيًا.
   *[other] اذكر { $value }.
}

## الرفض: لماذا لم تُقبل واقعة

refused = { $field ->
    [none] الطلب غير صالح ({ $code }).
   *[other] { $field } غير صالح ({ $code }).
}
refused-calendar-unknown = { $program ->
    [none] التقويم { $calendar } ليس في وثيقة البائع؛ { $similar ->
        [none] أضفه إليها أولًا، أو استعمل معروفًا: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف التقويم { $calendar } من وثيقة البائع: يسميه الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-case-closed = القضية مغلقة من قبل.
refused-case-unknown = لا توجد قضية { $case }.
refused-certification-unknown = { $program ->
    [none] الشهادة { $certification } ليست في وثيقة البائع؛ { $similar ->
        [none] أضفها إليها أولًا، أو استعمل معروفة: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف الشهادة { $certification } من وثيقة البائع: يسميها الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-conflict-open = المطالبة في تعارض مع تسجيل يملك الصفقة؛ أنهِ ذلك أولًا.
refused-correction-vendor_only = البائع وحده يصحح مطالبة؛ احذف التصحيح.
refused-customer-identical = العميلان مكتوبان بالطريقة نفسها؛ سمِّ اثنين مختلفين.
refused-customer-identifiers_equal = لكليهما { $keys }: المعرّفات المتساوية عميل واحد؛ صحح الخاطئ.
refused-decider-fault = تعذر على الخدمة البت في هذا؛ ولمشغلها أن يعيد البت فيه، فلا ترسله ثانية.
refused-duplicate_of_own = يطالب تسجيل الشريك نفسه { $original } بهذه الصفقة.
refused-evidence-too_many = { $most ->
    [zero] لا يقبل التسجيل أدلة.
    [one] للتسجيل دليل واحد، ولا يقبل المزيد.
    [two] للتسجيل دليلان، ولا يقبل المزيد.
    [few] للتسجيل { $most } أدلة، ولا يقبل المزيد.
    [many] للتسجيل { $most } دليلًا، ولا يقبل المزيد.
   *[other] للتسجيل { $most } دليل، ولا يقبل المزيد.
}
refused-evidence-unknown = الدليل { $evidence } ليس على التسجيل.
refused-extension-deal_taken = كانت الحماية قد انتهت، وللصفقة الآن مطالبة أخرى.
refused-extension-evidence_required = أضف دليلًا إلى التسجيل أولًا.
refused-extension-late = تُمدد الحماية أثناء سريانها؛ وهذا التسجيل { $state }.
refused-extension-none_pending = لا تمديد ينتظر قرارًا.
refused-extension-not_offered = لا يقدم البرنامج تمديدًا.
refused-extension-pending = طُلب تمديد من قبل ولم يُبتّ فيه.
refused-extension-used_up = { $max ->
    [zero] لا يسمح البرنامج بتمديد
    [one] يسمح البرنامج بتمديد واحد وقد استُعمل
    [two] يسمح البرنامج بتمديدين وقد استُعملا
    [few] يسمح البرنامج بـ { $max } تمديدات وقد استُعملت كلها
    [many] يسمح البرنامج بـ { $max } تمديدًا وقد استُعملت كلها
   *[other] يسمح البرنامج بـ { $max } تمديد وقد استُعملت كلها
}.
refused-fact-unknown = لا يقبل هذا الإصدار { $fact_type }.
refused-fact-unreadable = تتعذر قراءة الواقعة: { $detail }. أرسلها من جديد كما تصفها الواجهة.
refused-event-too_large = ما يترتب على هذه الواقعة أكبر من أن يُسجل.
refused-field-missing = سمِّ الحقول التي يجوز للشريك تغييرها.
refused-field-not_open = لا يمكن تغيير { $field } الآن؛ المطلوب من الشريك { $fields }.
refused-field-required = يطلب البرنامج { $absent ->
    [none] { $field }
   *[other] { $absent }
}؛ ولا يمكن حذفه.
refused-field-unknown = { $name ->
    [none] { $field } ليس حقلًا في التسجيل.
   *[other] { $name } ليس حقلًا في التسجيل.
}
refused-items-currency = تحتاج البنود إلى المبلغ الذي تكوّنه، وبالعملة نفسها.
refused-items-sum = لا يساوي مجموع البنود المبلغ.
refused-line-unknown = { $program ->
    [none] خط المنتجات { $line } ليس في وثيقة البائع؛ { $similar ->
        [none] أضفه إليها أولًا، أو استعمل معروفًا: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف خط المنتجات { $line } من وثيقة البائع: يسميه الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-link-unchanged = الفرصة مربوطة هكذا من قبل.
refused-link-winner_required = يسمي نظام إدارة العملاء { $named } والتسجيل لـ { $holder }: قل في winner أيهما كسب.
refused-link-winner_unknown = ليس { $winner } الشريك الذي يسميه نظام إدارة العملاء ولا شريك التسجيل.
refused-match-not_decided = لم يقل أحد هل للاثنين عميل واحد، أو تغير عميل منذ ذلك الحين.
refused-match-self = لا يقارن التسجيل بنفسه.
refused-objection-none_pending = لا اعتراض ينتظر قرارًا.
refused-objection-nothing_lost = لا خسارة لهذا التسجيل، وهو { $state }، تنتظر اعتراضًا.
refused-objection-pending = رُفع اعتراض من قبل ولم يُبتّ فيه.
refused-opportunity-open = ليس { $message } تغييرًا لفرصة حالتها { $state } من قبل.
refused-opportunity-unknown = لا توجد فرصة { $opportunity }.
refused-partner-active = الشريك غير موقوف.
refused-partner-exists = الشريك { $partner } ملحق من قبل.
refused-partner-suspended = { $reason ->
    [already] الشريك موقوف من قبل.
   *[other] الشريك موقوف؛ ولا يمكنه أن يسجل أو يغير شيئًا.
}
refused-partner-unknown = { $reason ->
    [other_partner] بيانات الدخول لشريك آخر.
   *[other] الشريك { $partner } غير ملحق.
}
refused-partner_type-unknown = { $program ->
    [none] نوع الشريك { $partner_type } ليس في وثيقة البائع؛ { $similar ->
        [none] أضفه إليها أولًا، أو استعمل معروفًا: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف نوع الشريك { $partner_type } من وثيقة البائع: يسميه الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-policy-effective_in_past = مضى effective_from؛ انشرها لتسري فورًا أو في يوم لاحق.
refused-policy-invalid = { $kind ->
    [other_program] تسمي السياسة برنامجًا أو إصدارًا آخر.
   *[other] { $field } ليس كما يطلب مخطط السياسات ({ $kind }).
}
refused-policy-version_exists = نُشر الإصدار { $newest }؛ ويحتاج التالي رقمًا أعلى.
refused-product-unknown = { $product } ليس في دليل منتجات البائع؛ انظر /v1/products.
refused-program-unknown = البرنامج { $program } غير مفتوح.
refused-program-withdrawn = { $reason ->
    [already] سُحب البرنامج من قبل.
   *[other] لا يقبل البرنامج { $program } تسجيلات جديدة.
}
refused-recorded_at-older = بلغ الاستيراد { $reached }؛ أرسل الوقائع بترتيب وقت تسجيلها.
refused-refund-currency = الطلب بعملة { $currency }.
refused-refund-nothing = مبلغ الرد أكبر من صفر.
refused-refund-repeated = قُبل هذا الرد من قبل.
refused-refund-too_large = المردود أكبر مما بقي من الطلب.
refused-refund-too_many = { $most ->
    [zero] لا تُقبل ردود لهذه الفرصة.
    [one] لهذه الفرصة رد واحد مسجل، ولا يُقبل المزيد.
    [two] لهذه الفرصة ردان مسجلان، ولا يُقبل المزيد.
    [few] لهذه الفرصة { $most } ردود مسجلة، ولا يُقبل المزيد.
    [many] لهذه الفرصة { $most } ردًا مسجلًا، ولا يُقبل المزيد.
   *[other] لهذه الفرصة { $most } رد مسجل، ولا يُقبل المزيد.
}
refused-registration-exists = التسجيل موجود من قبل.
refused-registration-not_invited = التسجيل { $state }: لم يأت دوره، فلا شيء يؤكَّد.
refused-registration-not_open = التسجيل الذي حالته { $state } { $action ->
    [amend] لا يُعدّل.
    [withdraw] لا يُسحب.
    [add_evidence] لا يقبل أدلة.
    [take_opportunity] لا يقبل فرصة.
    [extend] لا حماية له تُمدد.
    [approve] لا يوافَق عليه.
    [reject] لا يُرفض.
    [revoke] لا حماية له تُلغى.
    [action_required] لا يطلب من شريكه شيئًا.
   *[other] لا يقبل هذا.
}
refused-registration-unknown = لا يوجد تسجيل { $registration }.
refused-revision-mismatch = مراجعة التسجيل الآن { $revision }؛ اقرأه ثانية وكرر التغيير.
refused-source-older = قُبلت رسالة أحدث لهذه الفرصة؛ وهذه لا تغير شيئًا.
refused-score-unknown = { $program ->
    [none] الدرجة { $score } ليست في وثيقة البائع؛ { $similar ->
        [none] أضفها إليها أولًا، أو استعمل معروفة: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف الدرجة { $score } من وثيقة البائع: يسميها الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-territory-unknown = { $program ->
    [none] الإقليم { $territory } ليس في وثيقة البائع؛ { $similar ->
        [none] أضفه إليها أولًا، أو استعمل معروفًا: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف الإقليم { $territory } من وثيقة البائع: يسميه الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-tier-unknown = { $program ->
    [none] المستوى { $tier } ليس في وثيقة البائع؛ { $similar ->
        [none] أضفه إليها أولًا، أو استعمل معروفًا: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف المستوى { $tier } من وثيقة البائع: يسميه الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-timer-not_failed = لم يفشل المؤقت { $timer } الخاص بـ { $subject }، فلا شيء يُعاد تشغيله.
refused-vendor-exists = البائع موجود من قبل.
refused-vendor-importing = يستورد البائع تاريخه: أرسل الوقائع بوقت تسجيلها تحت النطاق import.
refused-vendor-live = { $reason ->
    [already] البائع في التشغيل الفعلي من قبل.
   *[other] البائع في التشغيل الفعلي: تُسجل الوقائع حين تصل.
}
refused-vendor-unknown = البائع غير موجود؛ أنشئه أولًا.

## التشابه: لماذا قد يكون عميلان شركة واحدة

likeness-identifier = { $differing ->
    [none] لهما نفس { $equal }.
   *[other] يختلف { $differing }، مهما قالت الأسماء.
}
likeness-contradiction = لهما نفس { $equal }، لكن يختلف { $differing }: يبتّ مراجع.
likeness-little = متطابقان، لكن من كلمات تشترك فيها شركات كثيرة ({ $blank }).
likeness-no_name = أحد النصين ليس اسم شركة ({ $blank }).
likeness-equal = الاسمان متطابقان إذا تُركت الكتابة والشكل القانوني والاختصارات.
likeness-order = في الاسمين الكلمات نفسها بترتيب آخر.
likeness-spacing = لا يختلف الاسمان إلا في وصل الكلمات.
likeness-written = كل كلمة في أحد الاسمين تقابل كلمة في الآخر ({ $likened }).
likeness-brand = أحد الاسمين مختصر الآخر (بغير { $rest })، ولا يكاد غيره يحمل كلمته الأولى.
likeness-forms = الاسمان متطابقان، لكن يختلف شكلاهما القانونيان ({ $forms }): ربما كيانان من مجموعة واحدة.
likeness-places = الاسمان متطابقان، لكن من ولايتين مختلفتين ({ $states }).
likeness-common = الاسمان متطابقان، لكن من كلمات شائعة وبلا شكل قانوني يميز بينهما.
likeness-acronym = أحد الاسمين الحروف الأولى للآخر ({ $likened }).
likeness-initials = قد يكون أحد الاسمين الحروف الأولى أو بدايات كلمات الآخر ({ $likened }).
likeness-group = { $group ->
    [subsidiary] يُقال إن أحدهما تابع للآخر: كيانان من مجموعة واحدة.
   *[other] { $domain ->
        [equal] كلاهما يستعمل نطاقًا واحدًا، فهما مجموعة واحدة؛ والباقي من الاسمين: { $rest }.
       *[other] أحد الاسمين هو الآخر مع كلمة مكان أو مجموعة ({ $rest }): ربما كيان آخر من المجموعة.
    }
}
likeness-domain = الاسمان متشابهان، وكلاهما يستعمل نطاقًا واحدًا.
likeness-domains = الاسمان متشابهان، لكن النطاقين مختلفان.
likeness-countries = الاسمان متشابهان، لكن البلدين مختلفان: ربما كيانان من مجموعة واحدة.
likeness-part = أحد الاسمين جزء من الآخر؛ والباقي: { $rest }.
likeness-kin = في الاسمين كلمة لا يكاد غيرهما يحملها؛ والباقي: { $rest }.
likeness-similar = الاسمان متشابهان؛ والباقي: { $rest }.
likeness-numbers_one = الاسمان متشابهان، لكن في أحدهما وحده العدد { $rest }.
likeness-numbers = يميز بينهما عدد ({ $rest }).
likeness-differ = يختلف ما يميز الشركات ({ $rest }).
likeness-nothing = ليس في الاسمين كلمة مشتركة.

## الفحص الأعمى: ما يُقال عن صفقة لم يسجلها أحد بعد

blind-clear = لا تلتقي هذه الصفقة بمطالبة قائمة لشريك آخر. ولا يحفظ المكانَ إلا التسجيل.
blind-likely_conflict = تسجيل هذه الصفقة قد ينتظر أو يُترك لمراجع: هناك من يطالب بها.
blind-needs_identifier = لا تحسمها الأسماء وحدها؛ اذكر واحدًا صالحًا: { $settles }.

## الفروق بين سياستين أو وثيقتين للبائع

difference-added = { $path } جديد: { $after }.
difference-removed = حُذف { $path }؛ وكان { $before }.
difference-changed = تغير { $path } من { $before } إلى { $after }.
difference-members = { $path } { $after ->
    [none] فقد { $before }.
   *[other] { $before ->
        [none] زاد { $after }.
       *[other] زاد { $after } وفقد { $before }.
    }
}
difference-order = تغير ترتيب { $path } من { $before } إلى { $after }.
