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
word-lost = مفقود
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
word-abbreviation = اختصار
word-translation = ترجمة
word-plural = جمع
word-article = أداة التعريف
word-spelling = إملاء
word-compound = كلمة مركبة
word-sound = نطق
comma = { "، " }
key-name = الاسم { $value }
key-match = جواب شخص
key-group = مجموعة { $of }
word-held = محجوز
word-payable = قابل للدفع
word-reversed = مسترجع
word-registration = تسجيل
word-opportunity = فرصة
word-reward = مكافأة
word-case = قضية
word-conflict = نزاع

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

## صفحات الواجهة

page-language-name = العربية
page-shell-name = dealreg
page-shell-pages = الصفحات
page-shell-sandbox = بيئة تجربة: لا شيء هنا حقيقي، وساعتها واقفة حتى ينقلها أحد.
page-shell-sign_out = تسجيل الخروج
page-shell-signed_in_as = مسجل الدخول باسم
page-shell-zone = الأيام والأوقات بتوقيت
page-shell-skip = انتقل إلى المحتوى
page-sign_in-title = تسجيل الدخول
page-sign_in-act = تسجيل الدخول
page-sign_in-how = الصق رابط الدخول الذي أعطي لك. يعمل الرابط مرة واحدة خلال عشر دقائق. ينشئ مشغّل dealreg الروابط بالأمر dealreg console link.
page-sign_in-link = رابط الدخول
page-sign_in-offered = يسجل هذا الرابط دخولك مرة واحدة. إن لم تكن أنت المقصود فأغلق الصفحة.
page-sign_in-used = استُخدم هذا الرابط من قبل أو انقضت دقائقه العشر. اطلب رابطا جديدا.
page-sign_in-by = سجّل الدخول عبر { $name }
page-sign_in-by_link = برابط دخول
page-sign_in-left = سُجّل خروجك هنا، وما زلت مسجل الدخول لدى مزود الهوية.
page-sign_in-leave = سجّل الخروج من { $name } أيضا
page-provider-title-unknown = لا توجد طريقة دخول كهذه
page-provider-what-unknown = يسمي العنوان شركة أو مزود هوية غير معدّ هنا. تحقق منه أو اسأل من أعطاك إياه.
page-provider-title-away = مزود الهوية لا يستجيب
page-provider-what-away = تعذر سؤال مزود الهوية، فلم يُسجل دخول أحد. حاول بعد قليل. وإن استمر ذلك فأخبر المسؤول.
page-provider-title-again = لا يمكن إتمام هذا الدخول
page-provider-what-again = أُتمّ من قبل، أو استغرق أكثر من عشر دقائق، أو بدأ في متصفح آخر أو علامة تبويب أخرى. ابدأ من جديد.
page-provider-title-declined = لم يُسجل دخولك
page-provider-what-declined = يقول مزود الهوية إن الدخول أُنهي لديه. ابدأ من جديد متى شئت.
page-provider-title-untrusted = لم تُقبل إجابة مزود الهوية
page-provider-what-untrusted = تعذر التحقق منها، فلم يُسجل دخول أحد. ابدأ من جديد. وإن استمر ذلك فأخبر المسؤول بما هو مكتوب أدناه.
page-provider-title-role = ليس لك دور هنا بعد
page-provider-what-role = يعرفك مزود الهوية، ولا يعطيك دورا في dealreg. أرسل إلى المسؤول ما هو مكتوب أدناه.
page-provider-title-blocked = ليس لك دخول الآن
page-provider-what-blocked = أُنهي دخولك أو تغيّر هنا. اسأل مسؤولي البائع.
page-provider-title-often = محاولات دخول كثيرة
page-provider-what-often = بدأت محاولات دخول كثيرة من شبكتك. انتظر دقيقة ثم ابدأ من جديد.
page-provider-title-broken = لم يُسجل دخول أحد
page-provider-what-broken = شيء لدينا لا يستجيب. حاول بعد قليل.
page-provider-back = إلى صفحة الدخول
page-kept-title-ended = انتهت جلستك
page-kept-what-ended = لم يُرسل شيء. سجّل الدخول من جديد في علامة تبويب أخرى، ثم ارجع إلى هنا وأرسل مرة أخرى.
page-kept-title-away = الخدمة لا تستجيب
page-kept-what-away = لم نحصل على إجابة. حاول بعد قليل: إرسال الشيء نفسه مرتين له أثر واحد.
page-kept-title-other = أنت مسجل الدخول الآن باسم شخص آخر
page-kept-what-other = بدأ هذا النموذج شخص آخر. لم يُرسل شيء. إرساله الآن يتم باسمك.
page-kept-nothing_lost = ما كتبته محفوظ:
page-kept-again = أرسل مرة أخرى
page-kept-reload = حدّث الصفحة
page-kept-sign_in = سجّل الدخول في علامة تبويب أخرى
page-missing-title-missing = لا شيء هنا
page-missing-title-unreadable = تعذرت القراءة
page-missing-title-broken = حدث خطأ
page-missing-what-missing = لا توجد صفحة كهذه، أو ليست من الصفحات التي يحق لك رؤيتها.
page-missing-what-unreadable = تعذرت قراءة ما أُرسل. ارجع وأرسل النموذج مرة أخرى.
page-missing-what-broken = حدث خطأ لدينا. ربما قُبل ما أرسلته؛ تحقق قبل أن ترسله مرة أخرى.
page-money-anothers = عن صفقة شريك آخر
page-missing-home = إلى الصفحة الأولى
page-refused-title = رُفض هذا الطلب
page-form-errors = يجب تصحيح شيء ما. لم يُرسل شيء وما كتبته لا يزال هنا.
page-form-back = رجوع
page-home-title = اليوم
page-home-register = سجّل صفقة
page-home-needs = ما يحتاج إليك
page-home-nothing = لا شيء يحتاج إليك الآن. سجّل صفقة قبل أن يسجلها غيرك.
page-home-confirm = حان دورها. أكّدها قبل
page-home-extending = طُلب التمديد، ويُقرر قبل
page-home-answer = ينقصها شيء. افتحها وأضف المطلوب.
page-home-money = ما كسبته
page-home-all_money = كل المكافآت
page-home-targets = إلى أين وصلت
page-home-all_targets = كل أهدافي
page-home-holds = ما أحوزه
page-home-holds_nothing = لا تحوز أي صفقة. تظهر التسجيلات هنا فور حمايتها.
page-home-counts = محمي: { $protected }. في الانتظار: { $waiting }. قيد المراجعة: { $reviewed }.
page-home-all_registrations = كل تسجيلاتي
page-register-title = تسجيل صفقة
page-register-choose = اختر برنامجا. شروطه هي ما يُقاس به تسجيلك.
page-register-no_program = لا يوجد برنامج متاح لشركتك. اسأل مدير القناة.
page-register-begin = سجّل ضمن هذا البرنامج
page-register-terms = ما يطلبه هذا البرنامج
page-register-protection = الحماية
page-register-required = مطلوب
page-register-nothing_required = لا شيء غير العميل والمنتجات
page-register-or = أو
page-register-with_amount = مطلوب مع المبلغ
page-wrong-else = { $field }: { $what }
page-wrong-field-missing = { $field }: هذا الحقل مطلوب.
page-wrong-field-type-units = { $field }: اكتب عددا صحيحا، مثل 12.
page-wrong-field-type-term_months = { $field }: اكتب عددا صحيحا، مثل 12.
page-wrong-text-pattern-customer-country = { $field }: اختره من القائمة، أو اكتب حرفيه، مثل DE لألمانيا.
page-wrong-money-not_decimal = { $field }: اكتب عددا واحدا بنقطة قبل كسوره، مثل 1250.00. فنص مثل 1,234 قد يكون عددين.
page-wrong-money-negative = { $field }: لا يكون المبلغ سالبا.
page-wrong-money-decimals = { $field }: المنازل العشرية أكثر مما لعملته.
page-wrong-money-too_large = { $field }: المبلغ كبير جدا.
page-wrong-money-currency = { $field }: لا توجد عملة كهذه. اكتب حروفها الثلاثة، مثل EUR.
page-wrong-date-impossible = { $field }: لا يوجد يوم كهذا.
page-wrong-review-code_missing = اختر سببا للرفض أو الإلغاء.
page-register-needed = مطلوب
page-register-customer = العميل
page-register-identifiers = رقم العميل أو نطاقه على الويب أوضح ما يعرّف به. من دونهما تحسم الأسماء وحدها وقد يلزم أن ينظر فيها شخص.
page-register-deal = الصفقة
page-register-more_customer = المزيد عن العميل
page-register-more_deal = المزيد عن الصفقة
page-register-contact = جهة الاتصال والملاحظات
page-register-sealed = مختوم: لا يقرأه إلا أنت والبائع، ويمكن محوه.
page-register-check = تحقق أولا
page-register-act = سجّل
page-register-own = افتحه
page-register-check_hint = يقول التحقق إن كانت الصفقة على الأرجح لدى غيرك، لا أكثر. التسجيل وحده يحفظ المكان.
page-gate-min_amount = أقل مبلغ
page-gate-min_units = أقل عدد من الوحدات
page-gate-min_term_months = أقصر مدة بالأشهر
page-gate-before_rfp = قبل طلب العروض
page-gate-single_end_customer = عميل نهائي واحد فقط
page-gate-at_list_price = بأسعار القائمة
page-gate-yes = نعم
page-hint-customer-country = من القائمة، أو حرفان مثل DE أو EG
page-hint-amount = مثل 48000.00
page-hint-currency = ثلاثة أحرف، مثل EUR
page-hint-one_a_line = واحد في كل سطر
page-hint-external_id = رقم الصفقة لديك، إن وجد
page-pending-title = قُبل ولم يُحسم بعد
page-pending-what = طلبك محفوظ في السجل. حدّث الصفحة بعد قليل لترى ما تقرر.
page-registrations-title = التسجيلات
page-registrations-any = الكل
page-registrations-sort = الترتيب
page-registrations-find = ابحث
page-registrations-more = الصفحة التالية
page-registrations-csv = بصيغة CSV
page-registrations-parquet = بصيغة Parquet
page-registrations-none = لا يوجد تسجيل كهذا. غيّر المرشحات أو سجّل صفقة.
page-sort-down_submitted_at = الأحدث أولا
page-sort-submitted_at = الأقدم أولا
page-sort-protected_until = الأقرب انتهاء للحماية
page-sort-down_protected_until = الأبعد انتهاء للحماية
page-sort-customer = حسب العميل
page-sort-down_amount = الأكبر مبلغا أولا
page-sort-state = حسب الحالة
page-sort-up = { $field }، تصاعديا
page-sort-down = { $field }، تنازليا
page-saved-title = العروض المحفوظة
page-saved-keep = احفظ هذا الاختيار أو غيّر عرضا محفوظا
page-saved-name = اسم العرض
page-saved-hint-registrations = تُحفظ المرشحات والترتيب لك وحدك. وتُفتح القائمة بما فيها حينئذ.
page-saved-hint-measures = تُحفظ المرشحات والتجميع لك وحدك دون اليوم، فيُفتح العرض بأحدث الأرقام.
page-saved-save = احفظ
page-saved-replace = استبدل محتوى «{ $name }» بهذا الاختيار
page-saved-delete = احذف «{ $name }»
page-saved-done-saved = حُفظ العرض.
page-saved-done-replaced = صار العرض المحفوظ يحمل هذا الاختيار.
page-saved-done-deleted = حُذف العرض المحفوظ. ما زال اختياره معروضا، فإن أردت استعادته فاحفظه من جديد أدناه.
page-saved-before = اعرض الاختيار الذي كان فيه، ثم استبدله ثانية لتستعيده.
page-saved-also = واختير أيضا:
page-saved-without = بدون { $filter }
page-saved-stale = لم تعد القائمة تقبل هذا العرض المحفوظ كله، ويظهر ما تقبله منه. اختر من جديد واستبدل العرض أو احذفه. ما لا تقبله:
page-saved-refused = لا يمكن عرض القائمة بهذا الاختيار. صححه أعلاه.
page-saved-exists = لديك عرض بهذا الاسم. اختر اسما آخر أو افتح ذلك العرض واستبدله.
page-saved-too_many = لديك من العروض المحفوظة أقصى ما يُسمح به. احذف واحدا أولا.
page-saved-unknown = لم يعد ذلك العرض المحفوظ موجودا. احفظ الاختيار باسم.
page-filter-customer = العميل
page-filter-state = الحالة
page-filter-program = البرنامج
page-filter-partner = الشريك
page-filter-sort = الترتيب
page-filter-registration = التسجيل
page-filter-hold = بانتظار
page-filter-asks = يطلب
page-filter-product = المنتج
page-filter-currency = العملة
page-filter-external_id = رقم الشريك
page-filter-opportunity = الفرصة
page-filter-close_from = الإغلاق المتوقع من
page-filter-close_to = الإغلاق المتوقع إلى
page-filter-submitted_from = قُدم منذ
page-filter-submitted_before = قُدم قبل
page-filter-protected_before = تنتهي الحماية قبل
page-filter-territory = المنطقة
page-filter-segment = الشريحة
page-filter-group_by = التجميع حسب
page-filter-as_of = في نهاية يوم
page-filter-month_from = من شهر
page-filter-month_to = إلى شهر
page-file-title = من ملف
page-file-what = سجّل صفقات كثيرة دفعة واحدة، لكل صفقة صف في ملف CSV. ترى أولا كيف يُقرأ كل صف، ولا يُسجل شيء حتى تأمر بذلك.
page-file-template = ملف فارغ لتملأه
page-file-columns = تُعرف الأعمدة بأسمائها في الملف الفارغ، وما سواها تقول أنت ما هو. إن تعددت المنتجات فاكتبها في خلية واحدة تفصل بينها فاصلة منقوطة لاتينية، ويُكتب اليوم هكذا 2026-12-31.
page-file-choose = الملف
page-file-other = ملف آخر
page-file-hint = ملف CSV، حجمه ميغابايت واحد على الأكثر وصفوفه ألف على الأكثر. والسطر الأول يسمي الأعمدة.
page-file-kept = هذا الملف محفوظ في الصفحة:
page-file-none = اختر ملفا غير فارغ.
page-file-too_long = حجم الملف أكبر من ميغابايت واحد. أرسله أجزاء.
page-file-declare = كيف يُقرأ الملف
page-file-declare_what = اتركه مفتوحا حيث يكون الملف واضحا؛ وما لا يُعرف منه يُطلب هنا.
page-file-found = يُعرف من الملف
page-file-value_hint = واحد في كل سطر: الحقل=القيمة، وهي لكل الصفوف
page-file-separator-comma = مفصول بفواصل
page-file-separator-semicolon = مفصول بفواصل منقوطة
page-file-separator-tab = مفصول بعلامات جدولة
page-file-separator-bar = مفصول بخطوط عمودية
page-file-decimal-point = نقطة عشرية
page-file-decimal-comma = فاصلة عشرية
page-file-dates-iso = السنة ثم الشهر ثم اليوم
page-file-dates-dmy = اليوم ثم الشهر ثم السنة
page-file-dates-mdy = الشهر ثم اليوم ثم السنة
page-file-look = اعرض ما سيكون
page-file-take = { $usable ->
    [zero] لا صفقة لتسجيلها
    [one] سجّل صفقة واحدة
    [two] سجّل صفقتين
    [few] سجّل { $usable } صفقات
    [many] سجّل { $usable } صفقة
   *[other] سجّل { $usable } صفقة
 }
page-file-rest = الصفوف غير الصالحة لا تُرسل. صححها في ملفك وأرسله من جديد: لا يُسجل صف مرتين.
page-file-usable = { $rows ->
    [zero] لا صف في الملف. لم يُسجل شيء بعد.
    [one] الصالح { $usable } من صف واحد. لم يُسجل شيء بعد.
    [two] الصالح { $usable } من صفين. لم يُسجل شيء بعد.
    [few] الصالح { $usable } من { $rows } صفوف. لم يُسجل شيء بعد.
    [many] الصالح { $usable } من { $rows } صفا. لم يُسجل شيء بعد.
   *[other] الصالح { $usable } من { $rows } صف. لم يُسجل شيء بعد.
 }
page-file-taken = { $rows ->
    [zero] لا صف في الملف.
    [one] سُجل { $taken } من صف واحد. ويُحسب الصف الذي سبق إرساله ولا يُسجل ثانية.
    [two] سُجل { $taken } من صفين. ويُحسب الصف الذي سبق إرساله ولا يُسجل ثانية.
    [few] سُجل { $taken } من { $rows } صفوف. ويُحسب الصف الذي سبق إرساله ولا يُسجل ثانية.
    [many] سُجل { $taken } من { $rows } صفا. ويُحسب الصف الذي سبق إرساله ولا يُسجل ثانية.
   *[other] سُجل { $taken } من { $rows } صف. ويُحسب الصف الذي سبق إرساله ولا يُسجل ثانية.
 }
page-file-refused = { $refused ->
    [zero] ولم يُرفض شيء.
    [one] وأُرسل صف واحد فرُفض.
    [two] وأُرسل صفان فرُفضا.
    [few] وأُرسلت { $refused } صفوف فرُفضت.
    [many] وأُرسل { $refused } صفا فرُفضت.
   *[other] وأُرسل { $refused } صف فرُفضت.
 }
page-file-undecided = { $undecided ->
    [zero] وتقرر كل شيء.
    [one] ولم يتقرر صف واحد بعد: انظر ثانية بعد قليل.
    [two] ولم يتقرر صفان بعد: انظر ثانية بعد قليل.
    [few] ولم تتقرر { $undecided } صفوف بعد: انظر ثانية بعد قليل.
    [many] ولم يتقرر { $undecided } صفا بعد: انظر ثانية بعد قليل.
   *[other] ولم يتقرر { $undecided } صف بعد: انظر ثانية بعد قليل.
 }
page-file-became = ما صار إليه كل صف
page-file-row_refused = مرفوض
page-file-row_undecided = لم يتقرر بعد
page-file-unusable = لا يُرسل لأنه لا يصلح
page-file-line = السطر { $line }،
page-file-more = { $problems ->
    [zero] ولا غيرها.
    [one] وواحدة أخرى.
    [two] واثنتان أخريان.
    [few] و{ $problems } أخرى.
    [many] و{ $problems } أخرى.
   *[other] و{ $problems } أخرى.
 }
page-file-read_as = كيف يُقرأ
page-file-choose_field = حدد لكل عمود لا يُعرف اسمه أي حقل هو، أو اتركه.
page-file-choose_one = اختر حقلا
page-file-leave_out = اترك العمود
page-file-samples = الخلايا الأولى
page-file-column = العمود
page-file-field = يصير
page-file-left_out = متروك
page-file-first = الصفوف الأولى
page-file-row = السطر
page-file-not_usable = غير صالح
page-field-filename = الملف
page-field-encoding = الترميز
page-field-separator = الفاصل
page-field-decimal = الكسور العشرية
page-field-dates = التواريخ
page-field-value = قيم لكل الصفوف
page-registration-deal = الصفقة
page-registration-clocks = المواعيد
page-registration-behind = ينتظر خلف صفقة محمية:
page-registration-missing = لا يزال ناقصا:
page-registration-open_fields = يطلب المراجع أن تغيّر:
page-registration-rest_asked = ما زال المراجع ينتظر البقية.
page-registration-evidence = الأدلة
page-registration-no_evidence = لا يوجد عمل مسجل بعد.
page-registration-why = ما تقرر ولماذا
page-registration-wrote-review-decided = كتب المراجع:
page-registration-wrote-extension-requested = يطلب الشريك حماية أطول:
page-registration-wrote-objection-raised = يعترض الشريك على الخسارة:
page-registration-timeline = كل ما حدث
page-explanation-rules = القواعد التي طُبقت
page-evidence-verified = مؤكد
page-evidence-refuted = مدحوض
page-act-amendment = تعديل
page-act-evidence = إضافة دليل
page-act-extension = طلب تمديد
page-act-confirmation = تأكيد
page-act-objection = الاعتراض على الخسارة
page-act-withdrawal = سحب التسجيل
page-amendment-closed = { $text ->
    [none] لا يمكن تعديل { $field } الآن: لا يُعدل إلا ما يطلبه المراجع. اتركه كما هو.
   *[other] لا يمكن تعديل { $field } الآن: لا يُعدل إلا ما يطلبه المراجع. كتبت: { $text }
 }
page-amendment-nothing = لم يتغير شيء. عدّل حقلا واحدا على الأقل ثم أرسله.
page-amendment-kept = علّم ما هو صحيح كما هو
page-amendment-now = الصفقة كما هي الآن
page-act-answer = أرسل الجواب
page-field-workload = عبء العمل
page-field-subscription = الاشتراك
page-consequence-amendment = لا يُرسل إلا ما تغيره. التعديل الذي يجعلها صفقة منافس ينتظر دوره.
page-consequence-evidence = يضاف العمل إلى التسجيل نهائيا، وقد يؤكده مراجع.
page-consequence-extension = يقرر ذلك شخص أو قواعد البرنامج. حتى ذلك الحين تستمر الحماية كما كانت.
page-consequence-confirmation = ما زلت تريد الصفقة: تصبح محمية لك من الآن.
page-consequence-objection = تستمر الحماية حتى يقرر مراجع، وإلى نهايتها على الأكثر.
page-consequence-withdrawal = لا يمكن التراجع عن هذا. تصبح الصفقة متاحة لمن يليك، ويبدأ أي تسجيل جديد من آخر الصف.
page-done-registered = تم التسجيل.
page-done-amendment = تم التعديل.
page-done-evidence = أضيف الدليل.
page-done-extension = طُلب التمديد.
page-done-confirmation = تم التأكيد.
page-done-objection = قُدم الاعتراض.
page-done-withdrawal = تم السحب.
page-money-title = المال
page-money-identity = المكتسب = المحجوز + المستحق + المدفوع + المسترد.
page-money-rewards = المكافآت
page-money-reward = المكافأة
page-money-calculation = الحساب
page-money-at_most = بحد أقصى
page-money-left = المتبقي:
page-money-until = حتى
page-money-blocked = لا يُدفع ما دام الشريك موقوفا
page-money-none = لا مكافآت بعد. تظهر المكافآت هنا عند كسب صفقة محمية.
page-account-accrued = مكتسب
page-account-held = محجوز
page-account-payable = مستحق
page-account-paid = مدفوع
page-account-reversed = مسترد
page-account-expense = مصروف
page-deal-title = كيف احتُسبت هذه الصفقة
page-deal-value = القيمة
page-deal-how = خطوة بخطوة
page-deal-postings = القيود
page-deal-account = الحساب
page-company-title = الشركة
page-company-active = نشط
page-company-suspended = موقوف
page-company-partner_type = نوع الشريك
page-company-tier = المستوى
page-company-territories = المناطق
page-company-score = الدرجة
page-company-certification = الشهادة
page-company-for_good = لا تنتهي
page-company-people = الأشخاص
page-company-you = تعمل باسم
page-company-keys = المفاتيح والتغييرات
page-company-no_keys = لا شيء مسجل.
page-company-when = متى
page-company-what = ماذا
page-company-about = بشأن
page-audit-credential-created = أُنشئ مفتاح
page-audit-credential-rotated = استُبدل مفتاح
page-audit-credential-revoked = أُلغي مفتاح
page-audit-partner-enrolled = ضُمت الشركة
page-audit-partner-changed = تغيرت شروط الشركة
page-audit-partner-scored = سُجلت درجة
page-audit-partner-certified = سُجلت شهادة
page-audit-endpoint-created = أُنشئت نقطة إشعارات
page-audit-endpoint-changed = تغيرت نقطة إشعارات
page-audit-endpoint-rotated = استُبدل سر نقطة إشعارات
page-audit-endpoint-replayed = أُعيد إرسال الأحداث إلى نقطة إشعارات
page-audit-endpoint-disabled = عُطلت نقطة إشعارات
page-audit-endpoint-enabled = شُغلت نقطة إشعارات
page-audit-endpoint-deleted = حُذفت نقطة إشعارات
page-audit-target-set = وُضع هدف
page-audit-target-dropped = أُسقط هدف
page-audit-partner-suspended = أوقفت الشركة
page-audit-partner-reinstated = أعيدت الشركة
page-desk-title = المكتب
page-desk-queue = ينتظر قرارك، الأقدم أولا
page-desk-nothing = لا شيء ينتظر قرارا.
page-desk-requests = طلبات الشركاء، الأقرب موعدا أولا
page-desk-asks = الطلب
page-desk-asks-extension = حماية أطول
page-desk-asks-objection = الإبقاء على صفقة أُبلغ عن خسارتها
page-desk-answer_by = أجب قبل
page-desk-customers = عملاء قد يكونون واحدا
page-desk-cases = صفقات كُسبت رغم الحائز
page-desk-conflicts = مطالبات متعارضة
page-desk-wins = صفقات مكسوبة بلا تسجيل
page-desk-show = اعرضها
page-desk-channel = لم يتقرر بعد، حسب الحالة
page-decided-approve = تمت الموافقة.
page-decided-reject = رُفض.
page-decided-action_required = طُلب من الشريك المزيد.
page-decided-revoke = أُلغيت الحماية.
page-decided-grant_extension = مُنح التمديد.
page-decided-refuse_extension = رُفض التمديد.
page-decided-uphold_objection = قُبل الاعتراض.
page-decided-dismiss_objection = رُد الاعتراض.
page-decided-pending = أُخذ حكمك ولم ينفذ بعد. انظر ثانية بعد قليل.
page-decided-next = التالي:
page-decided-last = لا ينتظرك شيء آخر هنا.
page-done-match = تمت الإجابة. يعاد النظر في كل المطالبات على العميلين.
page-done-case = حُسمت القضية.
page-review-title = القرار
page-review-verdict = الحكم
page-review-code = السبب (مطلوب للرفض أو الإلغاء)
page-review-fields = إذا طلبت من الشريك: ما عليه أن يقدمه
page-review-in_words = على الشريك أن يقدم ذلك كله قبل أن يعود التسجيل إليك. وإن لم تعلّم شيئا أجاب بالكلام في خانة الملاحظات.
page-review-message = رسالة إلى الشريك
page-review-to_partner = يقرؤها الشريك. مختومة ويمكن محوها.
page-review-sealed = تقرؤها أنت وزملاؤك فقط. مختومة ويمكن محوها.
page-review-act = قرر وانتقل إلى التالي
page-review-compare = قارن بالمنافسين
page-review-by = آخر قرار اتخذه
page-verdict-approve = موافقة: الصفقة محمية من الآن
page-verdict-reject = رفض: تنتهي المطالبة
page-verdict-action_required = طلب المزيد من الشريك
page-verdict-revoke = إلغاء: تنتهي الحماية الآن
page-verdict-grant_extension = منح التمديد
page-verdict-refuse_extension = رفض التمديد
page-verdict-uphold_objection = قبول الاعتراض: الصفقة لم تُخسر
page-verdict-dismiss_objection = رد الاعتراض: تنتهي الحماية الآن
page-reason-not_qualified = صفقة غير مؤهلة
page-reason-insufficient_evidence = أدلة غير كافية
page-reason-existing_customer = عميل مباشر لدى البائع
page-reason-wrong_program = برنامج غير مناسب
page-reason-outside_policy = خارج السياسة
page-evidence-verify = صحيح
page-evidence-refute = غير صحيح
page-customers-title = العملاء
page-customers-what = يسمي تسجيلان عميلين قد يكونان شركة واحدة. لا يحدث شيء للأحدث منهما حتى تجيب.
page-customers-decide_by = أجب قبل
page-customers-overdue = متأخر
page-customers-same = شركة واحدة
page-customers-different = شركتان مختلفتان
page-customers-consequence = تسري الإجابة على المطالبات اللاحقة أيضا ويمكن التراجع عنها.
page-customers-none = لا عملاء ينتظرون التمييز بينهم.
page-cases-title = القضايا
page-cases-what = كسب شريك صفقة يحوزها غيره. قرر مصير المال المحجوز.
page-cases-opened = فُتحت في
page-cases-holder = الحائز
page-cases-winner = من كسبها
page-cases-reason = لمن يقرأ لاحقا. لا تذكر أي شخص هنا.
page-cases-release = الإفراج للحائز
page-cases-reverse = استرداد
page-cases-all = كل القضايا المفتوحة
page-cases-none = لا قضية مفتوحة.
page-conflicts-title = التعارضات
page-conflicts-detected = منذ
page-conflicts-claimant = المطالِب
page-conflicts-against = التقت
page-conflicts-behind = تنتظر الآن خلف
page-conflicts-what = كيف بدأ
page-conflicts-none = لا مطالبات متعارضة.
page-compared-title = المطالبات جنبا إلى جنب
page-compared-alone = لا تلتقي هذه المطالبة بغيرها.
page-compared-more = غير معروض هنا: { $claims }.
page-compared-same = لماذا هي الصفقة نفسها
page-compared-standing = الموقع
page-compared-claim = هذه المطالبة
page-compared-holder = يحوز الصفقة الآن
page-compared-ahead = تتقدم هذه المطالبة
page-compared-behind = تنتظر خلف هذه المطالبة
page-compared-beside = التقت هذه المطالبة
page-compared-ended = التقتها من قبل وانتهت
page-compared-rule = القاعدة التي تحسم وما كان سيغيرها
page-compared-decide = القرار
page-field-completed_at = مكتمل منذ
page-measures-title = المقاييس
page-measures-targets = أهداف الشركاء
page-measures-what = كل رقم يعدّ التسجيلات كما كانت في نهاية يوم واحد. افتح الرقم لترى أي تسجيلات هي.
page-measures-as_of = في نهاية يوم
page-measures-group_by = مجمّعة حسب
page-measures-by-partner = الشريك
page-measures-by-program = البرنامج
page-measures-by-product = المنتج
page-measures-by-territory = المنطقة
page-measures-by-segment = الشريحة
page-measures-by-month = الشهر
page-measures-month_from = من شهر
page-measures-month_to = إلى شهر
page-measures-show = اعرض
page-measures-earlier = قبل شهر
page-measures-later = بعد شهر
page-measures-zone = تنتهي الأيام عند منتصف الليل في
page-measures-funnel = من التسجيل إلى الكسب
page-measures-averages = النسب والمتوسطات
page-measures-win_rate = المكسوبة من بين المكسوبة والمفقودة
page-measures-churn = المنتهي أو المتروك أو الملغى من بين المعتمد
page-measures-average_size = متوسط الحجم
page-measures-cycle_days = الأيام من التسجيل إلى الكسب
page-measures-age_days = أيام الحماية حتى الآن
page-measures-days_left = أيام الحماية المتبقية
page-measures-review_hours = ساعات انتظار المراجعة
page-measures-active_value = قيمة النشط
page-measures-none_of_it = بلا
page-measures-more = غير معروض هنا: { $groups }.
page-measures-every = اعرضها كلها
page-measures-month_registered = شهر التسجيل
page-measures-month_won = شهر الكسب
page-measures-months_of_registration = الأشهر هي أشهر التسجيل.
page-measures-months_of_win = الأشهر هي أشهر الكسب.
page-measures-lost_what = تعدّ «المفقودة» تسجيلات معتمدة خُسرت صفقاتها. أما التسجيل الذي انقضت صفقته قبل الحكم فيُعدّ «انتهت بلا حكم»، وتسميه قائمة التسجيلات مفقودا أو مغلقا.
page-measures-nothing = لا تسجيل معدود هنا. اختر يوما لاحقا أو مرشحات أقل.
page-measures-stood = كما كانت في نهاية يوم
page-number-registrations = التسجيلات
page-number-open = لم يُبتّ فيها بعد
page-number-approved = المعتمدة
page-number-rejected = المرفوضة
page-number-withdrawn = المسحوبة
page-number-closed = انتهت بلا حكم
page-number-active = النشطة
page-number-won = المكسوبة
page-number-lost = المفقودة
page-number-expired = المنتهية
page-number-released = المتروكة
page-number-revoked = الملغاة
page-number-reviewed = راجعها أشخاص
page-number-clock_running = عليها سؤال له موعد
page-number-clock_met = روعي آخر موعد لها
page-number-clock_missed = فات آخر موعد لها
page-number-conflicts = تعارضت يوما
page-number-conflicts_open = التعارض قائم
page-number-conflicts_promoted = انتهى التعارض: جاء دورها
page-number-conflicts_rejected = انتهى التعارض: رُفضت
page-number-conflicts_withdrawn = انتهى التعارض: سُحبت
page-number-conflicts_closed = انتهى التعارض: انقضت الصفقة
page-number-conflicts_no_longer_same_deal = انتهى التعارض: لم تعد الصفقة نفسها
page-number-conflicts_holder_ended = انتهى التعارض: انتهت حماية صاحبها
page-finance-title = المالية
page-finance-balances = الحسابات
page-finance-date = محسوبة حسب
page-finance-dated-posted = يوم القيد
page-finance-dated-effective = يوم الكسب
page-finance-by-partner = الشريك
page-finance-by-program = البرنامج
page-finance-by-currency = العملة
page-finance-by-month = الشهر
page-finance-by-account = الحساب
page-finance-more = غير معروض هنا: { $rows }. ضيّق المرشحات أو خذها كلها بصيغة CSV.
page-finance-nothing = لا قيد هنا. اختر مرشحات أخرى.
page-finance-journal = دفتر القيود
page-finance-journal_what = المدين موجب. مجموع سطور كل قيد صفر، ولا يتغير قيد أبدا.
page-finance-date_from = من يوم
page-finance-date_to = إلى يوم
page-finance-effective_at = كُسب في
page-finance-blocked = ما لم يُدفع بعد، ولماذا
page-finance-nothing_blocked = لا شيء محجوز ولا موقوف.
page-finance-why = السبب
page-finance-held_until = محجوز حتى
page-finance-held_by_case = محجوز: قضية مفتوحة
page-finance-total = المجموع
page-finance-all_held = كل المحجوز
page-measures-revenue = القيمة المكسوبة حسب الدور
page-measures-house = حصة المورّد
page-measures-shares = حصص الصفقات المكسوبة
page-measures-role = الدور
page-measures-won_on = يوم الكسب
page-role-sourced = المصدر
page-role-influenced = المؤثر
page-role-fulfilled = المنفّذ
page-role-unregistered = غير مسجّل
page-design-title = التصميم
page-design-what = كل صفحة مصنوعة مما هنا. تتبع الألوان الوضع الفاتح أو الداكن في نظامك، وتتبع الجوانب اتجاه اللغة.
page-design-colours = الألوان
page-design-space = المسافات
page-design-states = الحالات
page-design-forms = النماذج
page-design-hint = يقف التلميح فوق الحقل ويُقرأ معه.
page-design-main = الفعل الرئيسي
page-design-other = فعل آخر
page-design-notes = الملاحظات
page-design-good = سار شيء على ما يرام.
page-design-warn = شيء يحتاج إلى انتباه.
page-design-bad = حدث خطأ ما.
page-field-amount = المبلغ
page-field-currency = العملة
page-field-list_amount = المبلغ بأسعار القائمة
page-field-list_currency = عملة أسعار القائمة
page-field-customer = العميل
page-field-customer-legal_name = الاسم القانوني
page-field-customer-country = البلد
page-field-customer-city = المدينة
page-field-customer-domain = نطاق الويب
page-field-customer-tax_id = الرقم الضريبي
page-field-customer-company_id = رقم الشركة
page-field-customer-duns = رقم D-U-N-S
page-field-customer-lei = معرّف LEI
page-field-customer-sector = القطاع
page-field-customer-subsidiary_of = تابع للمجموعة
page-field-contact = جهة الاتصال
page-field-contact-name = اسم جهة الاتصال
page-field-contact-email = بريد جهة الاتصال
page-field-contact-phone = هاتف جهة الاتصال
page-field-products = المنتجات
page-field-more_products = المنتجات
page-field-units = الوحدات
page-field-term_months = المدة بالأشهر
page-field-close_date = الإغلاق المتوقع
page-field-rfp_on = يوم طلب العروض
page-field-site = الموقع
page-field-project = المشروع
page-field-competitor = المنافس
page-field-further_customers = عملاء نهائيون آخرون
page-field-external_id = رقم الشريك
page-field-notes = ملاحظات
page-field-evidence = الأدلة
page-field-kind = نوع العمل
page-field-on = اليوم
page-field-note = ملاحظة
page-field-reason = السبب
page-field-partner = الشريك
page-field-vendor = البائع
page-field-person = الشخص
page-field-program = البرنامج
page-field-state = الحالة
page-field-registration = التسجيل
page-field-opportunity = الفرصة
page-field-submitted_at = قُدم في
page-field-posted_at = قُيد في
page-field-protected_from = محمي من
page-field-protected_until = محمي حتى
page-field-confirm_by = التأكيد قبل
page-field-loss_until = الاعتراض على الخسارة حتى
page-field-extension_until = يُقرر التمديد قبل
page-field-extension_to = تمتد الحماية مع التمديد إلى
page-field-ended_at = انتهى في
page-time-days_left = { $days ->
    [zero] لم يبق أي يوم
    [one] بقي يوم واحد
    [two] بقي يومان
    [few] بقيت { $days } أيام
    [many] بقي { $days } يوما
   *[other] بقي { $days } يوم
}
page-time-days = { $days ->
    [zero] لا أيام
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يوما
   *[other] { $days } يوم
}
page-home-expires = { $days ->
    [zero] تنتهي الحماية اليوم
    [one] تنتهي الحماية خلال يوم
    [two] تنتهي الحماية خلال يومين
    [few] تنتهي الحماية خلال { $days } أيام
    [many] تنتهي الحماية خلال { $days } يوما
   *[other] تنتهي الحماية خلال { $days } يوم
}
page-time-months = { $months ->
    [zero] لا أشهر
    [one] شهر واحد
    [two] شهران
    [few] { $months } أشهر
    [many] { $months } شهرا
   *[other] { $months } شهر
}

## صفحات البرامج والشركاء والصفقات والسلامة

page-done-unmatch = سُحبت الإجابة. سيُسأل من جديد عن المطالبات التي لم يبت فيها أحد.
page-review-skip = إلى التالي دون قرار
page-review-keys = تعمل الحروف مع مفاتيح الوصول في متصفحك.
page-customers-answered = أُجيب عنها حديثا
page-customers-answer = الإجابة
page-customers-by = بواسطة
page-customers-undo = سحب الإجابة
page-customers-undo_what = يُسأل من جديد عن المطالبات التي لم يبت فيها أحد بعد؛ وتبقى المحمية محمية.
page-field-policy = نص السياسة
page-field-scenarios = السيناريوهات
page-policy-programs = البرامج
page-policy-what = البرنامج مجموعة قواعد. الإصدار المنشور لا يتغير أبدا، ويحل التالي محله.
page-policy-none = لم يُنشر أي برنامج بعد. ابدأ واحدا.
page-policy-begin = ابدأ برنامجا
page-policy-in_force = الساري
page-policy-versions = الإصدارات
page-policy-version = الإصدار
page-policy-open = مفتوح للتسجيل
page-policy-withdrawn = مسحوب
page-policy-to_come = لم يسرِ بعد
page-policy-is_withdrawn = لا يقبل هذا البرنامج تسجيلات جديدة. وما سُجل منها مستمر. نشر إصدار لاحق يفتحه من جديد.
page-policy-next = اكتب الإصدار التالي
page-policy-effective = يسري
page-policy-immediately = فورا
page-policy-text = النص
page-policy-from_this = اكتب الإصدار التالي انطلاقا من هذا
page-policy-state-published = منشور وغير سارٍ
page-policy-state-in_force = سارٍ
page-policy-state-superseded = حل غيره محله
page-policy-withdraw = سحب البرنامج من التسجيلات الجديدة
page-policy-withdraw_what = لا يمكن لأحد بعدها أن يسجل في هذا البرنامج، ولا يعود الشركاء يرونه. أما التسجيلات القائمة فتستمر بالإصدارات التي ثبتت عليها.
page-policy-withdraw_sure = نعم، لا يسجل فيه أحد بعد الآن
page-policy-sure = أشر إلى أن لا أحد يسجل في البرنامج بعد الآن.
page-policy-done-published = نُشر.
page-policy-done-withdrawn = سُحب البرنامج.
page-policy-done-pending = قُبل ولم يُقرر بعد. انظر مجددا بعد لحظة.
page-policy-title = محرر السياسات
page-policy-how = اكتب القواعد، وافحصها كلما شئت، وجربها بالسيناريوهات، ثم انشرها. لا شيء يسري قبل ذلك.
page-policy-hint = يظهر الخطأ أعلاه وأنت تكتب. يقترح مفتاحا التحكم والمسافة ما يصلح عند المؤشر؛ وبلا نص برمجي اضغط «فحص».
page-policy-suggestions = ما يصلح هنا
page-policy-effective_hint = اتركه فارغا ليبقى ما يقوله النص. يُكتب اليوم في النص، ويبدأ عند منتصف ليله في المنطقة الزمنية للبرنامج.
page-policy-check = فحص
page-policy-publish = نشر
page-policy-try = جرّبها بالسيناريوهات
page-policy-try_hint = بمعطيات كذا، حين يحدث كذا، يجب أن يصح كذا: الصيغة مشروحة في وثيقة السيناريوهات. لا يُحفظ شيء.
page-policy-run = شغّل السيناريوهات
page-policy-wrong = لا يمكن نشر هذا بعد:
page-policy-wrong_scenarios = لا يمكن تشغيل السيناريوهات بعد:
page-policy-place = السطر { $line }، العمود { $column }:
page-policy-can_publish = لا مانع من نشر
page-policy-first = إنه الإصدار الأول للبرنامج.
page-policy-against = بالمقارنة مع
page-policy-changes = ما الذي يتغير
page-policy-came_out = نجح: { $passed }. فشل: { $failed }. معلق: { $pending }.
page-policy-scenario-passed = نجح
page-policy-scenario-failed = فشل
page-policy-scenario-pending = معلق
page-policy-counts_now = يسري فور نشره.
page-policy-counts_from = يسري من بداية
page-policy-consequence = به يُبت في المطالبات التي تكتمل من ذلك الحين. وما اكتمل قبله يبقى على الإصدار الذي ثبت عليه. لا رجعة في ذلك: للتصحيح انشر إصدارا آخر.
page-policy-back = العودة إلى النص
page-templates-title = القوالب والبرامج المعدّة
page-templates-begin = ابدأ بقالب أو برنامج معدّ
page-templates-what = كل منها سياسة معها سيناريوهات تختبرها. اختر واحدا فيُفتح المحرر على نصه. لا شيء يسري قبل أن تنشره.
page-templates-templates = القوالب
page-templates-presets = البرامج المعدّة
page-templates-presets_what = البرنامج المعدّ على غرار ما كان منشورا عن برنامج شركة أخرى في السنة المذكورة، وهو قديم أو ناقص. ليس أي منها السياسة الحالية للشركة المسماة، ولم تراجعه أي شركة ولم توافق عليه. نصوصها بالإنجليزية.
page-templates-name = الاسم
page-templates-about = ما هو
page-templates-is-referral = لأي أحد أن يحيل صفقة؛ ينفذها البائع أو معيد بيع، وينال صاحب الإحالة أجرا.
page-templates-is-simple-reseller = يسجل معيدو البيع الصفقات؛ يُحمى أول تسجيل مكتمل وتنتظر البقية.
page-templates-is-teaming = تعمل شركات التكامل مع البائع في الصفقات الكبيرة: يوافق شخص على كل منها.
page-templates-modelled_on = على غرار
page-templates-year = السنة
page-templates-undated = بلا تاريخ
page-templates-sources = المصادر المنشورة
page-templates-grade-first = عن البائع
page-templates-grade-part = عن البائع، قُرئ بعضه
page-templates-grade-third = عن غيره
page-templates-pending = { $count ->
    [zero] لا شيء منها ينتظر.
    [one] واحد منها ينتظر ما لا تقوله السياسات بعد.
    [two] اثنان منها ينتظران ما لا تقوله السياسات بعد.
    [few] { $count } منها تنتظر ما لا تقوله السياسات بعد.
    [many] { $count } منها تنتظر ما لا تقوله السياسات بعد.
   *[other] { $count } منها تنتظر ما لا تقوله السياسات بعد.
}
page-templates-begun = بدأ هذا النص من
page-templates-proposed = لديك برنامج بهذا الاسم، لذلك يسمي النص هذا البرنامج
page-templates-lacking = ليست هذه الأسماء في وثيقة البائع لديك:
page-templates-kind-tier = الفئة
page-templates-kind-partner_type = نوع الشريك
page-templates-kind-score = الدرجة
page-templates-kind-certification = الشهادة
page-templates-kind-territory = المنطقة
page-templates-kind-calendar = التقويم
page-templates-kind-line = خط المنتجات
page-templates-lacking_remedy = لا يمكن نشر النص حتى تكون في وثيقة البائع، أو حتى تكتب مكانها أسماء من عندك.
page-templates-lacking_none = كل اسم في هذا النص موجود في وثيقة البائع لديك.
page-templates-own_document = تُشغَّل السيناريوهات على وثيقة البائع لديك.
page-templates-its_document = تُشغَّل السيناريوهات على منتجات القالب وأنواع شركائه وفئاته، وهي مكتوبة فيها، لأن في وثيقة البائع لديك غيرها.
page-templates-more = مصادره وما يفترضه وما لا يستطيع قوله
page-templates-rules = ما تقوله المصادر
page-templates-assumed = ما يُفترض
page-templates-missing = ما لا يستطيع قوله بعد
page-targets-title = الأهداف
page-targets-what = ما على الشركاء بلوغه خلال مدة، وإلى أين وصلوا في نهاية يوم. والمتوقع هو ما كان ليُبلغ حتى ذلك اليوم لو تساوت الأيام كلها.
page-targets-none = لم يوضع أي هدف.
page-targets-none_running = لا هدف جاريا الآن.
page-targets-name = الهدف
page-targets-name_hint = اسم قصير بحروف لاتينية وأرقام. إن سبق استعماله لهدف حل هذا محله.
page-targets-measure = المقياس
page-targets-measure-registrations = المسجل
page-targets-measure-approved = المعتمد
page-targets-measure-won = المكسوب
page-targets-measure-value = القيمة المسجلة
page-targets-measure-approved_value = القيمة المعتمدة
page-targets-measure-won_value = القيمة المكسوبة
page-targets-period = المدة
page-targets-first_day = أول يوم
page-targets-last_day = آخر يوم
page-targets-wanted = المطلوب
page-targets-reached = المحقق
page-targets-expected = المتوقع حتى الآن
page-targets-share = نسبة التحقق
page-targets-amount_hint = للقيمة. العملات الأخرى لا تُحسب.
page-targets-count = العدد
page-targets-count_hint = للصفقات المسجلة أو المعتمدة أو المكسوبة.
page-targets-product = المنتج
page-targets-any = أي منتج أو برنامج
page-targets-set = ضع هدفا
page-targets-drop = إسقاط
page-targets-act = إنهاؤه
page-targets-others = غير محسوب، بعملات أخرى:
page-targets-without = { $count ->
    [zero] لا تسجيل بلا مبلغ.
    [one] غير محسوب: تسجيل واحد بلا مبلغ.
    [two] غير محسوب: تسجيلان بلا مبلغ.
    [few] غير محسوب: { $count } تسجيلات بلا مبلغ.
    [many] غير محسوب: { $count } تسجيلا بلا مبلغ.
   *[other] غير محسوب: { $count } تسجيل بلا مبلغ.
}
page-targets-coming = لم تبدأ المدة بعد.
page-targets-over = انتهت المدة.
page-targets-days = { $days ->
    [zero] انتهى آخر يوم.
    [one] بقي يوم واحد.
    [two] بقي يومان.
    [few] بقيت { $days } أيام.
    [many] بقي { $days } يوما.
   *[other] بقي { $days } يوم.
}
page-targets-as_of = في نهاية يوم
page-targets-show = اعرض
page-partners-title = الشركاء
page-partners-none = لم يُقيد أي شريك بعد.
page-partners-open = مفتوحة
page-partners-segments = الشرائح
page-partners-segments_hint = واحدة في كل سطر، الاسم ثم نقطتان ثم القيمة
page-partners-state = قرّر شيئا عن هذا الشريك
page-partners-terms = الشروط
page-partners-terms_what = تبقى المطالبات على الفئة التي اكتملت وهي سارية. وتسري بقية الشروط على ما يُنظر فيه من الآن.
page-partners-name = الاسم
page-partners-no_territories = لا تذكر وثيقة البائع أي إقليم.
page-partners-save = حفظ
page-partners-certify = شهادة
page-partners-valid_until = آخر يوم
page-partners-valid_hint = اتركه فارغا إن كانت لا تنتهي. يوم مضى يسحب الشهادة.
page-partners-give_score = درجة
page-partners-value = القيمة
page-partners-suspend = إيقاف
page-partners-suspend_what = لا يمكن للشريك تسجيل صفقات حتى يُعاد، ولا يُدفع له شيء. وتستمر حماياته.
page-partners-reinstate = إعادة
page-partners-reinstate_what = يمكن للشريك التسجيل من جديد من الآن.
page-partners-all = كل تسجيلات هذا الشريك
page-partners-no_registration = لم يسجل شيئا بعد.
page-partners-keys = الأشخاص والمفاتيح
page-partners-no_keys = ليس له مفتاح.
page-partners-label = التسمية
page-partners-label_hint = من يستعمله أو ما الذي يستعمله
page-partners-may = يجوز له
page-partners-used = آخر استعمال
page-partners-ends = ينتهي
page-partners-act = إنهاؤه
page-partners-ended = انتهى
page-partners-revoke = إلغاء
page-partners-make_key = أنشئ مفتاحا
page-partners-key_made = أُنشئ المفتاح
page-partners-once = انسخه الآن: يُعرض هذه المرة فقط ولا يُحفظ في أي مكان.
page-partners-done-terms = تغيرت الشروط.
page-partners-done-certification = سُجلت الشهادة.
page-partners-done-score = سُجلت الدرجة.
page-partners-done-target = وُضع الهدف.
page-partners-done-dropping = أُسقط الهدف.
page-partners-done-suspension = أُوقف الشريك.
page-partners-done-reinstatement = أُعيد الشريك.
page-partners-done-revoked = أُلغي المفتاح. يتوقف عن العمل خلال ثوانٍ.
page-partners-done-pending = قُبل ولم يُقرر بعد. انظر مجددا بعد لحظة.
page-scope-registrations_write = تسجيل الصفقات
page-scope-pipeline_read = قراءة التسجيلات
page-scope-payouts_read = قراءة المال
page-scope-events_read = متابعة الأحداث
page-scope-webhooks_admin = إعداد الإشعارات
page-wins-title = صفقات بلا تسجيل
page-wins-what = أفاد نظام علاقات العملاء بكسب هذه الصفقات، ولا قاعدة تقول لأي تسجيل تعود. لا يكسب بها أحد شيئا حتى تقرر.
page-wins-none = كل صفقة مكسوبة مربوطة بتسجيل أو قُرر أنها ليست لأحد.
page-wins-crm_partner = الشريك حسب نظام علاقات العملاء
page-wins-won_at = كُسبت في
page-wins-why = سبب عدم الربط
page-wins-belongs = تعود إلى
page-wins-search = ابحث عن تسجيلات عميل آخر باسمه
page-wins-find = ابحث
page-wins-by_name = العودة إلى اسم العميل نفسه
page-wins-searched = تسجيلات العملاء الذين يرد في أسمائهم:
page-wins-nothing_found = لا يرد في اسم أي عميل:
page-wins-more_found = تُعرض أول { $shown }. اكتب مزيدا من الاسم لترى غيرها.
page-wins-protected = محمية
page-wins-none_of_these = لا تسجيل
page-wins-other = تسجيل آخر برقمه
page-wins-winner = الشريك الذي كسبها
page-wins-winner_hint = فقط حين يذكر نظام علاقات العملاء شريكا غير صاحب التسجيل.
page-wins-choose = اختر تسجيلا، أو أنها لا تعود إلى أي تسجيل.
page-wins-link = ربط
page-wins-consequence = تتبعها الحصص والمكافآت فورا بحسب قواعد البرنامج. ويمكن ربطها لاحقا بغير ذلك: فيُسترد ما قُيد ويُقيد من جديد.
page-wins-done-linked = رُبطت.
page-wins-done-pending = قُبل ولم يُقرر بعد. انظر مجددا بعد لحظة.
page-unlinked-no_registration = لا تسجيل لعميلها ومنتجاتها
page-unlinked-customer_missing = لم يذكر نظام علاقات العملاء عميلا
page-unlinked-partner_unknown = ذكر نظام علاقات العملاء شريكا غير مقيد
page-unlinked-by_person = قال شخص إنها لا تعود إلى أي تسجيل
page-health-title = السلامة
page-health-well = كل شيء يسير: تُحسم الوقائع، وتعمل المواعيد كلها، ولم تُنحِّ أي واجهة عرض شيئا.
page-health-halted = القرارات متوقفة
page-health-halted_what = تُقبل الطلبات وهي في أمان، لكنها تنتظر. يصلح المشغّل السبب ثم يستأنف.
page-health-resuming = استأنفها المشغّل. يُحسم الآن ما كان ينتظر.
page-health-since = منذ
page-health-why = السبب
page-health-at = توقفت عند
page-health-operator = أمر المشغّل
page-health-timers = مواعيد تعذر تنفيذها
page-health-timers_what = فشل البت فيها مرتين. يعيد إصدار لاحق ضبطها من نفسه؛ ويمكنك ذلك الآن.
page-health-arm = إعادة الضبط
page-health-parked = نُحّي في واجهة العرض
page-health-parked_what = { $entries ->
    [zero] لم يُنحَّ أي قيد.
    [one] تعذر تطبيق قيد واحد.
    [two] تعذر تطبيق قيدين أو ينتظران الأول.
    [few] تعذر تطبيق { $entries } قيود أو تنتظر أول ما تعذر.
    [many] تعذر تطبيق { $entries } قيدا أو تنتظر أول ما تعذر.
   *[other] تعذر تطبيق { $entries } قيد أو تنتظر أول ما تعذر.
}
page-health-since_entry = القيد الأول
page-health-done-armed = أُعيد ضبطه. يُنفذ فورا إن كان مستحقا.

## صفحات نقاط الإشعارات ومزودي الهوية

page-webhooks-title = نقاط الإشعارات
page-webhooks-what = نقطة الإشعارات عنوان لديك يُرسل إليه كل حدث عند وقوعه موقّعا. وما لا يصل يُعاد إرساله أياما.
page-webhooks-what_own = نقطة الإشعارات عنوان لديك يُرسل إليه كل حدث يخص شركتك عند وقوعه موقّعا: التسجيلات والقرارات والأموال. ولا يُرسل شيء يخص شريكا آخر. وما لا يصل يُعاد إرساله أياما.
page-webhooks-none = لا توجد نقطة بعد. أنشئ واحدة أدناه: يلزمك عنوان ⁨https⁩ عام يجيب برمز ⁨2xx⁩.
page-webhooks-create = أنشئ نقطة
page-webhooks-create_what = يُعرض سرها مرة واحدة في الصفحة التالية. وتُرسل الأحداث من بعد ذلك إلى ذلك العنوان.
page-webhooks-endpoint = النقطة
page-webhooks-url = العنوان
page-webhooks-url_hint = عنوان ⁨https⁩ عام، ليس فيه مستخدم ولا كلمة سر
page-webhooks-name = الاسم
page-webhooks-name_hint = ما الذي يستقبل هناك
page-webhooks-types = أنواع الأحداث
page-webhooks-types_hint = نوع في كل سطر. اتركه فارغا لجميع الأنواع.
page-webhooks-all_types = جميعها
page-webhooks-order = الترتيب
page-webhooks-ordered = بالترتيب لكل موضوع
page-webhooks-unordered = كما تأتي؛ وحدث لم يصل لا يؤخر غيره
page-webhooks-ordered_hint = فالحدث الذي لم يصل يؤخر ما يليه في موضوعه وحده.
page-webhooks-feed = الأحداث المرسلة
page-webhooks-whole = أحداث البائع
page-webhooks-feed_of = أحداث شريك واحد
page-webhooks-feed_hint = معرّف الشريك. اتركه فارغا لأحداث البائع، وفيها كل شيء.
page-webhooks-after = بعد الموضع
page-webhooks-begin_hint = اتركه فارغا للبدء بالحدث التالي؛ والصفر يرسل كل ما حدث.
page-webhooks-after_hint = لكل حدث في السجل موضعه؛ والصفر يرسل كل شيء من جديد.
page-webhooks-state-enabled = تعمل
page-webhooks-state-disabled = معطلة
page-webhooks-state-failing = لا يصل شيء منذ
page-webhooks-reason-requested = بطلب
page-webhooks-reason-failing = لأن شيئا لم يصل منذ أيام
page-webhooks-cursor = أُرسل حتى الموضع
page-webhooks-created = أُنشئت في
page-webhooks-secret = سر النقطة
page-webhooks-secret_what = يتحقق المستقبل به من كل إرسال. ومن يملكه يستطيع تزوير الإرسال.
page-webhooks-both_until = يحمل كل إرسال توقيع السرين حتى
page-webhooks-old_ended = يُوقّع كل إرسال بهذا السر وحده من الآن.
page-webhooks-test = أرسل حدثا للتجربة
page-webhooks-test_what = يُرسل مرة واحدة، حتى إن كانت النقطة معطلة. ويبيّن السجل أدناه ما آل إليه.
page-webhooks-change = العنوان والاسم والأنواع والترتيب
page-webhooks-rotate = استبدل السر
page-webhooks-rotate_what = يُنشأ سر جديد ويُعرض مرة واحدة. ومتى انتهى القديم رفض كل إرسال مستقبل ليس لديه غيره.
page-webhooks-grace = التوقيع بالقديم أيضا
page-webhooks-grace-day = مدة يوم
page-webhooks-grace-hour = مدة ساعة
page-webhooks-grace-none = لا: عرفه غيرنا
page-webhooks-disable = تعطيل
page-webhooks-disable_what = لا يُرسل شيء حتى تُشغّل. وتحتفظ بموضعها فلا يضيع شيء.
page-webhooks-enable = تشغيل
page-webhooks-enable_what = يُستأنف الإرسال من حيث توقف.
page-webhooks-replay = الإرسال من جديد
page-webhooks-replay_what = يُرسل كل حدث بعد الموضع من جديد أو لأول مرة، بالمعرّف نفسه. والمستقبل الذي يحفظ المعرّفات لا يأخذ حدثا مرتين.
page-webhooks-delete = حذف
page-webhooks-delete_what = لا يُرسل شيء بعدها، ويزول موضعها وسجلها، ولا يصلح سرها لشيء. ولا رجوع في ذلك.
page-webhooks-sure = ضع علامة على أنك قرأت ما يترتب.
page-webhooks-sure_box = نعم، قرأت ما يترتب
page-webhooks-log = سجل الإرسال
page-webhooks-no_deliveries = لم يُرسل شيء بعد. يبيّن حدث التجربة هل يجيب المستقبل.
page-webhooks-any_outcome = الكل
page-webhooks-at = متى
page-webhooks-event = الحدث
page-webhooks-outcome = النتيجة
page-webhooks-attempt = المحاولة
page-webhooks-next = يعاد في
page-webhooks-earlier = ما قبلها
page-webhooks-outcome-delivered = وصل
page-webhooks-outcome-failed = لم يصل
page-webhooks-outcome-given_up = تُرك
page-webhooks-failure-address = العنوان غير مسموح
page-webhooks-failure-name = ليس للاسم عنوان
page-webhooks-failure-connection = لا اتصال
page-webhooks-failure-tls = الشهادة غير موثوقة
page-webhooks-failure-timeout = لا إجابة في الوقت
page-webhooks-failure-protocol = إجابة غير مفهومة
page-webhooks-failure-redirect = أحال إلى عنوان آخر
page-webhooks-done-change = تغيرت.
page-webhooks-done-replay = تُرسل الأحداث من جديد.
page-webhooks-done-disablement = عُطلت. لا يُرسل شيء بعد الآن.
page-webhooks-done-enablement = شُغلت. يُستأنف الإرسال من حيث توقف.
page-webhooks-done-test = حدث التجربة في الطريق. أعد تحميل الصفحة لترى ما آل إليه.
page-webhooks-done-deleted = حُذفت النقطة.
page-providers-title = مزودو الهوية
page-providers-what = يسجل الناس دخولهم عن طريق مزود الهوية لدى شركتك. وما يقوله عنهم يعطيهم دورهم هنا.
page-providers-none = لا يوجد مزود بعد: يسجل الناس دخولهم بروابط ينشئها المشغّل. أعد مزودا ليسجلوا دخولهم بأنفسهم.
page-providers-begin = أعد مزودا
page-providers-settings = الإعدادات
page-providers-id = المعرّف هنا
page-providers-id_hint = حروف لاتينية صغيرة وأرقام وشرطات. وهو جزء من عنوان العودة الذي يعرفه المزود.
page-providers-unnamed = اختر معرّفا.
page-providers-taken = يوجد مزود بالمعرّف { $name }. اختر معرّفا آخر، أو غيّر ذاك.
page-providers-changed = غيّر أحدهم هذا المزود بعد أن فتحت النموذج. ما كتبته ما زال هنا؛ أرسله من جديد ليحل محل ما كتب.
page-providers-role_changed = غيّر أحدهم هذا الدور أو أزاله بعد أن فتحته. افتح المزود من جديد وغيّر الدور كما هو الآن.
page-providers-name = الاسم
page-providers-name_hint = ما يقوله الزر في صفحة الدخول
page-providers-issuer = جهة الإصدار
page-providers-issuer_hint = حرفا بحرف، كما في وثيقة المزود
page-providers-for = تُستعمل في
page-providers-for_people = تسجيل الدخول
page-providers-for_api = رموز الواجهة البرمجية
page-providers-client = معرّف العميل
page-providers-client_hint = للعميل الذي أنشأته لدى المزود. وبدونه لا يسجل أحد دخوله.
page-providers-secret_hint = إن كان للعميل سر. لا يُعرض في أي مكان؛ اكتبه مجددا إن عاد النموذج.
page-providers-secret_kept = اتركه فارغا ليبقى السر المحفوظ، للعميل نفسه لدى الجهة نفسها.
page-providers-has_secret = محفوظ ولا يُعرض
page-providers-no_secret = لا يوجد
page-providers-redirect = عنوان العودة، ليُسجل لدى المزود
page-providers-after = العنوان بعد تسجيل الخروج
page-providers-asks_for = يطلب
page-providers-asks_for_hint = واحد في كل سطر
page-providers-userinfo = اقرأ الصفات من نقطة معلومات المستخدم أيضا
page-providers-userinfo_hint = للمزودين الذين لا تحمل رموزهم المجموعات أو الأدوار
page-providers-offered = اعرض الزر للجميع
page-providers-offered_hint = وإلا احتاج الناس إلى عنوان الدخول
page-providers-yes = نعم
page-providers-no = لا
page-providers-minutes = دقائق بقاء الناس مسجلين
page-providers-minutes_hint = من 5 إلى 720. اتركه فارغا ليتبع رمز الهوية.
page-providers-audience = الجمهور المقصود
page-providers-audience_hint = لرموز الواجهة البرمجية. اتركه فارغا لئلا يُقبل أي منها.
page-providers-token_type = نوع رموز الواجهة
page-providers-changed_at = تغير في
page-providers-again_what = متى حُفظ، وجب على من سجلوا دخولهم بهذا المزود أن يسجلوه من جديد.
page-providers-roles = الأدوار
page-providers-roles_what = ينال كل شخص جميع الأدوار التي تتحقق شروطها. ولا تعطي إلا ما يجوز لك.
page-providers-role = الدور
page-providers-first_role = دوره الأول
page-providers-add_role = أضف دورا
page-providers-remove_role = أزل الدور
page-providers-remove_role_what = فمن ليس له دور آخر لا يستطيع شيئا هنا. ولا يُزال آخر دور للمزود؛ أزل المزود نفسه.
page-providers-role_name = اسم الدور
page-providers-role_name_hint = ما يطلبه الناس منك
page-providers-when = الشروط
page-providers-when_hint = شرط في كل سطر، ويجب أن تتحقق كلها: اسم الصفة ثم علامة المساواة بين فراغين ثم القيمة
page-providers-partner = هم لهذا الشريك
page-providers-partner_hint = معرّف الشريك. اترك الخانتين فارغتين لموظفي البائع.
page-providers-partner_claim = أو للشريك الذي تحمل هذه الصفة معرّفه
page-providers-partner_claim_hint = اسم الصفة
page-providers-whose = لمن
page-providers-by_claim = الشريك المذكور في
page-providers-vendors = للبائع
page-providers-try = جرّبه
page-providers-try_what = ماذا ينال من يأتي بهذه الصفات؟ لا يتغير شيء.
page-providers-claims = الصفات
page-providers-claims_hint = كما في الرمز، بصيغة جيسون
page-providers-no_claims = اكتب الصفات ككائن جيسون: الأسماء بين علامتي اقتباس، ولكل منها قيمته.
page-providers-would_be = يكونون:
page-providers-remove = أزل المزود
page-providers-remove_what = تُرفض رموزه وتنتهي جلساته، وجلستك أيضا إن جئت عن طريقه. ولاستعادته يُعد من جديد.
page-providers-sure = ضع علامة على ألا يسجل أحد دخوله به بعد الآن.
page-providers-sure_box = نعم، لا يسجل أحد دخوله به بعد الآن
page-providers-done-settings = أُعد المزود.
page-providers-done-role = حُفظ الدور.
page-providers-done-role_removed = أُزيل الدور.
page-providers-done-removed = أُزيل المزود. وانتهت جلساته.
page-people-title = من جاؤوا
page-people-what = كل من سجل دخوله عن طريق مزود هوية، أو جاء إلى الواجهة البرمجية برمز منه.
page-people-none = لم يأت أحد عن طريق مزود هوية بعد.
page-people-person = الشخص
page-people-first = أول مرة
page-people-last = آخر مرة
page-people-admitted = مقبول
page-people-blocked_at = محظور منذ
page-people-block = حظر
page-people-admit = قبول من جديد
page-people-block_what = يُرفض المحظور خلال ثوانٍ مهما قال المزود، ويمكن قبوله من جديد.
page-people-done-blocked = حُظر. تُرفض الرموز وتنتهي الجلسات خلال ثوانٍ.
page-people-done-admitted = قُبل من جديد.
page-field-client_secret = سر العميل
page-scope-reviews_write = البت في التسجيلات
page-scope-opportunities_write = إثبات الفرص والمكاسب
page-scope-partners_admin = إدارة الشركاء
page-scope-program_admin = نشر البرامج
page-scope-vendor_admin = تغيير وثيقة البائع
page-scope-credentials_admin = إدارة المفاتيح ومزودي الهوية
page-scope-import = استيراد التاريخ

## ما يؤكده شخص من مقترحات المساعد

proposal-register = يُقدّم تسجيل للعميل { $customer } ضمن البرنامج { $program }. تبت فيه قواعده فورا. ويمكن سحبه لاحقا.
proposal-withdraw = يُتخلى عن التسجيل { $target }. تنتهي حمايته فورا، وقد تؤول الصفقة إلى الشريك التالي. ولا رجوع في ذلك.
proposal-evidence = يُضاف دليل إلى التسجيل { $target }. ولا يمكن إزالته بعد ذلك.
proposal-extension = يُطلب وقت إضافي للتسجيل { $target }. ويبت فيه مراجع.
proposal-review = { $verdict ->
    [approve] يُوافق على التسجيل { $target }: تُحمى الصفقة لشريكه، وينتظر غيره خلفه.
    [reject] يُرفض التسجيل { $target } ويُبلّغ شريكه بالسبب. ويأتي دور من ينتظر خلفه.
    [revoke] تنتهي حماية التسجيل { $target } فورا ويُبلّغ شريكه بالسبب. ويأتي دور من ينتظر خلفه.
    [action_required] يُطلب من شريك التسجيل { $target } تصحيح الحقول المذكورة، ولا يمكنه تغيير سواها.
    [grant_extension] تستمر حماية التسجيل { $target } مدة أطول.
    [refuse_extension] لا يُمنح التسجيل { $target } وقتا إضافيا؛ وتنتهي حمايته في موعدها.
    [uphold_objection] يُقبل الاعتراض: تستمر حماية التسجيل { $target } رغم الإبلاغ عن الخسارة.
    [dismiss_objection] يُرد الاعتراض: ينتهي التسجيل { $target } بالخسارة.
   *[other] يُبت في التسجيل { $target }.
}
proposal-link = { $registration ->
    [none] لا تعود الفرصة { $target } إلى أي تسجيل. لا تُقيد حصة لأحد، ويُسترد ما قُيد.
   *[other] تعود الفرصة { $target } إلى التسجيل { $registration }. فإن كُسبت تبعتها الحصص والمكافآت فورا.
}
proposal-match = { $same ->
    [true] عميلا { $target } شركة واحدة. يُبت من جديد في المطالبات على أي منهما، ويسري ذلك على ما يأتي.
   *[other] عميلا { $target } شركتان مختلفتان، وتبقيان كذلك في المطالبات اللاحقة.
}

## الوقائع: ما أبلغ به الشركاء وموظفو البائع ونظام إدارة العملاء

entry-vendor-created = يبدأ البائع { $name }.
entry-vendor-configured = استُبدلت وثيقة البائع.
entry-vendor-went_live = بدأ البائع التشغيل الفعلي.
entry-clock-moved = نُقلت ساعة بيئة التجربة إلى { $to }.
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
entry-connection-configured = صارت للاتصال بنظام إدارة العملاء { $connection } إعدادات جديدة، المراجعة { $revision }.
entry-connection-rotated = صار للاتصال بنظام إدارة العملاء { $connection } سر جديد؛ وينتهي القديم في { $expires_at }.
entry-connection-deleted = حُذف الاتصال بنظام إدارة العملاء { $connection }.
entry-endpoint-created = أُنشئت نقطة الإشعار { $endpoint }.
entry-endpoint-changed = غُيّرت نقطة الإشعار { $endpoint }: { $fields }.
entry-endpoint-rotated = صار لنقطة الإشعار { $endpoint } سر جديد؛ وينتهي القديم في { $expires_at }.
entry-endpoint-replayed = تُرسل الأحداث التي تلي الموضع { $after } مرة أخرى إلى نقطة الإشعار { $endpoint }.
entry-endpoint-disabled = { $reason ->
    [failing] عُطّلت نقطة الإشعار { $endpoint }: فشل كل إرسال منذ { $failing_since }.
   *[other] عُطّلت نقطة الإشعار { $endpoint }.
 }
entry-endpoint-enabled = فُعّلت نقطة الإشعار { $endpoint }.
entry-endpoint-deleted = حُذفت نقطة الإشعار { $endpoint }.
entry-provider-configured = أُعد مزود الهوية { $provider } ({ $issuer }).
entry-provider-removed = أُزيل مزود الهوية { $provider }.
entry-identity-blocked = حُظرت الهوية { $identity }.
entry-identity-admitted = سُمح للهوية { $identity } بالدخول من جديد.
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
entry-target-set = هدف { $partner } باسم { $name }: { $measure ->
    [registrations] العدد المسجل { $count }
    [approved] العدد المعتمد { $count }
    [won] العدد المكسوب { $count }
    [value] القيمة المسجلة { $amount }
    [approved_value] القيمة المعتمدة { $amount }
   *[won_value] القيمة المكسوبة { $amount }
}، من { $first_day } حتى نهاية { $last_day }{ $program ->
    [none] {""}
   *[other] ، في البرنامج { $program }
}{ $product ->
    [none] .
   *[other] ، بالمنتج { $product }.
}
entry-target-dropped = أُسقط الهدف { $name } عن { $partner }.
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
entry-registration-held-contest = في انتظار مطالبات أخرى بالصفقة. { $because }
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
entry-registration-closed-won_unprotected = مفقود: كُسبت الصفقة ولم تكن هذه المطالبة محمية.
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
entry-loss-lifted-relinked = لم تعد الفرصة المفقودة تخصه: تستمر الحماية.
entry-loss-lifted-objection_upheld = لم تعد الخسارة المبلغ عنها محسوبة: تستمر الحماية. { $because }
entry-protection-extended = مُدّد: محمي حتى { $protected_until }. { $because }
entry-protection-expired-period_over = انتهت الحماية: مضى آخر أيامها.
entry-protection-expired-claimed_meanwhile = انتهت الحماية: عُكس الكسب والصفقة لمطالبة أخرى.
entry-protection-expired-over_meanwhile = انتهت الحماية: عُكس الكسب وكانت مدتها قد انقضت.
entry-protection-converted = { $late ->
    [true] تحوّل إلى بيع: كُسب متأخرًا، لكن بُعيد الحماية ولا منافس يملك الصفقة.
   *[false] تحوّل إلى بيع: كُسب تحت الحماية.
}
entry-protection-lost = مفقود: خُسرت آخر فرصه المفتوحة ولم تُكسب أي فرصة. { $because }
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

entry-reward-accrued = كُسب { $amount } عن { $name }{ $base ->
    [none] {""}
   *[other] : { $pct } % من { $base }
}{ $cap ->
    [none] {""}
   *[other] ، على ألا يتجاوز { $cap }
}{ $adjusts ->
    [none] {""}
   *[other] ، بعد طرح ما كُسب أو رُدّ من قبل
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
}{ $most ->
    [none] {""}
    [one] ، ولا يملكها أكثر من تسجيل واحد
    [two] ، ولا يملكها أكثر من تسجيلين
    [few] ، ولا يملكها أكثر من { $most } تسجيلات
    [many] ، ولا يملكها أكثر من { $most } تسجيلًا
   *[other] ، ولا يملكها أكثر من { $most } تسجيل
}؛ عُرف العميل من { $keys }.
finding-exclusivity-passed = { $most ->
    [none] لا أحد يملك الصفقة.
    [one] يملك الصفقةَ أقلُّ من تسجيل واحد.
    [two] يملك الصفقةَ أقلُّ من تسجيلين.
    [few] يملك الصفقةَ أقلُّ من { $most } تسجيلات.
    [many] يملك الصفقةَ أقلُّ من { $most } تسجيلًا.
   *[other] يملك الصفقةَ أقلُّ من { $most } تسجيل.
}
finding-exclusivity-shared = يسمح البرنامج لكل تسجيل للصفقة بأن يملكها.
finding-exclusivity-none = لا تمنع التسجيلات أحدًا في هذا البرنامج.
finding-conflict-order-first_complete_submission = طولب بالصفقة نفسها قبل ذلك؛ عُرف العميل من { $keys }.
finding-conflict-order-approved_first = يمكن قبول مطالبة بالصفقة نفسها قبل هذه؛ عُرف العميل من { $keys }.
finding-conflict-order-evidence_score = تُظهر مطالبة بالصفقة نفسها عملًا أكثر؛ عُرف العميل من { $keys }.
finding-conflict-order-tier = تتقدم مطالبة بالصفقة نفسها بمكانة شريكها؛ عُرف العميل من { $keys }.
finding-conflict-order-manual = تنتظر عدة مطالبات وتترك السياسة الاختيار لمراجع.
finding-won_by_holder = التسجيل الذي كان يملك الصفقة كسبها، ويحتفظ بها حتى { $until }.
finding-conflict-runner_up_order = جاء دور مطالبة أخرى بالصفقة نفسها، كما يرتب البرنامج المنتظرين؛ عُرف العميل من { $keys }.
finding-conflict-runner_up_order-manual = تنتظر عدة مطالبات وتترك السياسة لمراجع أن يقول من التالي.
finding-conflict-runner_up_order-passed = جاء دورها كما يرتب البرنامج المنتظرين.
finding-conflict-contest_window = لشركاء آخرين أن يطالبوا بالصفقة حتى { $until }؛ ثم يفصل ترتيب البرنامج بين المطالبات كلها.
finding-conflict-waiter_confirm = أكد قبل { $until } أنك ما زلت تريد الصفقة.
finding-conflict-on_lost = اعترض قبل { $until } إن لم تُخسر الصفقة.
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
finding-same_deal-key = { $key ->
    [line] المطالبتان على خط منتجات واحد لدى العميل، والبرنامج يعطيه لشريك واحد.
    [customer] يعطي البرنامج العميل لشريك واحد، أيًا كانت المنتجات.
    [workload] تذكر المطالبتان عبء عمل واحدًا لدى العميل: { $named }.
   *[subscription] تذكر المطالبتان اشتراكًا واحدًا: { $named }.
}
finding-same_deal-site = المطالبتان لموقع واحد: { $site }.
finding-same_deal-territory = العميلان في إقليم واحد: { $territory }.
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
    [shared] جلب الصفقةَ كل الشركاء الذين ملكوها، بأنصبة متساوية.
    [first_touch] جلب الصفقةَ أولُ شريك عمل عليها.
    [last_touch] جلب الصفقةَ آخرُ شريك عمل عليها.
    [linear] جلب الصفقةَ كل من عمل عليها، لكل مرة نصيب مساوٍ.
    [position_based] جلب الصفقةَ كل من عمل عليها، وللأول والأخير أكبر نصيب.
    [time_decay] جلب الصفقةَ كل من عمل عليها، وللأحدث نصيب أكبر.
   *[other] يحدد النموذج { $model } من جلب الصفقة.
}
finding-credit-unprotected_win-rival_holds-passed = كان منافس يملك الصفقة. أدوار المالك: { $holder_roles }؛ وأدوار من كسبها: { $winner_roles }؛ والباقي للبائع.
finding-credit-unprotected_win-nobody_holds-passed = لم يكن أحد يملك الصفقة. أدوار من كسبها: { $winner_roles }؛ والباقي للبائع.
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
finding-review-still_asked = مما طلبه المراجع لا يزال ناقصا: { $fields }.
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
refused-calendar-year_missing = يسرد التقويم { $calendar } عطلًا حتى عام { $last } ولا يسرد شيئًا من عام { $year } الذي تسري فيه السياسة؛ أضف عطل عام { $year } إلى وثيقة البائع أولًا.
refused-case-closed = القضية مغلقة من قبل.
refused-case-unknown = لا توجد قضية { $case }.
refused-certification-unknown = { $program ->
    [none] الشهادة { $certification } ليست في وثيقة البائع؛ { $similar ->
        [none] أضفها إليها أولًا، أو استعمل معروفة: { $known }.
       *[other] هل قصدت { $similar }؟ المعروف: { $known }.
    }
   *[other] لا يمكن حذف الشهادة { $certification } من وثيقة البائع: يسميها الإصدار { $version } من البرنامج { $program } في { $place }.
}
refused-clock-behind = تقف ساعة بيئة التجربة عند { $reached } ولا تتحرك إلا إلى الأمام؛ أعط هذا الوقت أو وقتًا بعده.
refused-clock-too_far = تقف ساعة بيئة التجربة عند { $reached } وتتحرك في كل مرة { $days } يومًا على الأكثر؛ أعط وقتًا أبكر.
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
refused-product-unknown = { $product } ليس في دليل منتجات البائع؛ اذكر واحدا من منتجاته.
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
refused-target-too_many = { $most ->
    [zero] لا يقبل الشريك أهدافا.
    [one] للشريك هدف واحد، ولا يقبل المزيد.
    [two] للشريك هدفان، ولا يقبل المزيد.
    [few] للشريك { $most } أهداف، ولا يقبل المزيد.
    [many] للشريك { $most } هدفا، ولا يقبل المزيد.
   *[other] للشريك { $most } هدف، ولا يقبل المزيد.
}
refused-target-unknown = ليس للشريك هدف باسم { $name }.
refused-timer-not_failed = لم يفشل المؤقت { $timer } الخاص بـ { $subject }، فلا شيء يُعاد تشغيله.
refused-vendor-exists = البائع موجود من قبل.
refused-vendor-importing = يستورد البائع تاريخه: أرسل الوقائع بوقت تسجيلها تحت النطاق import.
refused-vendor-live = { $reason ->
    [already] البائع في التشغيل الفعلي من قبل.
   *[other] البائع في التشغيل الفعلي: تُسجل الوقائع حين تصل.
}
refused-vendor-not_sandbox = لا تُنقل إلا ساعة بيئة التجربة؛ ساعة هذا البائع هي الساعة الحقيقية.
refused-vendor-sandbox = بيئة التجربة لا تبدأ التشغيل الفعلي أبدًا؛ أنشئ لذلك بائعًا مستقلًا.
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
blind-own = سجّلت هذه الصفقة من قبل، برقم { $own }؛ وسيُرفض تسجيل آخر لها.
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

## الخط الزمني: ما حول سطوره

timeline-about = { $kind } { $about }، البائع { $vendor }، بتوقيت { $zone }
timeline-now = الآن
timeline-credit = الرصيد
timeline-rewards = المكافآت
timeline-claim = { $registration } لـ { $partner }: { $state }{ $until ->
    [none] {""}
   *[other] {" "}حتى { $until }
}
timeline-share = { $whose }: { $amount } { $role } ({ $portion }) من { $opportunity }
timeline-sum = المجموع، { $partner }: { $amount } { $status }
timeline-left = بقي { $left } من { $amount }
timeline-reversed = استُرجع { $amount }، ولا شيء مستحق
timeline-payable = { $left }، قابل للدفع منذ { $due }، مستحق الآن
timeline-payable-blocked = { $left }، قابل للدفع منذ { $due }، ولا يُدفع ما دام { $partner } موقوفًا
timeline-held = { $left }، محجوز، يستحق في { $due }
timeline-held-waits = { $left }، محجوز: { $waits }؛ يستحق في { $due } على الأقرب
timeline-held-over = { $left }، محجوز: { $waits }؛ انتهى حجزه في { $due }
timeline-waits-case = على مراجع أن يحسم { $case }
timeline-waits-suspended = { $partner } موقوف
timeline-more = القيود أكثر مما يظهر هنا: انظر /v1/events.

## المشكلات: ما الخطأ في الطلب، بحسب رمزه

problem-accept-none = لا توجد إجابة بأي من الأنواع المقبولة
problem-ambiguous = قد يكون الطلب قُبل وقد لا يكون
problem-body-encoding = ترميز المحتوى غير مقبول
problem-body-media_type = نوع المحتوى غير مقبول هنا
problem-body-too_large = جسم الطلب أكبر مما يُسمح به
problem-bulk-backlog = لم تُحسم بعدُ وقائع البائع السابقة
problem-bulk-busy = استيراد آخر لهذا البائع جارٍ
problem-bulk-too_many_rows = صفوف الطلب أكثر مما يُسمح به
problem-calendar-unknown = لا يوجد هذا التقويم في وثيقة البائع
problem-calendar-year_missing = لا يسرد التقويم عطلًا في ذلك العام
problem-case-closed = القضية مغلقة
problem-case-unknown = لا توجد هذه القضية
problem-certification-unknown = لا توجد هذه الشهادة في وثيقة البائع
problem-clock-behind = تجاوزت ساعة بيئة التجربة هذا الوقت
problem-clock-too_far = لا يمكن نقل ساعة بيئة التجربة كل هذه المدة دفعة واحدة
problem-conflict-open = للتسجيل نزاع مفتوح
problem-conflict-unknown = لا يوجد هذا النزاع
problem-connection-unknown = لا يوجد اتصال كهذا بنظام إدارة العملاء
problem-endpoint-address = لا يمكن استخدام العنوان
problem-endpoint-disabled = نقطة الإشعار معطّلة
problem-endpoint-name = تعذر العثور على الاسم
problem-endpoint-position = لا يوجد موضع كهذا
problem-endpoint-too_many = نقاط الإشعار أكثر مما يُسمح به
problem-endpoint-unknown = لا توجد نقطة إشعار كهذه
problem-correction-vendor_only = لا يصحح المطالبة إلا البائع
problem-credential-ended = انتهى مفتاح الدخول
problem-credential-expired = انتهت مدة مفتاح الدخول
problem-credential-last_administrator = هذا آخر مفتاح يدير مفاتيح البائع
problem-credential-missing = لم يُرسل مفتاح دخول
problem-credential-not_found = لا يوجد هذا المفتاح
problem-credential-revoked = أُلغي مفتاح الدخول
problem-credential-rotated = استُبدل مفتاح الدخول من قبل
problem-credential-unknown = مفتاح الدخول غير معروف
problem-credential-vendor_only = لا يقرأ هذا إلا مفاتيح البائع
problem-file-encoding = ترميز الملف غير معروف أو ليس الترميز المذكور
problem-file-separator = لا يمكن معرفة فاصل الأعمدة في الملف
problem-file-column = عمود في الملف لا يقابل حقلًا، أو حقل له عمودان
problem-file-dates = يمكن قراءة تواريخ العمود على وجهين
problem-file-decimal = يمكن قراءة أرقام العمود على وجهين
problem-file-row = لا يمكن قراءة صف من الملف
problem-file-value = لا يمكن قراءة خلية من الملف
problem-file-too_long = صفوف الملف أكثر من المسموح
problem-csv-too_large = الصفوف المطابقة أكثر مما يسعه ملف واحد
problem-cursor-invalid = المؤشر لا يخص هذه القائمة
problem-crm-amount_missing = لبند من البنود لا مبلغ
problem-crm-app_other = الحدث من تطبيق آخر
problem-crm-archived_won = صفقة رابحة أُرشفت في نظام إدارة العملاء
problem-crm-away = نظام إدارة العملاء لا يجيب
problem-crm-currency_missing = لا عملة للمبلغ
problem-crm-date_invalid = ليس التاريخ تاريخًا
problem-crm-deal_gone = لا صفقة كهذه في نظام إدارة العملاء
problem-crm-not_configured = لا إعدادات لنظام إدارة العملاء لهذا الاتصال
problem-crm-number_invalid = ليس المبلغ عددًا
problem-crm-partner_missing = لا تسمّي الصفقة شريكًا
problem-crm-partner_unknown = شريك الصفقة غير معروف
problem-crm-portal_other = الحدث من حساب آخر
problem-crm-rate_limited = نظام إدارة العملاء يطلب التمهل
problem-crm-record_invalid = ليست الحمولة دفعة أحداث ولا صفقة
problem-crm-refund_incomplete = لا معرّف للمبلغ المردود
problem-crm-request_refused = نظام إدارة العملاء يرفض السؤال
problem-crm-revision_missing = لا تقول الصفقة متى تغيّرت
problem-crm-stage_unknown = المرحلة غير معيّنة
problem-crm-token_refused = نظام إدارة العملاء يرفض رمز الوصول
problem-customer-identical = العميلان واحد من قبل
problem-customer-identifiers_equal = للعميلين المعرّف نفسه
problem-decider-fault = تعذر حسم الطلب
problem-duplicate_of_own = سجل الشريك هذه الصفقة من قبل
problem-event-too_large = الواقعة أكبر مما يسعه السجل
problem-evidence-too_many = أدلة التسجيل أكثر مما يُسمح به
problem-evidence-unknown = لا يوجد هذا الدليل على التسجيل
problem-extension-deal_taken = صارت للصفقة مطالبة أخرى
problem-extension-evidence_required = يحتاج التمديد إلى دليل
problem-extension-late = طُلب التمديد متأخرًا
problem-extension-none_pending = لا تمديد ينتظر قرارًا
problem-extension-not_offered = لا يمنح البرنامج تمديدًا
problem-extension-pending = ينتظر تمديد آخر قرارًا
problem-extension-used_up = لم يبق تمديد
problem-fact-unknown = لا يوجد هذا الطلب
problem-fact-unreadable = تعذرت قراءة الطلب
problem-field-missing = الحقل ناقص
problem-field-not_open = لا يتغير هذا الحقل الآن
problem-field-required = لا يمكن حذف الحقل
problem-field-unknown = ليس في الطلب حقل كهذا
problem-http-expectation = لا يمكن تلبية الترويسة Expect
problem-http-head_too_large = سطر الطلب وترويساته أكبر مما يُسمح به
problem-http-host = الترويسة Host ناقصة أو خاطئة
problem-http-host_unknown = للخدمة اسم آخر
problem-http-malformed = الطلب ليس HTTP/1.1
problem-http-target_too_long = المسار ومعاملاته أطول مما يُسمح به
problem-http-too_slow = وصل الطلب ببطء شديد
problem-http-version = إصدار HTTP غير مدعوم
problem-idempotency-key_invalid = الترويسة Idempotency-Key غير صالحة
problem-idempotency-key_missing = الترويسة Idempotency-Key ناقصة
problem-idempotency-key_reused = استُعمل المفتاح لطلب آخر
problem-identity-blocked = حظرك البائع
problem-identity-unknown = لا توجد هذه الهوية
problem-import-paused = استيراد البائع متوقف
problem-internal = خطأ داخلي
problem-items-currency = البنود بعملة أخرى
problem-items-sum = مجموع البنود لا يساوي المبلغ
problem-json-duplicate_key = يذكر جسم الطلب حقلًا مرتين
problem-json-malformed = جسم الطلب ليس JSON
problem-json-too_deep = تداخل جسم الطلب أعمق مما يُسمح به
problem-json-too_many_values = قيم جسم الطلب أكثر مما يُسمح به
problem-line-unknown = لا يوجد خط المنتجات هذا في وثيقة البائع
problem-link-unchanged = الربط كما هو من قبل
problem-link-winner_required = لم يُذكر من كسبها
problem-link-winner_unknown = من كسبها ليس أحد الشريكين
problem-match-not_decided = لم تُحسم المطابقة بعد
problem-match-self = التسجيلان واحد
problem-match-unknown = لا توجد هذه المطابقة
problem-method-not_allowed = هذه الطريقة غير مسموح بها
problem-objection-none_pending = لا اعتراض ينتظر قرارًا
problem-objection-nothing_lost = لا خسارة تنتظر اعتراضًا
problem-objection-pending = ينتظر اعتراض آخر قرارًا
problem-opportunity-open = الفرصة مفتوحة
problem-opportunity-unknown = لا توجد هذه الفرصة
problem-overloaded = طلبات كثيرة تنتظر
problem-partner-active = الشريك ليس موقوفًا
problem-partner-exists = الشريك موجود من قبل
problem-partner-not_found = لا يوجد هذا الشريك
problem-partner-not_yours = مفتاح الدخول لشريك آخر
problem-partner-suspended = الشريك موقوف
problem-partner-unknown = ليس للبائع شريك كهذا
problem-partner_type-unknown = لا يوجد نوع الشركاء هذا في وثيقة البائع
problem-path-unknown = لا يوجد هذا المسار
problem-policy-effective_in_past = تسري السياسة من تاريخ مضى
problem-policy-invalid = في السياسة حقول غير صالحة
problem-policy-version_exists = نسخة السياسة موجودة من قبل
problem-position-not_reached = لم يُبلغ هذا الموضع بعد
problem-precondition-invalid = الترويسة If-Match غير صالحة
problem-precondition-missing = الترويسة If-Match ناقصة
problem-product-unknown = لا يوجد هذا المنتج في القائمة
problem-program-not_found = لا يوجد هذا البرنامج
problem-program-unknown = ليس للبائع برنامج كهذا
problem-program-withdrawn = لا يقبل البرنامج تسجيلات جديدة
problem-provider-away = مزود الهوية لا يستجيب
problem-provider-taken = يقبل مزود آخر هذه الرموز
problem-saved_view-unknown = لا يوجد عرض محفوظ كهذا
problem-saved_view-exists = لديك عرض محفوظ بهذا الاسم
problem-saved_view-too_many = العروض المحفوظة أكثر من اللازم
problem-provider-too_many = للبائع مزودو هوية أكثر من اللازم
problem-provider-unknown = لا يوجد مزود الهوية هذا
problem-rate-exceeded = الطلبات أكثر مما يُسمح به
problem-recorded_at-future = وقت التسجيل في المستقبل
problem-recorded_at-invalid = وقت التسجيل غير صالح
problem-recorded_at-older = وقت التسجيل أقدم من آخر وقت
problem-refund-currency = الاسترداد بعملة أخرى
problem-refund-nothing = الاسترداد بلا مبلغ
problem-refund-repeated = ذُكر هذا الاسترداد من قبل
problem-refund-too_large = الاسترداد أكبر مما بقي
problem-refund-too_many = استردادات الطلبية أكثر مما يُسمح به
problem-registration-exists = التسجيل موجود من قبل
problem-registration-not_invited = لم يأت دور التسجيل
problem-registration-not_open = لا يسمح التسجيل بهذا الآن
problem-registration-unknown = لا يوجد هذا التسجيل
problem-request-invalid = في الطلب حقول غير صالحة
problem-revision-mismatch = تغير التسجيل منذ تلك المراجعة
problem-reward-unknown = لا توجد هذه المكافأة
problem-scenario-busy = تُشغَّل الآن سيناريوهات أخرى
problem-scenario-invalid = لا يمكن قراءة السيناريوهات كما هي
problem-scenario-not_expressible = في السيناريو ما لا يعرفه هذا الإصدار بعد
problem-scenario-too_long = يستغرق تشغيل السيناريوهات وقتًا أطول مما يُسمح به
problem-role-missing = لا يعطيك مزود الهوية دورا
problem-scope-missing = ليست لمفتاح الدخول هذه الصلاحية
problem-score-unknown = لا توجد هذه الدرجة في وثيقة البائع
problem-source-older = الرسالة أقدم من آخر رسالة
problem-template-not_found = لا يوجد قالب برامج كهذا
problem-territory-unknown = لا توجد هذه المنطقة في وثيقة البائع
problem-target-too_many = للشريك أكبر عدد مسموح من الأهداف
problem-target-unknown = ليس للشريك هذا الهدف
problem-tier-unknown = لا توجد هذه الفئة في وثيقة البائع
problem-timer-not_failed = لم يفشل هذا المؤقت
problem-token-expired = انتهت مدة الرمز
problem-token-invalid = الرمز غير مقبول
problem-unavailable = لا يجيب خادم يحتاج إليه dealreg
problem-vendor-exists = البائع موجود من قبل
problem-vendor-importing = يستورد البائع تاريخه
problem-vendor-live = البائع يعمل من قبل
problem-vendor-not_sandbox = البائع ليس بيئة تجربة
problem-vendor-sandbox = البائع بيئة تجربة
problem-vendor-unknown = لا يوجد هذا البائع
problem-view-behind = العرض متأخر
problem-webhook-id_reused = استُعمل معرّف الرسالة لجسم آخر
problem-webhook-replayed = قُبلت هذه الرسالة من قبل
problem-webhook-signature_invalid = التوقيع غير صحيح
problem-webhook-timestamp_outside_tolerance = وقت الرسالة خارج الحد المسموح

## مشكلات حقل واحد

problem-audience-client = الجمهور هو العميل نفسه
problem-date-impossible = لا يوجد هذا اليوم أو الشهر
problem-date-out_of_range = التاريخ خارج المدى
problem-field-choice = القيمة ليست من القيم المسموح بها
problem-field-invalid = القيمة غير صالحة
problem-field-not_applicable = لا مكان لهذا الحقل هنا
problem-field-type = نوع القيمة خاطئ
problem-list-too_long = القائمة أطول مما يُسمح به
problem-list-too_short = القائمة أقصر مما يجب
problem-money-currency = لا توجد هذه العملة
problem-money-decimals = كسور المبلغ أكثر مما يُسمح به
problem-money-negative = المبلغ سالب
problem-money-not_decimal = المبلغ ليس عددًا عشريًا
problem-money-too_large = المبلغ أكبر مما يُسمح به
problem-name-twice = الاسم مذكور مرتين
problem-number-out_of_range = العدد خارج المدى
problem-number-too_long = أرقام العدد أكثر مما يُسمح به
problem-patch-empty = لا يغير التعديل شيئًا
problem-percentage-invalid = النسبة المئوية غير صالحة
problem-period-invalid = المدة غير صالحة
problem-person-one_of = اذكر شخصًا واحدًا بالضبط
problem-position-invalid = الموضع غير صالح
problem-position-vendor_only = لا يذكر رقمًا إلا البائع
problem-provider-purpose = مزود الهوية بلا غرض
problem-rates-invalid = أسعار الصرف غير صالحة
problem-review-code_missing = يحتاج القرار إلى رمز
problem-review-fields = الحقول لا تناسب القرار
problem-role-for_everybody = ليس للدور شرط
problem-role-partner_twice = يسمي الدور شريكا مرتين
problem-scope-not_for_partners = الصلاحية ليست للشركاء
problem-scope-openid = لا يطلب الدخول النطاق openid
problem-text-control_character = في النص محارف تحكم
problem-text-not_unicode = النص ليس Unicode
problem-text-outer_space = يبدأ النص أو ينتهي بفراغ
problem-text-pattern = شكل النص خاطئ
problem-text-too_long = النص أطول مما يُسمح به
problem-text-too_short = النص أقصر مما يجب
problem-time-future = الوقت في المستقبل
problem-time-impossible = لا يوجد هذا الوقت
problem-time-out_of_range = الوقت خارج المدى
problem-time-past = الوقت مضى
problem-time-without_offset = الوقت بلا فرق توقيت
problem-url-invalid = صيغة العنوان غير مقبولة

page-hold-title = من يجوز له حجز الصفقة
page-hold-one = { $max ->
    [zero] لا أحد
    [one] شريك واحد في كل وقت
    [two] شريكان على الأكثر في كل وقت
    [few] حتى { $max } شركاء في كل وقت
    [many] حتى { $max } شريكا في كل وقت
   *[other] حتى { $max } شريك في كل وقت
 }
page-hold-shared = كل شريك يسجلها
page-hold-none = لا يُمنع أحد منها
page-hold-cooling_off = بعد انتهاء الحماية لا تُسجل من جديد مدة
page-same-title = الصفقة الواحدة هي
page-same-deal = ما يشتريه العميل من المنتجات نفسها
page-same-line = ما يشتريه العميل من خط منتجات واحد
page-same-customer = كل ما يشتريه العميل
page-same-workload = عبء عمل واحد للعميل
page-same-subscription = اشتراك واحد للعميل
page-same-site = ، في موقع واحد
page-same-territory = ، في منطقة واحدة

## Why a file, a column or a cell cannot be used

file-encoding-unknown = السطر { $line } ليس بترميز UTF-8، ولا يمكن معرفة هل هو windows-1252 (الغربي) أم windows-1256 (العربي)؛ اذكر الترميز، أو احفظ الملف بترميز UTF-8
file-encoding-other = السطر { $line } ليس بترميز { $encoding }؛ اذكر ترميزا آخر، أو احفظ الملف بترميز UTF-8
file-separator-no_field = لا يمكن معرفته لأن السطر الأول لا يسمي حقلا معروفا؛ اذكر الفاصل، واذكر حقل كل عمود
file-separator-several = لا يمكن معرفته؛ اذكره
file-too_long = صفوف الملف أكثر من { $most }؛ قسّمه
file-row-no_header = ليس في الملف سطر عناوين؛ اكتب أسماء الأعمدة في السطر الأول
file-row-quotes = السطر { $line }: علامات الاقتباس في خلية غير متطابقة، فلا يُقرأ شيء بعدها؛ صححها
file-row-long_cell = السطر { $line }: حروف خلية أكثر من { $most }؛ قصّرها، أو صحح علامات الاقتباس قبلها
file-row-cells = خلايا الصف { $cells }، وخلايا السطر الأول { $columns }؛ صحح الصف
file-column-pair = يُكتب هكذا: { $kind ->
    [value] الحقل=القيمة
   *[column] العنوان=الحقل
}، وكل اسم مرة واحدة؛ لا هكذا: { $text }
file-column-no_such_field = { $text } ليس حقلا من حقول { $kind ->
    [opportunities] الفرص
   *[registrations] التسجيلات
}؛ استعمل واحدا منها: { $fields }
file-column-no_field = العمود { $column } ليس حقلا من حقول { $kind ->
    [opportunities] الفرص
   *[registrations] التسجيلات
}؛ اذكر حقله (العنوان=الحقل)، أو اتركه (العنوان=). الحقول: { $fields }
file-column-twice = الحقل { $text } في العمود { $column } وفي العمود { $other }؛ اترك أحدهما
file-column-value_too = الحقل { $text } في العمود { $column } وله قيمة مذكورة؛ اترك إحداهما
file-column-absent = ليس في الملف عمود { $column }؛ صحح ما ذكرته
file-dates-unclear = العمود { $column }، السطر { $line }: { $text } تاريخان، ولا سطر آخر يبيّن أيهما؛ اذكر هل اليوم أولا أم الشهر
file-dates-mixed = العمود { $column }: في السطر { $line } جاء { $text } وفي السطر { $other_line } جاء { $other }؛ اكتب الكل بترتيب واحد
file-decimal-unclear = العمود { $column }، السطر { $line }: { $text } عددان، ولا سطر آخر يبيّن أيهما؛ اذكر هل الفاصل العشري نقطة أم فاصلة
file-decimal-mixed = العمود { $column }: في السطر { $line } جاء { $text } وفي السطر { $other_line } جاء { $other }؛ اكتب الكل بطريقة واحدة
file-value-date = «{ $text }» ليس تاريخا بالسنة ثم الشهر ثم اليوم{ $convention ->
    [dmy] ، ولا باليوم ثم الشهر ثم السنة
    [mdy] ، ولا بالشهر ثم اليوم ثم السنة
   *[iso] {""}
}؛ صححه
file-value-no_day = «{ $text }» يوم ليس في التقويم{ $convention ->
    [dmy] ، ولا باليوم ثم الشهر ثم السنة
    [mdy] ، ولا بالشهر ثم اليوم ثم السنة
   *[iso] {""}
}؛ صححه
file-value-number = «{ $text }» ليس عددا { $convention ->
    [comma] بفاصلة عشرية
   *[point] بنقطة عشرية
}؛ صححه
file-value-integer = «{ $text }» ليس عددا صحيحا؛ صححه
