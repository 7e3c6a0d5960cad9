# English. One message a code; dots of a code are hyphens here. `none` stands for a value that is absent.
# What a message may name: the fields of the entry, the inputs of the finding, the parameters of the refusal.

# Whose dates, numbers and lists: a locale as CLDR names it.
locale = en-GB

## Words within sentences

word-house = house
word-sourced = sourced
word-influenced = influenced
word-fulfilled = fulfilled
word-unregistered = unregistered
word-draft = incomplete
word-submitted = submitted
word-waiting = waiting
word-in_review = in review
word-action_required = waiting for its partner
word-rejected = rejected
word-withdrawn = withdrawn
word-closed = closed
word-protected = protected
word-expired = expired
word-converted = converted
word-lost = lost
word-released = released
word-revoked = revoked
word-open = open
word-won = won
word-meeting = a meeting
word-demo = a demonstration
word-poc = a proof of concept
word-site_survey = a site survey
word-proposal = a proposal
word-other = other work
word-tax_id = tax id
word-company_id = company id
word-duns = D-U-N-S
word-lei = LEI
word-domain = domain
word-abbreviation = abbreviation
word-translation = translation
word-plural = plural
word-article = article
word-spelling = spelling
word-compound = compound
word-sound = sound
comma = { ", " }
key-name = the name { $value }
key-match = a person’s answer
key-group = the group of { $of }
word-held = held
word-payable = payable
word-reversed = reversed
word-registration = registration
word-opportunity = opportunity
word-reward = reward
word-case = case
word-conflict = conflict

share = { $whose } { $amount } ({ $role })
share-own = { $amount } ({ $role })
against = Against { $rivals }{ $more ->
    [0] .
    [one] {" "}and { $more } other.
   *[other] {" "}and { $more } others.
}

title-registration = { $customer }: { $products }, registered by { $partner }
title-opportunity = Opportunity { $external_id }
title-parties = Held by { $holder }{ $winner ->
    [none] .
   *[other] , won by { $winner }.
}

## Pages of the console

page-language-name = English
page-shell-name = dealreg
page-shell-pages = Pages
page-shell-sandbox = Sandbox: nothing here is real, and its clock stands until somebody moves it.
page-shell-sign_out = Sign out
page-shell-signed_in_as = Signed in as
page-shell-zone = Days and times are those of
page-shell-skip = Skip to the content
page-sign_in-title = Sign in
page-sign_in-act = Sign in
page-sign_in-how = Paste the sign-in link that you were given. It works once, within ten minutes. Whoever runs dealreg makes links with dealreg console link.
page-sign_in-link = Sign-in link
page-sign_in-offered = This link signs you in once. If this is not you, close the page.
page-sign_in-used = This link was used already, or its ten minutes are over. Ask for a new one.
page-sign_in-by = Sign in with { $name }
page-sign_in-by_link = With a sign-in link
page-sign_in-left = You are signed out here, and still signed in at your provider.
page-sign_in-leave = Sign out at { $name } too
page-provider-title-unknown = There is no such way to sign in
page-provider-what-unknown = The address names a company or a provider that is not set up here. Check it, or ask whoever gave it to you.
page-provider-title-away = The provider does not answer
page-provider-what-away = Your provider could not be asked, so nobody was signed in. Try again in a moment. If it goes on, tell the administrator.
page-provider-title-again = This sign-in cannot be finished
page-provider-what-again = It was finished already, took longer than ten minutes, or was begun in another browser or tab. Begin again.
page-provider-title-declined = You were not signed in
page-provider-what-declined = The provider says that the sign-in was ended there. Begin again whenever you like.
page-provider-title-untrusted = The provider’s answer was not accepted
page-provider-what-untrusted = It could not be checked, so nobody was signed in. Begin again. If it goes on, tell the administrator what stands below.
page-provider-title-role = You have no role here yet
page-provider-what-role = Your provider knows you, and gives you no role in dealreg. Send your administrator what stands below.
page-provider-title-blocked = You have no access now
page-provider-what-blocked = Your access was ended or changed here. Ask the vendor’s administrators.
page-provider-title-often = Too many sign-ins
page-provider-what-often = Too many sign-ins were begun from your network. Wait a minute and begin again.
page-provider-title-broken = Nobody was signed in
page-provider-what-broken = Something did not answer on our side. Try again in a moment.
page-provider-back = To the sign-in page
page-kept-title-ended = Your session has ended
page-kept-what-ended = Nothing was sent. Sign in again in another tab, then come back here and send it again.
page-kept-title-away = The service does not answer
page-kept-what-away = We could not get an answer. Try again in a moment: sending the same thing twice has one effect.
page-kept-title-other = You are signed in as somebody else now
page-kept-what-other = This form was begun by another person. Nothing was sent. Sending it now does it in your name.
page-kept-nothing_lost = What you typed is kept:
page-kept-again = Send again
page-kept-reload = Look again
page-kept-sign_in = Sign in in another tab
page-missing-title-missing = Nothing is here
page-missing-title-unreadable = This could not be read
page-missing-title-broken = Something went wrong
page-missing-what-missing = There is no such page, or it is not one that you may see.
page-missing-what-unreadable = What was sent could not be read. Go back and send the form again.
page-missing-what-broken = Something went wrong on our side. What you sent may have been taken; look before you send it again.
page-money-anothers = on another partner’s deal
page-missing-home = To the first page
page-refused-title = This was refused
page-form-errors = Something has to be corrected. Nothing was sent, and what you typed is still here.
page-form-back = Back
page-home-title = Today
page-home-register = Register a deal
page-home-needs = What needs you
page-home-nothing = Nothing needs you now. Register a deal before somebody else does.
page-home-confirm = Its turn has come. Confirm it before
page-home-extending = extension asked for, decided by
page-home-answer = Something is missing. Open it and add what was asked for.
page-home-money = What I earned
page-home-all_money = All rewards
page-home-targets = How far you are
page-home-all_targets = All my targets
page-home-holds = What I hold
page-home-holds_nothing = You hold no deal. Registrations appear here as soon as they are protected.
page-home-counts = Protected: { $protected }. Waiting: { $waiting }. In review: { $reviewed }.
page-home-all_registrations = All my registrations
page-register-title = Register a deal
page-register-choose = Choose a program. Its terms are what your claim is measured by.
page-register-no_program = No program is open to your company. Ask your channel manager.
page-register-begin = Register under this program
page-register-terms = What this program asks for
page-register-protection = Protection
page-register-required = Required
page-register-nothing_required = nothing beyond customer and products
page-register-or = or
page-register-with_amount = required with an amount
page-wrong-else = { $field }: { $what }
page-wrong-field-missing = { $field } is required.
page-wrong-field-type-units = { $field } must be a whole number, such as 12.
page-wrong-field-type-term_months = { $field } must be a whole number, such as 12.
page-wrong-text-pattern-customer-country = { $field }: choose it from the list, or write its two letters, such as DE for Germany.
page-wrong-money-not_decimal = { $field }: write one number with a point before its decimals, such as 1250.00. A text such as 1,234 may be two.
page-wrong-money-negative = { $field } cannot be negative.
page-wrong-money-decimals = { $field } has more decimals than its currency has.
page-wrong-money-too_large = { $field } is too large.
page-wrong-money-currency = { $field }: there is no such currency. Write its three letters, such as EUR.
page-wrong-date-impossible = { $field }: there is no such day.
page-wrong-review-code_missing = Choose a reason to reject or revoke.
page-register-needed = required
page-register-customer = Customer
page-register-identifiers = A number or the customer’s own web domain says best who it is. Without one, names alone decide and a person may have to look.
page-register-deal = Deal
page-register-more_customer = More about the customer
page-register-more_deal = More about the deal
page-register-contact = Contact and notes
page-register-sealed = Sealed: only you and the vendor can read this, and it can be erased.
page-register-check = Check first
page-register-act = Register
page-register-own = Open it
page-register-check_hint = A check says whether somebody probably has the deal, and nothing more. Only a registration holds a place.
page-gate-min_amount = Least amount
page-gate-min_units = Fewest units
page-gate-min_term_months = Shortest term in months
page-gate-before_rfp = Before the request for proposals
page-gate-single_end_customer = One end customer only
page-gate-at_list_price = at list prices
page-gate-yes = yes
page-hint-customer-country = From the list, or two letters such as DE or EG
page-hint-amount = Such as 48000.00
page-hint-currency = Three letters, such as EUR
page-hint-one_a_line = One a line
page-hint-external_id = Your own number of the deal, if you have one
page-pending-title = Accepted, not decided yet
page-pending-what = Your request is safe in the log. Look again in a moment for what was decided.
page-registrations-title = Registrations
page-registrations-any = All
page-registrations-sort = Order
page-registrations-find = Find
page-registrations-more = Next page
page-registrations-csv = As CSV
page-registrations-parquet = As Parquet
page-registrations-none = No registration is like this. Change the filters, or register a deal.
page-sort-down_submitted_at = newest first
page-sort-submitted_at = oldest first
page-sort-protected_until = protection ends first
page-sort-down_protected_until = protection ends last
page-sort-customer = by customer
page-sort-down_amount = largest amount first
page-sort-state = by state
page-sort-up = { $field }, rising
page-sort-down = { $field }, falling
page-saved-title = Saved views
page-saved-keep = Save this choice, or change a saved view
page-saved-name = Name of the view
page-saved-hint-registrations = Filters and order are saved, for you alone. The list opens with what is in it by then.
page-saved-hint-measures = Filters and grouping are saved, for you alone, and not the day: the view opens with the newest numbers.
page-saved-save = Save
page-saved-replace = Replace “{ $name }” with this choice
page-saved-delete = Delete “{ $name }”
page-saved-done-saved = The view is saved.
page-saved-done-replaced = The saved view now holds this choice.
page-saved-done-deleted = The saved view is deleted. Its choice is still shown: to have the view back, save it again below.
page-saved-before = Show the choice that it held before; replace again to have it back.
page-saved-also = Also chosen:
page-saved-without = without { $filter }
page-saved-stale = The list does not take all of this saved view any more. What it still takes is shown. Choose anew and replace the view, or delete it. It does not take:
page-saved-refused = The list cannot be shown with this choice. Correct it above.
page-saved-exists = A view of yours has this name. Choose another, or open that view and replace it.
page-saved-too_many = You have as many saved views as there may be. Delete one first.
page-saved-unknown = That saved view is there no more. Save the choice under a name.
page-filter-customer = Customer
page-filter-state = State
page-filter-program = Program
page-filter-partner = Partner
page-filter-sort = Order
page-filter-registration = Registration
page-filter-hold = Waits for
page-filter-asks = Asks for
page-filter-product = Product
page-filter-currency = Currency
page-filter-external_id = Partner’s number
page-filter-opportunity = Opportunity
page-filter-close_from = Expected close from
page-filter-close_to = Expected close to
page-filter-submitted_from = Submitted from
page-filter-submitted_before = Submitted before
page-filter-protected_before = Protection ends before
page-filter-territory = Territory
page-filter-segment = Segment
page-filter-group_by = Grouped by
page-filter-as_of = At the end of
page-filter-month_from = From month
page-filter-month_to = To month
page-file-title = From a file
page-file-what = Register many deals at once, a row of a CSV file each. First you see how each row is read; nothing is registered until you say so.
page-file-template = An empty file to fill in
page-file-columns = Columns are known by the names that the empty file has; of any other you say what it is. Several products stand in one cell, with semicolons between them; a day is written 2026-12-31.
page-file-choose = File
page-file-other = Another file
page-file-hint = CSV, at most 1 MB and 1,000 rows. The first line names the columns.
page-file-kept = This file is kept on the page:
page-file-none = Choose a file that is not empty.
page-file-too_long = The file has more than 1 MB. Send it in parts.
page-file-declare = How the file is read
page-file-declare_what = Leave it open where the file is plain; what cannot be told from it is asked for here.
page-file-found = found in the file
page-file-value_hint = One a line: field=value, the same for every row, such as currency=EUR
page-file-separator-comma = separated by commas
page-file-separator-semicolon = separated by semicolons
page-file-separator-tab = separated by tabs
page-file-separator-bar = separated by bars
page-file-decimal-point = decimal point
page-file-decimal-comma = decimal comma
page-file-dates-iso = year, month, day
page-file-dates-dmy = day, month, year
page-file-dates-mdy = month, day, year
page-file-look = Show what it becomes
page-file-take = { $usable ->
    [one] Register { $usable } deal
   *[other] Register { $usable } deals
 }
page-file-rest = Rows that cannot be used are not sent. Correct them in your file and send it again: no row is registered twice.
page-file-usable = { $rows ->
    [one] { $usable } of { $rows } row can be used. Nothing is registered yet.
   *[other] { $usable } of { $rows } rows can be used. Nothing is registered yet.
 }
page-file-taken = { $rows ->
    [one] { $taken } of { $rows } row is registered. A row that was sent before counts, and is not registered again.
   *[other] { $taken } of { $rows } rows are registered. A row that was sent before counts, and is not registered again.
 }
page-file-refused = { $refused ->
    [one] { $refused } was sent and refused.
   *[other] { $refused } were sent and refused.
 }
page-file-undecided = { $undecided ->
    [one] { $undecided } is not decided yet: look again in a moment.
   *[other] { $undecided } are not decided yet: look again in a moment.
 }
page-file-became = What became of each row
page-file-row_refused = refused
page-file-row_undecided = not decided yet
page-file-unusable = Not sent, because it cannot be used
page-file-line = Line { $line },
page-file-more = { $problems ->
    [one] And { $problems } more.
   *[other] And { $problems } more.
 }
page-file-read_as = How it is read
page-file-choose_field = Say of each column whose name is not known which field it is, or leave it out.
page-file-choose_one = Choose a field
page-file-leave_out = Leave out
page-file-samples = First cells
page-file-column = Column
page-file-field = Becomes
page-file-left_out = left out
page-file-first = The first rows
page-file-row = Line
page-file-not_usable = not usable
page-field-filename = File
page-field-encoding = Encoding
page-field-separator = Separator
page-field-decimal = Decimals
page-field-dates = Dates
page-field-value = The same for every row
page-registration-deal = The deal
page-registration-clocks = Clocks
page-registration-behind = Waits behind a deal that is protected:
page-registration-missing = Still missing:
page-registration-open_fields = The reviewer asks you to change:
page-registration-rest_asked = The reviewer waits for the rest, too.
page-registration-evidence = Evidence
page-registration-no_evidence = No work is on record yet.
page-registration-why = What was decided, and why
page-registration-wrote-review-decided = The reviewer writes:
page-registration-wrote-extension-requested = The partner asks for longer protection:
page-registration-wrote-objection-raised = The partner objects to the loss:
page-registration-timeline = Everything that happened
page-explanation-rules = The rules that were applied
page-evidence-verified = verified
page-evidence-refuted = refuted
page-act-amendment = Change
page-act-evidence = Add evidence
page-act-extension = Ask for an extension
page-act-confirmation = Confirm
page-act-objection = Object to the loss
page-act-withdrawal = Withdraw
page-amendment-closed = { $text ->
    [none] { $field } cannot be changed now: only what the reviewer asks for can. Leave it as it is.
   *[other] { $field } cannot be changed now: only what the reviewer asks for can. You wrote: { $text }
 }
page-amendment-nothing = Nothing is changed. Change at least one field, then send it.
page-amendment-kept = Tick what is right as it is
page-amendment-now = The deal as it is now
page-act-answer = Send the answer
page-field-workload = Workload
page-field-subscription = Subscription
page-consequence-amendment = Only what you change is sent. A change by which it would be a rival’s deal waits for its turn.
page-consequence-evidence = The work is added to the registration for good; a reviewer may verify it.
page-consequence-extension = A person or the program’s rules decide. Until then protection goes on as it was.
page-consequence-confirmation = You still want the deal: it is protected for you from now on.
page-consequence-objection = Protection goes on until a reviewer has decided, at most to its end.
page-consequence-withdrawal = This cannot be undone. The deal is free for the next in line, and a new registration begins at the end of the queue.
page-done-registered = Registered.
page-done-amendment = Changed.
page-done-evidence = The evidence is added.
page-done-extension = The extension is asked for.
page-done-confirmation = Confirmed.
page-done-objection = The objection is raised.
page-done-withdrawal = Withdrawn.
page-money-title = Money
page-money-identity = Earned = held + payable + paid + reversed.
page-money-rewards = Rewards
page-money-reward = Reward
page-money-calculation = Calculation
page-money-at_most = at most
page-money-left = left:
page-money-until = until
page-money-blocked = not paid while the partner is suspended
page-money-none = No reward yet. Rewards appear here when a protected deal is won.
page-account-accrued = Earned
page-account-held = Held
page-account-payable = Payable
page-account-paid = Paid
page-account-reversed = Reversed
page-account-expense = Expense
page-deal-title = How this deal was credited
page-deal-value = Value
page-deal-how = Step by step
page-deal-postings = Postings
page-deal-account = Account
page-company-title = Company
page-company-active = active
page-company-suspended = suspended
page-company-partner_type = Kind of partner
page-company-tier = Tier
page-company-territories = Territories
page-company-score = Score
page-company-certification = Certification
page-company-for_good = does not expire
page-company-people = People
page-company-you = You act as
page-company-keys = Keys and changes
page-company-no_keys = Nothing is on record.
page-company-when = When
page-company-what = What
page-company-about = About
page-audit-credential-created = key created
page-audit-credential-rotated = key replaced
page-audit-credential-revoked = key revoked
page-audit-partner-enrolled = company enrolled
page-audit-partner-changed = company’s terms changed
page-audit-partner-scored = score stated
page-audit-partner-certified = certification stated
page-audit-endpoint-created = webhook endpoint created
page-audit-endpoint-changed = webhook endpoint changed
page-audit-endpoint-rotated = secret of a webhook endpoint replaced
page-audit-endpoint-replayed = events sent to a webhook endpoint again
page-audit-endpoint-disabled = webhook endpoint disabled
page-audit-endpoint-enabled = webhook endpoint enabled
page-audit-endpoint-deleted = webhook endpoint deleted
page-audit-target-set = target set
page-audit-target-dropped = target dropped
page-audit-partner-suspended = company suspended
page-audit-partner-reinstated = company reinstated
page-desk-title = Desk
page-desk-queue = Waits for your decision, the oldest first
page-desk-nothing = Nothing waits for a decision.
page-desk-requests = Asked by partners, the first to answer first
page-desk-asks = Asks
page-desk-asks-extension = for longer protection
page-desk-asks-objection = to keep a deal reported lost
page-desk-answer_by = Answer by
page-desk-customers = Customers that may be one
page-desk-cases = Wins against a holder
page-desk-conflicts = Claims that meet
page-desk-wins = Unlinked wins
page-desk-show = Show them
page-desk-channel = Not decided yet, by state
page-decided-approve = approved.
page-decided-reject = rejected.
page-decided-action_required = the partner is asked for more.
page-decided-revoke = revoked.
page-decided-grant_extension = the extension is granted.
page-decided-refuse_extension = the extension is refused.
page-decided-uphold_objection = the objection is upheld.
page-decided-dismiss_objection = the objection is dismissed.
page-decided-pending = your verdict is taken, and not carried out yet. Look again in a moment.
page-decided-next = Next:
page-decided-last = Nothing else waits for you here.
page-done-match = Answered. All claims on either customer are looked at again.
page-done-case = The case is decided.
page-review-title = Decide
page-review-verdict = Verdict
page-review-code = Reason (required to reject or revoke)
page-review-fields = If you ask the partner: what it must give
page-review-in_words = The partner must give all of it before the claim comes back to you. Tick nothing, and it answers in words, under Notes.
page-review-message = Message to the partner
page-review-to_partner = The partner reads it. Sealed, and it can be erased.
page-review-sealed = Only you and your colleagues read it. Sealed, and it can be erased.
page-review-act = Decide, and go to the next
page-review-compare = Compare with its rivals
page-review-by = The last decision was made by
page-verdict-approve = Approve: the deal is protected from now on
page-verdict-reject = Reject: the claim ends
page-verdict-action_required = Ask the partner for more
page-verdict-revoke = Revoke: protection ends now
page-verdict-grant_extension = Grant the extension
page-verdict-refuse_extension = Refuse the extension
page-verdict-uphold_objection = Uphold the objection: the deal is not lost
page-verdict-dismiss_objection = Dismiss the objection: protection ends now
page-reason-not_qualified = not a qualified deal
page-reason-insufficient_evidence = too little evidence
page-reason-existing_customer = a customer of the vendor’s own
page-reason-wrong_program = wrong program
page-reason-outside_policy = outside the policy
page-evidence-verify = It is true
page-evidence-refute = It is not
page-customers-title = Customers
page-customers-what = Two registrations name customers that may be one company. Nothing happens to the newer one until you answer.
page-customers-decide_by = Answer by
page-customers-overdue = overdue
page-customers-same = They are one company
page-customers-different = They are different companies
page-customers-consequence = The answer holds for later claims too, and can be taken back.
page-customers-none = No customers wait to be told apart.
page-cases-title = Cases
page-cases-what = A partner won a deal that another one holds. Decide what happens to the money that is held.
page-cases-opened = Opened
page-cases-holder = Holder
page-cases-winner = Winner
page-cases-reason = For later readers. Name no person here.
page-cases-release = Release to the holder
page-cases-reverse = Reverse
page-cases-all = All open cases
page-cases-none = No case is open.
page-conflicts-title = Conflicts
page-conflicts-detected = Since
page-conflicts-claimant = Claimant
page-conflicts-against = Met
page-conflicts-behind = Waits behind now
page-conflicts-what = How it began
page-conflicts-none = No claims meet.
page-compared-title = Claims side by side
page-compared-alone = This claim meets no other.
page-compared-more = Not shown here: { $claims } more.
page-compared-same = Why it is the same deal
page-compared-standing = Standing
page-compared-claim = this claim
page-compared-holder = holds the deal now
page-compared-ahead = goes before this claim
page-compared-behind = waits behind this claim
page-compared-beside = met this claim
page-compared-ended = met before, has ended
page-compared-rule = The rule that decides, and what would change it
page-compared-decide = Decide
page-field-completed_at = Complete since
page-measures-title = Measures
page-measures-targets = Targets of partners
page-measures-what = Every number counts registrations, as they stood at the end of one day. Open a number to see which they are.
page-measures-as_of = At the end of
page-measures-group_by = Grouped by
page-measures-by-partner = Partner
page-measures-by-program = Program
page-measures-by-product = Product
page-measures-by-territory = Territory
page-measures-by-segment = Segment
page-measures-by-month = Month
page-measures-month_from = From month
page-measures-month_to = To month
page-measures-show = Show
page-measures-earlier = A month earlier
page-measures-later = A month later
page-measures-zone = Days end at midnight in
page-measures-funnel = From registration to win
page-measures-averages = Rates and averages
page-measures-win_rate = Won, of won and lost
page-measures-churn = Expired, released or revoked, of approved
page-measures-average_size = Average size
page-measures-cycle_days = Days from registration to win
page-measures-age_days = Days under protection so far
page-measures-days_left = Days of protection left
page-measures-review_hours = Hours of waiting for a review
page-measures-active_value = Value of the active
page-measures-none_of_it = none
page-measures-more = Not shown here: { $groups } more.
page-measures-every = Show all of them
page-measures-month_registered = Month of registration
page-measures-month_won = Month of win
page-measures-months_of_registration = Months are those of registration.
page-measures-months_of_win = Months are those of the win.
page-measures-lost_what = “Lost” counts approved registrations whose deal was lost. A registration whose deal was over before a verdict counts as “Ended without a verdict”; the list of registrations calls it lost or closed.
page-measures-nothing = No registration is counted here. Choose a later day, or fewer filters.
page-measures-stood = As they stood at the end of
page-number-registrations = Registrations
page-number-open = Not decided yet
page-number-approved = Approved
page-number-rejected = Rejected
page-number-withdrawn = Withdrawn
page-number-closed = Ended without a verdict
page-number-active = Active
page-number-won = Won
page-number-lost = Lost
page-number-expired = Expired
page-number-released = Released
page-number-revoked = Revoked
page-number-reviewed = Reviewed by people
page-number-clock_running = With a question that has a deadline
page-number-clock_met = Last deadline met
page-number-clock_missed = Last deadline missed
page-number-conflicts = In conflict, ever
page-number-conflicts_open = Conflict open
page-number-conflicts_promoted = Conflict ended: its turn came
page-number-conflicts_rejected = Conflict ended: rejected
page-number-conflicts_withdrawn = Conflict ended: withdrawn
page-number-conflicts_closed = Conflict ended: the deal was over
page-number-conflicts_no_longer_same_deal = Conflict ended: no longer the same deal
page-number-conflicts_holder_ended = Conflict ended: the holder’s protection ended
page-finance-title = Finance
page-finance-balances = Accounts
page-finance-date = Counted by
page-finance-dated-posted = day of posting
page-finance-dated-effective = day it was earned
page-finance-by-partner = Partner
page-finance-by-program = Program
page-finance-by-currency = Currency
page-finance-by-month = Month
page-finance-by-account = Account
page-finance-more = Not shown here: { $rows } more. Narrow the filters, or take all of them as CSV.
page-finance-nothing = Nothing was posted here. Choose other filters.
page-finance-journal = Journal of postings
page-finance-journal_what = Debits are positive. The lines of each entry sum to zero, and no entry is ever changed.
page-finance-date_from = From day
page-finance-date_to = To day
page-finance-effective_at = Earned
page-finance-blocked = Not paid yet, and why
page-finance-nothing_blocked = Nothing is held and nothing is blocked.
page-finance-why = Why
page-finance-held_until = held until
page-finance-held_by_case = held: a case is open
page-finance-total = Total
page-finance-all_held = All that is held
page-measures-revenue = Won value by role
page-measures-house = the vendor’s own
page-measures-shares = Shares of won deals
page-measures-role = Role
page-measures-won_on = Won
page-role-sourced = Sourced
page-role-influenced = Influenced
page-role-fulfilled = Fulfilled
page-role-unregistered = Not registered
page-design-title = Design
page-design-what = Every page is made of what stands here. Colours follow the light or dark of your system, and sides follow the direction of the language.
page-design-colours = Colours
page-design-space = Space
page-design-states = States
page-design-forms = Forms
page-design-hint = A hint stands above the input and is read with it.
page-design-main = The main act
page-design-other = Another
page-design-notes = Notes
page-design-good = Something went well.
page-design-warn = Something needs attention.
page-design-bad = Something went wrong.
page-field-amount = Amount
page-field-currency = Currency
page-field-list_amount = Amount at list prices
page-field-list_currency = Currency of the list prices
page-field-customer = Customer
page-field-customer-legal_name = Legal name
page-field-customer-country = Country
page-field-customer-city = City
page-field-customer-domain = Web domain
page-field-customer-tax_id = Tax id
page-field-customer-company_id = Company id
page-field-customer-duns = D-U-N-S number
page-field-customer-lei = LEI
page-field-customer-sector = Sector
page-field-customer-subsidiary_of = Subsidiary of
page-field-contact = Contact
page-field-contact-name = Contact’s name
page-field-contact-email = Contact’s e-mail
page-field-contact-phone = Contact’s telephone
page-field-products = Products
page-field-more_products = Products
page-field-units = Units
page-field-term_months = Term in months
page-field-close_date = Expected close
page-field-rfp_on = Day of the request for proposals
page-field-site = Site
page-field-project = Project
page-field-competitor = Competitor
page-field-further_customers = Further end customers
page-field-external_id = Partner’s number
page-field-notes = Notes
page-field-evidence = Evidence
page-field-kind = Kind of work
page-field-on = Day
page-field-note = Note
page-field-reason = Reason
page-field-partner = Partner
page-field-vendor = Vendor
page-field-person = Person
page-field-program = Program
page-field-state = State
page-field-registration = Registration
page-field-opportunity = Opportunity
page-field-submitted_at = Submitted
page-field-posted_at = Posted
page-field-protected_from = Protected from
page-field-protected_until = Protected until
page-field-confirm_by = Confirm by
page-field-loss_until = Object to the loss until
page-field-extension_until = Extension decided by
page-field-extension_to = With the extension protected until
page-field-ended_at = Ended
page-time-days_left = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
page-time-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
page-home-expires = { $days ->
    [one] protection ends in { $days } day
   *[other] protection ends in { $days } days
}
page-time-months = { $months ->
    [one] { $months } month
   *[other] { $months } months
}

## Pages of programs, partners, wins and health

page-done-unmatch = The answer is taken back. Claims that nobody decided are asked about again.
page-review-skip = To the next, without deciding
page-review-keys = The letters work together with your browser’s keys for access: Alt, or Alt and Shift, or Control and Option.
page-customers-answered = Answered lately
page-customers-answer = Answer
page-customers-by = By
page-customers-undo = Take it back
page-customers-undo_what = Claims that nobody decided yet are asked about again; protected ones stay protected.
page-field-policy = The policy’s text
page-field-scenarios = Scenarios
page-policy-programs = Programs
page-policy-what = A program is a set of rules. A published version never changes; the next one takes its place.
page-policy-none = No program is published yet. Begin one.
page-policy-begin = Begin a program
page-policy-in_force = In force
page-policy-versions = Versions
page-policy-version = Version
page-policy-open = open for registrations
page-policy-withdrawn = withdrawn
page-policy-to_come = not in force yet
page-policy-is_withdrawn = This program takes no new registrations. Those on file go on. Publishing a later version opens it again.
page-policy-next = Write the next version
page-policy-effective = Takes effect
page-policy-immediately = at once
page-policy-text = Text
page-policy-from_this = Write the next version from this one
page-policy-state-published = published, not in force
page-policy-state-in_force = in force
page-policy-state-superseded = superseded
page-policy-withdraw = Withdraw for new registrations
page-policy-withdraw_what = Nobody can register under this program from then on, and partners no longer see it. Registrations on file go on under the versions that they pinned.
page-policy-withdraw_sure = Yes, nobody is to register under it any more
page-policy-sure = Tick that nobody is to register under the program any more.
page-policy-done-published = Published.
page-policy-done-withdrawn = The program is withdrawn.
page-policy-done-pending = Accepted, not decided yet. Look again in a moment.
page-policy-title = Policy editor
page-policy-how = Write the rules, check them as often as you like, try them with scenarios, then publish. Nothing counts before that.
page-policy-hint = As you type, what is wrong is shown above. Control and space suggest what can stand at the cursor; without a script, press Check.
page-policy-suggestions = What can stand here
page-policy-effective_hint = Leave it empty to keep what the text says. A day is written into the text; it begins at its midnight in the program’s time zone.
page-policy-check = Check
page-policy-publish = Publish
page-policy-try = Try it with scenarios
page-policy-try_hint = Given these facts, when that happens, then this must hold: docs/scenarios.md has the format. Nothing is kept.
page-policy-run = Run the scenarios
page-policy-wrong = This cannot be published yet:
page-policy-wrong_scenarios = The scenarios cannot be run yet:
page-policy-place = Line { $line }, column { $column }:
page-policy-can_publish = Nothing speaks against publishing
page-policy-first = It is the program’s first version.
page-policy-against = Compared with
page-policy-changes = What changes
page-policy-came_out = Passed: { $passed }. Failed: { $failed }. Pending: { $pending }.
page-policy-scenario-passed = Passed
page-policy-scenario-failed = Failed
page-policy-scenario-pending = Pending
page-policy-counts_now = It counts as soon as it is published.
page-policy-counts_from = It counts from the beginning of
page-policy-consequence = Claims that become complete from then on are decided by it. Those that were complete before keep the version that they pinned. This cannot be taken back: to correct it, publish another version.
page-policy-back = Back to the text
page-templates-title = Templates and presets
page-templates-begin = Begin with a template or a preset
page-templates-what = Each is a policy with scenarios that test it. Choose one, and the editor opens with its text. Nothing counts before you publish it.
page-templates-templates = Templates
page-templates-presets = Presets
page-templates-presets_what = A preset is modelled on what was public about another company’s program in the year stated, which is old or partial. It is not the current policy of the company named, and no company has reviewed or endorsed it. The texts are in English.
page-templates-name = Name
page-templates-about = What it is
page-templates-is-referral = Anybody may refer a deal; the vendor or a reseller delivers it, and the referrer earns a fee.
page-templates-is-simple-reseller = Resellers register deals; the first complete registration is protected, the others wait.
page-templates-is-teaming = Integrators team with the vendor on large deals: a person approves each of them.
page-templates-modelled_on = Modelled on
page-templates-year = As of
page-templates-undated = undated
page-templates-sources = Public material
page-templates-grade-first = by the vendor
page-templates-grade-part = by the vendor, read in part
page-templates-grade-third = by others
page-templates-pending = { $count ->
    [one] One waits for what policies cannot say yet.
   *[other] { $count } wait for what policies cannot say yet.
}
page-templates-begun = Begun with
page-templates-proposed = You have a program of that name already, so the text calls this one
page-templates-lacking = Your vendor document does not have these names:
page-templates-kind-tier = Tier
page-templates-kind-partner_type = Partner type
page-templates-kind-score = Score
page-templates-kind-certification = Certification
page-templates-kind-territory = Territory
page-templates-kind-calendar = Calendar
page-templates-kind-line = Product line
page-templates-lacking_remedy = The text cannot be published until your vendor document has them, or until you write names of your own in their place.
page-templates-lacking_none = Your vendor document has every name in this text.
page-templates-own_document = The scenarios run on your own vendor document.
page-templates-its_document = The scenarios run on the template’s own products, partner types and tiers, which are written into them, since your vendor document has others.
page-templates-more = Its material, what is assumed, and what it cannot say
page-templates-rules = What the material says
page-templates-assumed = What is assumed
page-templates-missing = What it cannot say yet
page-targets-title = Targets
page-targets-what = What partners are to reach within a period, and how far they are at the end of a day. Expected is what would be reached by then if every day brought as much as any other.
page-targets-none = No target is set.
page-targets-none_running = No target is running.
page-targets-name = Target
page-targets-name_hint = A short name, such as fy26-q1. Under the name of an earlier target, this one replaces it.
page-targets-measure = Measure
page-targets-measure-registrations = Registered
page-targets-measure-approved = Approved
page-targets-measure-won = Won
page-targets-measure-value = Registered value
page-targets-measure-approved_value = Approved value
page-targets-measure-won_value = Won value
page-targets-period = Period
page-targets-first_day = First day
page-targets-last_day = Last day
page-targets-wanted = To reach
page-targets-reached = Reached
page-targets-expected = Expected by now
page-targets-share = Attainment
page-targets-amount_hint = For a value. Other currencies are not counted.
page-targets-count = Number
page-targets-count_hint = For registered, approved or won deals.
page-targets-product = Product
page-targets-any = any
page-targets-set = Set a target
page-targets-drop = Drop
page-targets-act = End it
page-targets-others = Not counted, in other currencies:
page-targets-without = { $count ->
    [one] Not counted: one registration without an amount.
   *[other] Not counted: { $count } registrations without an amount.
}
page-targets-coming = It has not begun.
page-targets-over = It is over.
page-targets-days = { $days ->
    [one] One day left.
   *[other] { $days } days left.
}
page-targets-as_of = At the end of
page-targets-show = Show
page-partners-title = Partners
page-partners-none = No partner is enrolled yet.
page-partners-open = Open
page-partners-segments = Segments
page-partners-segments_hint = One a line, such as region: DACH
page-partners-state = State something about this partner
page-partners-terms = Terms
page-partners-terms_what = Claims keep the tier that they were complete under. All other terms count for what is judged from now on.
page-partners-name = Name
page-partners-no_territories = The vendor document lists no territory.
page-partners-save = Save
page-partners-certify = Certification
page-partners-valid_until = Last day
page-partners-valid_hint = Leave it empty if it does not expire. A day that is past takes the certification away.
page-partners-give_score = Score
page-partners-value = Value
page-partners-suspend = Suspend
page-partners-suspend_what = The partner cannot register deals until it is reinstated, and nothing is paid to it. Its protections go on.
page-partners-reinstate = Reinstate
page-partners-reinstate_what = The partner can register again from now on.
page-partners-all = All registrations of this partner
page-partners-no_registration = It has registered nothing yet.
page-partners-keys = People and keys
page-partners-no_keys = It has no key.
page-partners-label = Label
page-partners-label_hint = Who or what uses it
page-partners-may = May
page-partners-used = Last used
page-partners-ends = Ends
page-partners-act = End it
page-partners-ended = ended
page-partners-revoke = Revoke
page-partners-make_key = Make a key
page-partners-key_made = The key is made
page-partners-once = Copy it now: it is shown this once and kept nowhere.
page-partners-done-terms = The terms are changed.
page-partners-done-certification = The certification is on record.
page-partners-done-score = The score is on record.
page-partners-done-target = The target is set.
page-partners-done-dropping = The target is dropped.
page-partners-done-suspension = The partner is suspended.
page-partners-done-reinstatement = The partner is reinstated.
page-partners-done-revoked = The key is revoked. It stops working within seconds.
page-partners-done-pending = Accepted, not decided yet. Look again in a moment.
page-scope-registrations_write = register deals
page-scope-pipeline_read = read registrations
page-scope-payouts_read = read money
page-scope-events_read = follow events
page-scope-webhooks_admin = set up webhooks
page-wins-title = Unlinked wins
page-wins-what = The CRM reports these deals won, and no rule says which registration they belong to. Nobody earns anything by them until you say.
page-wins-none = Every win is linked, or decided to be nobody’s.
page-wins-crm_partner = Partner by the CRM
page-wins-won_at = Won
page-wins-why = Why it is not linked
page-wins-belongs = It belongs to
page-wins-search = Look for another customer’s registrations, by its name
page-wins-find = Look
page-wins-by_name = Back to the customer’s own name
page-wins-searched = Registrations of customers whose name has:
page-wins-nothing_found = No customer’s name has:
page-wins-more_found = The first { $shown } are shown. Type more of the name to see others.
page-wins-protected = protected
page-wins-none_of_these = no registration
page-wins-other = Another registration, by its number
page-wins-winner = Partner that won it
page-wins-winner_hint = Only where the CRM names another partner than the registration’s.
page-wins-choose = Choose a registration, or that it belongs to none.
page-wins-link = Link
page-wins-consequence = Credit and rewards follow at once by the program’s rules. It can be linked otherwise later: what was credited is then taken back and credited anew.
page-wins-done-linked = Linked.
page-wins-done-pending = Accepted, not decided yet. Look again in a moment.
page-unlinked-no_registration = no registration of its customer and products
page-unlinked-customer_missing = the CRM names no customer
page-unlinked-partner_unknown = the CRM names a partner that is not enrolled
page-unlinked-by_person = a person said that it belongs to none
page-health-title = Health
page-health-well = All goes on: facts are decided, every deadline fires, and no view has set anything aside.
page-health-halted = Decisions stand still
page-health-halted_what = Requests are accepted and safe, and wait. The operator repairs the cause and resumes.
page-health-resuming = The operator resumed it. What waited is being decided.
page-health-since = Since
page-health-why = Why
page-health-at = Stopped at
page-health-operator = The operator’s command
page-health-timers = Deadlines that could not be fired
page-health-timers_what = Deciding them failed twice. A later release arms them by itself; you can do it now.
page-health-arm = Arm again
page-health-parked = Set aside by the view
page-health-parked_what = { $entries ->
    [one] One entry could not be applied.
   *[other] { $entries } entries could not be applied, or wait for the first that could not.
}
page-health-since_entry = First entry
page-health-done-armed = Armed. It fires at once if it is due.

## Pages of webhooks and identity providers

page-webhooks-title = Webhooks
page-webhooks-what = An endpoint is an address of yours to which every event is posted as it happens, signed. What does not arrive is sent again for days.
page-webhooks-what_own = An endpoint is an address of yours to which each event of your company is posted as it happens, signed: registrations, decisions, money. Nothing of another partner is sent. What does not arrive is sent again for days.
page-webhooks-none = There is no endpoint yet. Create one below: you need a public https address that answers with 2xx.
page-webhooks-create = Create an endpoint
page-webhooks-create_what = Its secret is shown once, on the next page. Events from then on are sent to that address.
page-webhooks-endpoint = Endpoint
page-webhooks-url = Address
page-webhooks-url_hint = A public https address, without a user or a password in it
page-webhooks-name = Name
page-webhooks-name_hint = What receives there
page-webhooks-types = Types of events
page-webhooks-types_hint = One a line, such as registration.approved. Leave it empty for all.
page-webhooks-all_types = all
page-webhooks-order = Order
page-webhooks-ordered = In order for each subject
page-webhooks-unordered = As they come; a failed event holds up no other
page-webhooks-ordered_hint = A failed event then holds back the later ones of its subject, and no others.
page-webhooks-feed = Feed
page-webhooks-whole = the vendor’s
page-webhooks-feed_of = Feed of one partner
page-webhooks-feed_hint = The partner’s id. Leave it empty for the vendor’s own feed, which has everything.
page-webhooks-after = After position
page-webhooks-begin_hint = Leave it empty to begin with the next event; 0 sends everything that ever happened.
page-webhooks-after_hint = Each event in the log has its position; 0 sends everything again.
page-webhooks-state-enabled = enabled
page-webhooks-state-disabled = disabled
page-webhooks-state-failing = nothing arrives since
page-webhooks-reason-requested = by request
page-webhooks-reason-failing = since nothing arrived for days
page-webhooks-cursor = Sent up to position
page-webhooks-created = Created
page-webhooks-secret = The secret of the endpoint
page-webhooks-secret_what = The receiver verifies every delivery with it, by the rules of Standard Webhooks. Whoever has it can forge deliveries.
page-webhooks-both_until = Deliveries carry signatures of both secrets until
page-webhooks-old_ended = Deliveries are signed with this secret alone from now on.
page-webhooks-test = Send a test event
page-webhooks-test_what = It is sent once, also while the endpoint is disabled. The log below shows what became of it.
page-webhooks-change = Address, name, types, order
page-webhooks-rotate = Replace the secret
page-webhooks-rotate_what = A new secret is made and shown once. When the old one ends, a receiver that still has it alone refuses every delivery.
page-webhooks-grace = Sign with the old one too
page-webhooks-grace-day = for a day
page-webhooks-grace-hour = for an hour
page-webhooks-grace-none = not at all: it is known to others
page-webhooks-disable = Disable
page-webhooks-disable_what = Nothing more is sent until it is enabled. It keeps its place, so nothing is lost.
page-webhooks-enable = Enable
page-webhooks-enable_what = Deliveries go on where they stopped.
page-webhooks-replay = Send again
page-webhooks-replay_what = Every event after the position is sent, again or for the first time, with the id that it had. A receiver that keeps ids takes none twice.
page-webhooks-delete = Delete
page-webhooks-delete_what = Nothing more is sent, its place and its log are gone, and its secret verifies nothing any more. This cannot be taken back.
page-webhooks-sure = Tick that you have read what follows.
page-webhooks-sure_box = Yes, I have read what follows
page-webhooks-log = Deliveries
page-webhooks-no_deliveries = Nothing was sent yet. A test event shows whether the receiver answers.
page-webhooks-any_outcome = All
page-webhooks-at = When
page-webhooks-event = Event
page-webhooks-outcome = Outcome
page-webhooks-attempt = Attempt
page-webhooks-next = Again at
page-webhooks-earlier = Earlier
page-webhooks-outcome-delivered = delivered
page-webhooks-outcome-failed = failed
page-webhooks-outcome-given_up = given up
page-webhooks-failure-address = the address is not allowed
page-webhooks-failure-name = the name has no address
page-webhooks-failure-connection = no connection
page-webhooks-failure-tls = the certificate is not trusted
page-webhooks-failure-timeout = no answer in time
page-webhooks-failure-protocol = no answer in HTTP
page-webhooks-failure-redirect = redirected elsewhere
page-webhooks-done-change = Changed.
page-webhooks-done-replay = The events are being sent again.
page-webhooks-done-disablement = Disabled. Nothing more is sent.
page-webhooks-done-enablement = Enabled. Deliveries go on where they stopped.
page-webhooks-done-test = The test event is on its way. Load the page again to see what became of it.
page-webhooks-done-deleted = The endpoint is deleted.
page-providers-title = Identity providers
page-providers-what = People sign in by your company’s identity provider. What its claims say gives them their role here.
page-providers-none = There is none yet: people sign in by links that the operator makes. Set one up to let them sign in by themselves.
page-providers-begin = Set up a provider
page-providers-settings = Settings
page-providers-id = Id here
page-providers-id_hint = Small letters, digits and hyphens. It is part of the redirect address that the provider has to know.
page-providers-unnamed = Choose an id, such as staff.
page-providers-taken = There is a provider { $name } already. Choose another id, or change that one.
page-providers-changed = Somebody changed this provider after you opened the form. What you typed is still here; send it again to put it in place of theirs.
page-providers-role_changed = Somebody changed or removed this role after you opened it. Open the provider again, and change the role as it is now.
page-providers-name = Name
page-providers-name_hint = What the button on the sign-in page says
page-providers-issuer = Issuer
page-providers-issuer_hint = To the letter, as the provider’s discovery document has it
page-providers-for = Used for
page-providers-for_people = Sign-in
page-providers-for_api = Tokens for the API
page-providers-client = Client id
page-providers-client_hint = Of the client that you made at the provider. Without it nobody signs in.
page-providers-secret_hint = Where the client has one. It is shown nowhere; type it again when the form comes back.
page-providers-secret_kept = Leave it empty to keep the stored one, for the same client at the same issuer.
page-providers-has_secret = stored, shown nowhere
page-providers-no_secret = none
page-providers-redirect = Redirect address, to register at the provider
page-providers-after = Address after signing out
page-providers-asks_for = Asks for
page-providers-asks_for_hint = One a line, such as openid and groups
page-providers-userinfo = Read claims from the userinfo endpoint too
page-providers-userinfo_hint = For providers whose ID tokens lack groups or roles
page-providers-offered = Show the button to everybody
page-providers-offered_hint = Otherwise people need the address of the sign-in
page-providers-yes = yes
page-providers-no = no
page-providers-minutes = Minutes that people stay signed in
page-providers-minutes_hint = From 5 to 720. Leave it empty to follow the ID token.
page-providers-audience = Audience
page-providers-audience_hint = Of access tokens for the API. Leave it empty to take none.
page-providers-token_type = Type of access tokens
page-providers-changed_at = Changed
page-providers-again_what = Once it is saved, people who signed in by this provider have to sign in again.
page-providers-roles = Roles
page-providers-roles_what = Everybody gets all roles whose conditions are met. You can give only what you may do yourself.
page-providers-role = Role
page-providers-first_role = Its first role
page-providers-add_role = Add a role
page-providers-remove_role = Remove the role
page-providers-remove_role_what = People who have no other role can then do nothing here. The last role of a provider cannot be removed; remove the provider.
page-providers-role_name = Name of the role
page-providers-role_name_hint = What people ask you for
page-providers-when = Conditions
page-providers-when_hint = One a line, all must be met: groups = managers, or inside another claim: realm_access > roles = seller
page-providers-partner = They are this partner’s
page-providers-partner_hint = The partner’s id. Leave both empty for the vendor’s own people.
page-providers-partner_claim = Or the partner’s whose id this claim has
page-providers-partner_claim_hint = Such as partner_id
page-providers-whose = Whose
page-providers-by_claim = the partner named by
page-providers-vendors = the vendor’s own
page-providers-try = Try it
page-providers-try_what = What would somebody get who comes with these claims? Nothing changes.
page-providers-claims = Claims
page-providers-claims_hint = As JSON, such as a token has them
page-providers-no_claims = Write the claims as a JSON object: names in quotes, each with its value.
page-providers-would_be = They would be:
page-providers-remove = Remove the provider
page-providers-remove_what = Its tokens are refused and its sessions end, yours too if you came by it. To have it back, set it up anew.
page-providers-sure = Tick that nobody is to sign in by it any more.
page-providers-sure_box = Yes, nobody is to sign in by it any more
page-providers-done-settings = The provider is set up.
page-providers-done-role = The role is saved.
page-providers-done-role_removed = The role is removed.
page-providers-done-removed = The provider is removed. Its sessions have ended.
page-people-title = People who came
page-people-what = Everybody who signed in by an identity provider, or came to the API with a token of one.
page-people-none = Nobody has come by an identity provider yet.
page-people-person = Person
page-people-first = First seen
page-people-last = Last seen
page-people-admitted = Admitted
page-people-blocked_at = blocked since
page-people-block = Block
page-people-admit = Admit again
page-people-block_what = Who is blocked is refused within seconds, whatever the provider says, and can be admitted again.
page-people-done-blocked = Blocked. Tokens are refused and sessions end within seconds.
page-people-done-admitted = Admitted again.
page-field-client_secret = Client secret
page-scope-reviews_write = decide registrations
page-scope-opportunities_write = state opportunities and wins
page-scope-partners_admin = administer partners
page-scope-program_admin = publish programs
page-scope-vendor_admin = change the vendor document
page-scope-credentials_admin = administer keys and identity providers
page-scope-import = import history

## What a person confirms of an assistant's proposals

proposal-register = A registration for { $customer } is submitted under the program { $program }. Its rules decide it at once. It can be withdrawn later.
proposal-withdraw = The registration { $target } is given up. Its protection ends at once, and the next partner in line may get the deal. This cannot be taken back.
proposal-evidence = Evidence is added to the registration { $target }. It cannot be removed again.
proposal-extension = More time is asked for the registration { $target }. A reviewer decides.
proposal-review = { $verdict ->
    [approve] The registration { $target } is approved: the deal is protected for its partner, and others wait behind it.
    [reject] The registration { $target } is rejected, and its partner is told why. Whoever waits behind it comes next.
    [revoke] The protection of the registration { $target } ends at once, and its partner is told why. Whoever waits behind it comes next.
    [action_required] The partner of the registration { $target } is asked to correct the listed fields, and can change no others.
    [grant_extension] The registration { $target } stays protected for longer.
    [refuse_extension] The registration { $target } gets no more time; its protection ends when it would have.
    [uphold_objection] The objection is upheld: the registration { $target } stays protected, although a loss was reported.
    [dismiss_objection] The objection is dismissed: the registration { $target } ends as lost.
   *[other] The registration { $target } is decided.
}
proposal-link = { $registration ->
    [none] The opportunity { $target } belongs to no registration. Nobody is credited for it, and what was credited is taken back.
   *[other] The opportunity { $target } belongs to the registration { $registration }. If it is won, credit and rewards follow at once.
}
proposal-match = { $same ->
    [true] The customers of { $target } are one company. Claims on either are decided anew, and this holds for later claims.
   *[other] The customers of { $target } are different companies, and stay apart in later claims.
}

## Facts: what partners, people of the vendor and the CRM told

entry-vendor-created = The vendor { $name } begins.
entry-vendor-configured = The vendor's document is replaced.
entry-vendor-went_live = The vendor goes live.
entry-clock-moved = The sandbox's clock is moved to { $to }.
entry-clock-ticked = A deadline fell due.
entry-rates-published = Exchange rates of { $base } are published, which count from { $day }.
entry-program-published = Version { $number } of { $program } is published.
entry-program-withdrawn = { $program } is withdrawn for new registrations{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-credential-created = Credential { $credential } is created.
entry-credential-rotated = Credential { $credential } gets a successor, and ends at { $expires_at }.
entry-credential-revoked = Credential { $credential } is revoked.
entry-connection-created = CRM connection { $connection } is created.
entry-connection-configured = CRM connection { $connection } gets new settings, revision { $revision }.
entry-connection-rotated = CRM connection { $connection } gets a new secret; the old one ends at { $expires_at }.
entry-connection-deleted = CRM connection { $connection } is deleted.
entry-endpoint-created = Webhook endpoint { $endpoint } is created.
entry-endpoint-changed = Webhook endpoint { $endpoint } is changed: { $fields }.
entry-endpoint-rotated = Webhook endpoint { $endpoint } gets a new secret; the old one ends at { $expires_at }.
entry-endpoint-replayed = Events after position { $after } are delivered again to webhook endpoint { $endpoint }.
entry-endpoint-disabled = { $reason ->
    [failing] Webhook endpoint { $endpoint } is disabled: every delivery failed since { $failing_since }.
   *[other] Webhook endpoint { $endpoint } is disabled.
 }
entry-endpoint-enabled = Webhook endpoint { $endpoint } is enabled.
entry-endpoint-deleted = Webhook endpoint { $endpoint } is deleted.
entry-provider-configured = Identity provider { $provider } ({ $issuer }) is set up.
entry-provider-removed = Identity provider { $provider } is removed.
entry-identity-blocked = The identity { $identity } is blocked.
entry-identity-admitted = The identity { $identity } is admitted again.
entry-person-erased = A person's data is erased.
entry-partner-enrolled = { $partner } is enrolled.
entry-partner-changed = { $partner } is changed.
entry-partner-scored = { $partner } has a score of { $value } ({ $score }).
entry-partner-certified = { $partner } is certified ({ $certification }){ $valid_until ->
    [none] .
   *[other] , until { $valid_until }.
}
entry-partner-suspended = { $partner } is suspended ({ $reason }).
entry-partner-reinstated = { $partner } is reinstated.
entry-target-set = { $partner } has the target { $name }: { $measure ->
    [registrations] { $count } registered
    [approved] { $count } approved
    [won] { $count } won
    [value] { $amount } registered
    [approved_value] { $amount } approved
   *[won_value] { $amount } won
}, from { $first_day } through { $last_day }{ $program ->
    [none] {""}
   *[other] , in { $program }
}{ $product ->
    [none] .
   *[other] , with { $product }.
}
entry-target-dropped = The target { $name } of { $partner } is dropped.
entry-registration-submitted = { $partner } registers { $customer }: { $products }{ $amount ->
    [none] .
   *[other] , { $amount }.
}
entry-registration-amended = The partner changes { $fields ->
    [none] nothing
   *[other] { $fields }
}.
entry-amendment-held = The change of { $fields ->
    [none] nothing
   *[other] { $fields }
} waits for its turn; protection goes on as it was. { $because }
entry-amendment-taken = The held amendment's turn came: the registration is changed and keeps the end of its protection. { $because }
entry-amendment-refused = The held amendment was refused ({ $code }); the registration stays as it is. { $because }
entry-amendment-refused-claim_ended = The held amendment ended with the registration.
entry-amendment-refused-won_by_holder = The held amendment was refused: the deal is won. { $because }
entry-registration-withdrawn = The partner withdraws.
entry-registration-confirmed = The partner confirms that it still wants the deal.
entry-evidence-added = The partner adds evidence of work: { $evidence }.
entry-evidence-verified = A reviewer verifies the evidence.
entry-evidence-refuted = A reviewer refutes the evidence.
entry-extension-requested = The partner asks for an extension.
entry-objection-raised = The partner objects: the deal is not lost.
entry-timer-armed = A reviewer arms the timer { $timer } of { $subject } again.
entry-customer-match_decided = A reviewer says that { $registration } and { $other } have { $same ->
    [true] the same customer
   *[false] different customers
}.
entry-customer-match_revoked = A reviewer revokes the answer on the customers of { $registration } and { $other }.
entry-customer-merged = A reviewer says that { $customer } and { $other_customer } are one customer from now on.
entry-customer-split = A reviewer says that { $customer } and { $other_customer } are different customers from now on.
entry-review-decided = { $verdict ->
    [approve] A reviewer approves it.
    [reject] A reviewer rejects it.
    [action_required] A reviewer asks the partner for more.
    [revoke] A reviewer revokes it.
    [grant_extension] A reviewer grants the extension.
    [refuse_extension] A reviewer refuses the extension.
    [uphold_objection] A reviewer upholds the objection.
    [dismiss_objection] A reviewer dismisses the objection.
   *[other] A reviewer reviews it: { $verdict }.
}
entry-opportunity-created = The CRM reports: { $external_id } is a new opportunity{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-changed = The CRM reports: { $external_id } changed{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-won = The CRM reports: { $external_id } was won{ $amount ->
    [none] .
   *[other] {" "}for { $amount }.
}
entry-opportunity-lost = The CRM reports: { $external_id } was lost{ $reason ->
    [none] .
   *[other] {" "}({ $reason }).
}
entry-opportunity-reopened = The CRM reports: { $external_id } is open again.
entry-link-decided = { $registration ->
    [none] A reviewer says that it belongs to no registration.
   *[other] A reviewer links the opportunity to { $registration }.
}
entry-order-refunded = The CRM reports: { $amount } of the order was refunded ({ $refund }).
entry-order-cancelled = The CRM reports: the order was cancelled ({ $refund }).
entry-case-resolved = { $verdict ->
    [release] A reviewer releases what the case holds
    [reverse] A reviewer reverses what the case holds
   *[other] A reviewer decides the case: { $verdict }
} ({ $reason }).

## Decisions: what the rules concluded

entry-decider-upgraded = Facts are decided by release { $release } from now on.
entry-timer-failed = The timer { $timer } of { $subject } could not be decided; arm it again, or repair the release.
entry-fact-refused = Refused: { $because }
entry-program-took_effect = Version { $number } of { $program } is in force.

entry-registration-completed = Complete: decided under { $policy } from now on.
entry-registration-recognised = The claim is recognised anew: its place in the order is that of now.
entry-registration-held-incomplete = { $because } The claim has no place in the order until then.
entry-registration-held-conflict = Waits. { $because }
entry-registration-held-customer_match = Held for a reviewer, who says whether two customers are one. { $because }
entry-registration-held-review = Held for a reviewer. { $because }
entry-registration-held-too_many_candidates = Held for a reviewer. { $because }
entry-registration-held-unsettled = Held for a reviewer. { $because }
entry-registration-held-contest = Waits for other claims on the deal. { $because }
entry-registration-held-confirmation = Its turn came. { $because }
entry-registration-held-action_required = The partner is asked for { $fields ->
    [none] more
   *[other] { $fields }
}.
entry-registration-approved = { $promoted ->
    [true] Approved, since its turn came
   *[false] Approved
}; protected until { $protected_until }. { $because }
entry-registration-rejected = Rejected ({ $code }). { $because }
entry-registration-closed-opportunity_lost = Closed: its opportunity was lost.
entry-registration-closed-won_by_holder = Closed: the deal is won. { $because }
entry-registration-closed-won_unprotected = Lost: the deal was won while this claim was not protected.
entry-registration-closed-confirmation_lapsed = Closed: its turn came and it was not confirmed in time; the next in line is asked.

entry-conflict-detected = { $contested ->
    [true] Two protected registrations turned out to be the same deal; a reviewer decides.
   *[false] It meets a claim of another partner.
}
entry-conflict-resolved-promoted = The conflict is over: it took its turn.
entry-conflict-resolved-rejected = The conflict is over: this claim was rejected.
entry-conflict-resolved-withdrawn = The conflict is over: this claim was withdrawn.
entry-conflict-resolved-closed = The conflict is over: this claim ended.
entry-conflict-resolved-no_longer_same_deal = The conflict is over: it is no longer the same deal.
entry-conflict-resolved-holder_ended = The conflict is over: nobody holds the deal any more.

entry-extension-held = A reviewer decides on the extension; protection goes on until then, at most to { $until }.
entry-extension-refused = The extension was refused ({ $code }); protection ends at its own end.
entry-extension-refused-extension-undecided = The extension was not decided in time, so protection ends.
entry-protection-extended = Extended: protected until { $protected_until }. { $because }
entry-protection-expired-period_over = Expired: the last day of protection is over.
entry-protection-expired-claimed_meanwhile = Expired: the win was reversed and another claim has the deal.
entry-protection-expired-over_meanwhile = Expired: the win was reversed and protection has ended meanwhile.
entry-protection-converted = { $late ->
    [true] Converted: won late, but soon enough after protection and with no rival holding.
   *[false] Converted: won under protection.
}
entry-deal-closed = { $claims ->
    [one] { $claims } other claim on the won deal ended.
   *[other] { $claims } other claims on the won deal ended.
}
entry-deal-reopened = The win was taken back: { $claims ->
    [one] { $claims } claim that it had ended is back in its old place.
   *[other] { $claims } claims that it had ended are back in their old order.
}
entry-loss-held = The CRM reports the deal lost; protection ends at { $until } unless the partner objects.
entry-loss-lifted-open = The deal is open again: protection runs on.
entry-loss-lifted-won = The deal was won: the reported loss no longer counts.
entry-loss-lifted-relinked = The lost opportunity no longer belongs to it: protection runs on.
entry-loss-lifted-objection_upheld = The reported loss no longer counts: protection runs on. { $because }
entry-protection-lost = Lost: its last open opportunity was lost and none was won. { $because }
entry-protection-released = Released: the partner released the deal.
entry-protection-revoked = Revoked by the vendor ({ $code }).
entry-protection-resumed = What ended it was reversed and nobody else holds the deal: protection runs on.

entry-opportunity-linked-number = Linked to { $registration }: the CRM names it.
entry-opportunity-linked-partner = Linked to { $registration }: the partner's own claim on the deal.
entry-opportunity-linked-holder = Linked to { $registration }: it holds the deal.
entry-opportunity-linked-person = Linked to { $registration } by a reviewer.
entry-opportunity-linked-followed = Linked to { $registration }: the registration that now stands for the deal.
entry-opportunity-linked-duplicate = Linked to { $registration }: the one that the named registration repeats.
entry-opportunity-unlinked = It belongs to no registration ({ $code }).
entry-opportunity-unlinked-no_registration = Belongs to no registration yet; listed for a reviewer to link.
entry-opportunity-unlinked-customer_missing = Belongs to no registration yet, for the CRM names no customer; listed for a reviewer to link.
entry-opportunity-unlinked-partner_unknown = Belongs to no registration, for the CRM names a partner that is not enrolled; listed for a reviewer to link.
entry-opportunity-unlinked-by_person = Unlinked by a reviewer.
entry-opportunity-classified = { $because }

entry-credit-assigned = Credited{ $reader ->
    [partner] {" "}to you
   *[vendor] {""}
}: { $shares }.
entry-credit-revised = Credited{ $reader ->
    [partner] {" "}to you
   *[vendor] {""}
}, revised ({ $why }): { $shares ->
    [none] nothing any more
   *[other] { $shares }
}.
entry-credit-reversed = Credit is reversed ({ $why }).
entry-refund-counted = Refunded: { $amount }; { $total } of the order in all.
entry-refund-waiting-before_win = The refund waits: the opportunity is not won; it counts at the win.
entry-refund-waiting-no_amount = The refund waits: the value of the win is not known; it counts once it is.
entry-refund-waiting-other_currency = The refund waits: it is in another currency than the value of the win.
entry-refund-waiting-too_large = The refund waits: it is more than is left of the order.
entry-refund-disregarded-win_taken_back = The refund changes nothing any more: it belonged to a win that was reversed.
entry-refund-disregarded-not_in_policy = The refund changes no credit and no reward: the policy does not name it.
entry-refund-disregarded-too_late = The refund changes no credit and no reward: the policy's months are over.
entry-refund-disregarded-nothing_left = The cancellation changes no credit and no reward: nothing is left of the order.

entry-reward-accrued = Earned { $amount } as { $name }{ $base ->
    [none] {""}
   *[other] : { $pct } % of { $base }
}{ $cap ->
    [none] {""}
   *[other] , at most { $cap }
}{ $adjusts ->
    [none] {""}
   *[other] , less what was earned or refunded before
}.
entry-reward-held = Reward { $name } stays held ({ $code }).
entry-reward-held-partner-suspended = Reward { $name } stays held: its partner is suspended.
entry-reward-released = Payable: { $amount } of { $name }; the hold is over and nothing else holds it.
entry-reward-reversed = Reversed: { $amount } of { $name } ({ $why }).
entry-reward-withheld = No reward { $name }; a reviewer decides. { $because }
entry-case-opened = A partner won the deal that another holds; the holder's rewards wait for a reviewer.
entry-case-closed-released = A reviewer released what the case held.
entry-case-closed-reversed = A reviewer reversed what the case held.
entry-case-closed-win_taken_back = Closed: the win that it rests on was reversed.

## Why money was revised or taken back

why-reopened = the win was reversed
why-lost = the deal was lost
why-relinked = it belongs to another registration
why-currency_changed = the value is in another currency
why-value_changed = the value changed
why-refunded = part of the order was refunded
why-cancelled = the order was cancelled
why-case_reversed = a reviewer reversed the case
why-won = the deal was won

## Findings: each clause as it was applied

finding-required_fields = Incomplete: { $missing } missing.
finding-eligibility-partner_types = The program is open to { $allowed }; the partner is { $has ->
    [none] of no type
   *[other] { $has }
}.
finding-eligibility-partner_types-passed = Partners of this type may register.
finding-eligibility-min_tier = The program asks for tier { $least }; the partner has { $has ->
    [none] none
   *[other] { $has }
}.
finding-eligibility-min_tier-passed = The partner's tier is enough ({ $least }).
finding-eligibility-min_score = The program asks for scores of at least { $least }; the partner has { $has }.
finding-eligibility-min_score-passed = The partner's scores are high enough ({ $has }).
finding-eligibility-certifications = The program asks for certifications that the partner does not have: { $missing }{ $expired ->
    [none] .
   *[other] . Expired: { $expired }.
}
finding-eligibility-certifications-passed = The partner has every certification that the program asks for.
finding-eligibility-segments = The program is open to { $allowed }; the partner is in { $has }.
finding-eligibility-segments-passed = Partners of this segment may register ({ $has }).
finding-eligibility-territories = The program is for customers in { $allowed }; this one is in { $has }.
finding-eligibility-territories-passed = The customer is in a territory of the program ({ $has }).
finding-eligibility-own_territory = The customer is in { $has }; the partner sells in { $own }.
finding-eligibility-own_territory-passed = The customer is in a territory of the partner ({ $has }).
finding-eligibility-max_open_registrations = The partner has { $open ->
    [one] { $open } open registration
   *[other] { $open } open registrations
} in the program, this one included; it may have { $most }.
finding-eligibility-max_open_registrations-passed = The partner has { $open ->
    [one] { $open } open registration
   *[other] { $open } open registrations
} of { $most }.
finding-gates-min_amount = { $basis ->
    [list] The amount at list prices
   *[net] The amount
} is { $has ->
    [none] not given
   *[other] { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } at the rate of { $rate_on })
}; the program asks for { $least }.
finding-gates-min_amount-passed = { $basis ->
    [list] The amount at list prices, { $has }
   *[net] The amount { $has }
}{ $converted ->
    [none] {""}
   *[other] {" "}({ $converted } at the rate of { $rate_on })
} reaches { $least }.
finding-gates-min_amount-currency = { $basis ->
    [list] The amount at list prices, { $has },
   *[net] The amount { $has }
} is in another currency than the { $least } that the program asks for, and no rate between the two was known.
finding-gates-min_units = { $has ->
    [none] The claim states no number of units
    [one] The claim is for one unit
   *[other] The claim is for { $has } units
}; the program asks for { $least }.
finding-gates-min_units-passed = Enough units: { $has } of { $least }.
finding-gates-min_term_months = { $has ->
    [none] The claim states no term
    [one] The contract runs for one month
   *[other] The contract runs for { $has } months
}; the program asks for { $least }.
finding-gates-min_term_months-passed = The term is long enough: { $has } of { $least } months.
finding-gates-before_rfp = The customer's request for proposals is of { $rfp_on }; the claim was complete on { $completed_on }, and the program takes only claims from before the request.
finding-gates-before_rfp-passed = { $rfp_on ->
    [none] The claim names no request for proposals.
   *[other] The claim was complete on { $completed_on }, before the customer's request for proposals of { $rfp_on }.
}
finding-gates-single_end_customer = { $further ->
    [one] The deal is for one more end customer
   *[other] The deal is for { $further } more end customers
}; the program takes deals of one end customer.
finding-gates-single_end_customer-passed = The deal is for one end customer.
finding-same_deal-passed = No claim on this deal is ahead.
finding-customer_match = A protected registration's customer may be the same; it was recognised by { $keys }.
finding-exclusivity = The same deal is { $held_since ->
    [none] offered to another claim, which may confirm it
   *[other] protected since { $held_since }
}{ $most ->
    [none] {""}
    [one] , and one registration may hold it
   *[other] , and at most { $most } registrations may hold it
}; the customer was recognised by { $keys }.
finding-exclusivity-passed = { $most ->
    [none] Nobody holds the deal.
    [one] Fewer than one registration holds the deal.
   *[other] Fewer than { $most } registrations hold the deal.
}
finding-exclusivity-shared = The program lets every registration of a deal hold it.
finding-exclusivity-none = In this program registrations keep nobody out.
finding-conflict-order-first_complete_submission = The same deal is claimed earlier; the customer was recognised by { $keys }.
finding-conflict-order-approved_first = A claim on the same deal could be approved before this one; the customer was recognised by { $keys }.
finding-conflict-order-evidence_score = A claim on the same deal shows more work done; the customer was recognised by { $keys }.
finding-conflict-order-tier = A claim on the same deal goes before this one by its partner's standing; the customer was recognised by { $keys }.
finding-conflict-order-manual = Several claims wait and the policy leaves the choice to a reviewer.
finding-won_by_holder = The registration that held the deal won it, and keeps it until { $until }.
finding-conflict-runner_up_order = Another claim on the same deal has its turn, as the program ranks those who wait; the customer was recognised by { $keys }.
finding-conflict-runner_up_order-manual = Several claims wait and the policy leaves it to a reviewer who comes next.
finding-conflict-runner_up_order-passed = Its turn came, as the program ranks those who wait.
finding-conflict-contest_window = Until { $until } other partners may claim the deal as well; then the program's order decides between all claims.
finding-conflict-waiter_confirm = Confirm before { $until } that the deal is still wanted.
finding-conflict-on_lost = Object before { $until } if the deal is not lost.
finding-conflict-on_lost-unopposed = Nobody objected in time.
finding-review-auto_approve_if = The policy approves nothing by itself.
finding-review-auto_approve_if-passed = Every rule is met.
finding-protection-extension-passed = The policy's rule grants it.
finding-protection-cooling_off_days = The partner's own protection of this deal ended a short time ago; it may claim the deal again from { $until }.
finding-same_deal-products = { $compares ->
    [overlap] Both claims name one product{ $common ->
        [none] {""}
       *[other] {" "}({ $common })
    }.
    [same_line] Both claims name products of one line.
   *[any] The policy compares no products: any claim on the customer is on the same deal.
}
finding-same_deal-key = { $key ->
    [line] Both claims are on one product line of the customer, which the program gives to one partner.
    [customer] The program gives a customer to one partner, whatever the products.
    [workload] Both claims name one workload of the customer, { $named }.
   *[subscription] Both claims name one subscription, { $named }.
}
finding-same_deal-site = Both claims are for one site, { $site }.
finding-same_deal-territory = Both customers are in one territory, { $territory }.
finding-same_deal-close_window_days = { $days ->
    [0] The close dates are the same.
    [one] The close dates are not more than { $days } day apart.
   *[other] The close dates are not more than { $days } days apart.
}
finding-same_deal-name_only = The names alone say that the customers are one, and the policy lets them.
finding-same_deal-name_only-look = Nothing but the names says that the customers are one; { $names ->
    [block] where they are only alike, a person decides
   *[look] the policy leaves that to a person
}.
finding-clock-starts-passed = { $starts ->
    [submitted] Protection counts from the complete submission, { $start }.
   *[approved] Protection counts from the approval, { $start }.
}
finding-protection-days-passed = { $days ->
    [one] Protection lasts { $days } day.
   *[other] Protection lasts { $days } days.
}
finding-protection-months-passed = { $months ->
    [one] Protection lasts { $months } month.
   *[other] Protection lasts { $months } months.
}
finding-credit-late_win_days = Won more than { $days ->
    [one] { $days } day
   *[other] { $days } days
} after protection ended: until { $until } the win would have converted the registration.
finding-credit-late_win_days-passed = Won within { $days ->
    [one] { $days } day
   *[other] { $days } days
} after protection ended, before { $until }.
finding-credit-roles-passed = The value divides by role{ $sourced ->
    [none] {""}
   *[other] ; sourced: { $sourced } %
}{ $influenced ->
    [none] {""}
   *[other] ; influenced: { $influenced } %
}{ $fulfilled ->
    [none] {""}
   *[other] ; fulfilled: { $fulfilled } %
}.
finding-credit-model-passed = { $model ->
    [registered] The partner of the registration sourced the deal.
    [shared] All partners that held the deal sourced it in equal parts.
    [first_touch] The partner that worked the deal first sourced it.
    [last_touch] The partner that worked the deal last sourced it.
    [linear] All that worked the deal sourced it, each time they did in equal parts.
    [position_based] All that worked the deal sourced it, the first and the last the most.
    [time_decay] All that worked the deal sourced it, the later the more.
   *[other] Who sourced the deal is said by the model { $model }.
}
finding-credit-unprotected_win-rival_holds-passed = A rival held the deal. Roles of the holder: { $holder_roles }; of the winner: { $winner_roles }; the rest is the house's.
finding-credit-unprotected_win-nobody_holds-passed = Nobody held the deal. Roles of the winner: { $winner_roles }; the rest is the house's.
finding-rewards-passed = { $reward }: { $pct } % of { $base } is { $exact }{ $role ->
    [none] {""}
   *[other] {" "}(role: { $role })
}{ $cap ->
    [none] {""}
   *[other] ; it is at most { $cap }
}.
finding-clawback-passed = { $kind ->
    [cancel] A cancellation takes back credit and rewards until { $until }.
   *[refund] A refund takes back credit and rewards until { $until }.
}
finding-clawback-not_in_policy = { $kind ->
    [cancel] The policy takes nothing back for a cancellation.
   *[refund] The policy takes nothing back for a refund.
}
finding-clawback-too_late = The policy takes credit and rewards back until { $until }: { $months ->
    [one] { $months } month
   *[other] { $months } months
} after the win.
finding-amount-missing = The registration states no amount.
finding-cap-other_currency = The cap is in { $cap_currency }, the value in { $value_currency }.
finding-always-suspended = Its turn came while its partner is suspended.
finding-always-crowd = { $live ->
    [none] More live claims name this customer than rules compare.
    [one] { $live } live claim names this customer; rules compare at most { $most }.
   *[other] { $live } live claims name this customer; rules compare at most { $most }.
}
finding-always-unsettled = The claim changed its place too often for rules to settle it.
finding-duplicate_of_own = The partner's own registration { $original } already claims this deal.
finding-always-place = The same deal is claimed earlier; the customer was recognised by { $keys }.
finding-review-approve = A reviewer approved it.
finding-review-reject = A reviewer rejected it.
finding-review-action_required = A reviewer asks for more.
finding-review-still_asked = Of what the reviewer asked for, this is still missing: { $fields }.
finding-review-grant_extension = A reviewer granted it.
finding-review-uphold_objection = A reviewer upheld the objection.
finding-review-dismiss_objection = A reviewer dismissed the objection.
finding-win-protected = Won under protection: the registration converts.
finding-win-further = A further win within the registration's own protection.
finding-win-late = Won late, but soon enough after protection and with no rival holding: the registration converts.
finding-win-breach = Won by a partner that does not hold the deal while a rival does.
finding-win-unprotected = Won without protection, and nobody holds the deal.
finding-win-unlinked = Won, and belongs to no registration.

## Needs: what would have changed a finding

need-at_least = At least { $value } would have been enough.
need-at_most = At most { $value } would have been enough.
need-one_of = One of { $value } would have been enough.
need-is = { $value } would have been enough.
need-given = { $value ->
    [none] Giving it would have been enough.
   *[other] Give { $value }.
}

## Refusals: why a fact was not taken

refused = { $field ->
    [none] The request is not valid ({ $code }).
   *[other] { $field } is not valid ({ $code }).
}
refused-calendar-unknown = { $program ->
    [none] Calendar { $calendar } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Calendar { $calendar } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-calendar-year_missing = Calendar { $calendar } lists holidays up to { $last } and none of { $year }, in which the policy takes effect; add those of { $year } to the vendor document first.
refused-case-closed = The case is closed already.
refused-case-unknown = There is no case { $case }.
refused-certification-unknown = { $program ->
    [none] Certification { $certification } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Certification { $certification } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-clock-behind = The sandbox's clock stands at { $reached } and only moves forward; give that time or a later one.
refused-clock-too_far = The sandbox's clock stands at { $reached } and moves by at most { $days } days at a time; give an earlier time.
refused-conflict-open = The claim is in conflict with a registration that holds the deal; end that one first.
refused-customer-identical = The two customers are written alike; name two that differ.
refused-customer-identifiers_equal = Both have { $keys }: equal identifiers are one customer; amend the wrong one.
refused-decider-fault = The service failed to decide this; its operator can have it decided again, so do not send it again.
refused-correction-vendor_only = Only the vendor corrects a claim; leave out the correction.
refused-duplicate_of_own = The partner's own registration { $original } claims this deal.
refused-evidence-too_many = The registration has { $most } pieces of evidence, and takes no more.
refused-evidence-unknown = Evidence { $evidence } is not on the registration.
refused-extension-deal_taken = Protection had ended, and the deal has another claim by now.
refused-extension-evidence_required = Add evidence to the registration first.
refused-extension-late = Protection can be extended while it runs; this registration is { $state }.
refused-extension-none_pending = No extension waits for a decision.
refused-extension-not_offered = The program offers no extension.
refused-extension-pending = An extension was already requested and is not decided yet.
refused-extension-used_up = The program allows { $max ->
    [one] { $max } extension; it is used
   *[other] { $max } extensions; all are used
}.
refused-fact-unknown = This release takes no { $fact_type }.
refused-fact-unreadable = The fact cannot be read: { $detail }. Send it anew as the API describes it.
refused-event-too_large = What follows from this fact is too large to be recorded.
refused-field-missing = Name the fields that the partner may change.
refused-field-not_open = { $field } cannot be changed now; the partner is asked for { $fields }.
refused-field-required = The program requires { $absent ->
    [none] { $field }
   *[other] { $absent }
}; it cannot be removed.
refused-field-unknown = { $name ->
    [none] { $field } is no field of a registration.
   *[other] { $name } is no field of a registration.
}
refused-items-currency = Items need the amount that they make up, in the same currency.
refused-items-sum = The items do not sum to the amount.
refused-line-unknown = { $program ->
    [none] Product line { $line } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Product line { $line } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-link-unchanged = The opportunity is linked so already.
refused-link-winner_required = The CRM names { $named } and the registration is { $holder }'s: say in winner which of the two won.
refused-link-winner_unknown = { $winner } is neither the partner that the CRM names nor the registration's.
refused-match-not_decided = Nobody has said whether the two have one customer, or a customer was changed since.
refused-match-self = A registration is not compared with itself.
refused-objection-none_pending = No objection waits for a decision.
refused-objection-nothing_lost = No loss of this registration, which is { $state }, waits for an objection.
refused-objection-pending = An objection was already raised and is not decided yet.
refused-opportunity-open = { $message } is no change of an opportunity that is { $state } already.
refused-opportunity-unknown = There is no opportunity { $opportunity }.
refused-partner-active = The partner is not suspended.
refused-partner-exists = Partner { $partner } is enrolled already.
refused-partner-suspended = { $reason ->
    [already] The partner is suspended already.
   *[other] The partner is suspended; it can register and change nothing.
}
refused-partner-unknown = { $reason ->
    [other_partner] The credential belongs to another partner.
   *[other] Partner { $partner } is not enrolled.
}
refused-partner_type-unknown = { $program ->
    [none] Partner type { $partner_type } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Partner type { $partner_type } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-policy-effective_in_past = effective_from is past; publish it to take effect immediately or on a later day.
refused-policy-invalid = { $kind ->
    [other_program] The policy names another program or version.
   *[other] { $field } is not as the schema of policies asks ({ $kind }).
}
refused-policy-version_exists = Version { $newest } is published; the next one needs a higher number.
refused-product-unknown = { $product } is not in the vendor's catalogue; name one of its products.
refused-program-unknown = Program { $program } is not open.
refused-program-withdrawn = { $reason ->
    [already] The program is withdrawn already.
   *[other] Program { $program } takes no new registrations.
}
refused-recorded_at-older = The import has reached { $reached }; send facts in order of their recorded time.
refused-refund-currency = The order is in { $currency }.
refused-refund-nothing = A refund has an amount above zero.
refused-refund-repeated = This refund was taken already.
refused-refund-too_large = More is refunded than is left of the order.
refused-refund-too_many = { $most } refunds of this opportunity are on file; no more are taken.
refused-registration-exists = The registration exists already.
refused-registration-not_invited = The registration is { $state }: its turn has not come, so there is nothing to confirm.
refused-registration-not_open = A registration that is { $state } { $action ->
    [amend] cannot be amended.
    [withdraw] cannot be withdrawn.
    [add_evidence] takes no evidence.
    [take_opportunity] takes no opportunity.
    [extend] has no protection to extend.
    [approve] cannot be approved.
    [reject] cannot be rejected.
    [revoke] has no protection to revoke.
    [action_required] asks nothing of its partner.
   *[other] is not open to this.
}
refused-registration-unknown = There is no registration { $registration }.
refused-revision-mismatch = The registration has revision { $revision } now; read it again and repeat the change.
refused-source-older = A newer message of this opportunity was taken; this one changes nothing.
refused-score-unknown = { $program ->
    [none] Score { $score } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Score { $score } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-territory-unknown = { $program ->
    [none] Territory { $territory } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Territory { $territory } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-tier-unknown = { $program ->
    [none] Tier { $tier } is not in the vendor document; { $similar ->
        [none] add it there first, or use a known one: { $known }.
       *[other] did you mean { $similar }? Known: { $known }.
    }
   *[other] Tier { $tier } cannot leave the vendor document: version { $version } of program { $program } names it at { $place }.
}
refused-target-too_many = The partner has { $most } targets, and takes no more.
refused-target-unknown = The partner has no target { $name }.
refused-timer-not_failed = The timer { $timer } of { $subject } has not failed, so there is nothing to arm.
refused-vendor-exists = The vendor exists already.
refused-vendor-importing = The vendor is importing its history: send facts with their recorded time under the scope import.
refused-vendor-live = { $reason ->
    [already] The vendor is live already.
   *[other] The vendor is live: facts are recorded as they arrive.
}
refused-vendor-not_sandbox = Only a sandbox's clock can be moved; this vendor's clock is the real one.
refused-vendor-sandbox = A sandbox never goes live; create a vendor of its own for that.
refused-vendor-unknown = The vendor does not exist; create it first.

## Differences between two policies or vendor documents

difference-added = { $path } is new: { $after }.
difference-removed = { $path } is taken out; it was { $before }.
difference-changed = { $path } changes from { $before } to { $after }.
difference-members = { $path } { $after ->
    [none] loses { $before }.
   *[other] { $before ->
        [none] gains { $after }.
       *[other] gains { $after } and loses { $before }.
    }
}
difference-order = { $path } changes its order from { $before } to { $after }.

## Likeness: why two customers may be one company

likeness-identifier = { $differing ->
    [none] The same { $equal }.
   *[other] Another { $differing }, whatever the names say.
}
likeness-contradiction = The same { $equal }, but another { $differing }: a reviewer decides.
likeness-little = Equal, but of words that many companies share ({ $blank }).
likeness-no_name = One of the texts is no company's name ({ $blank }).
likeness-equal = The names are equal once spelling, legal form and abbreviations are put aside.
likeness-order = The names have the same words in another order.
likeness-spacing = The names differ only in where words are joined.
likeness-written = Every word of one name stands for one of the other ({ $likened }).
likeness-brand = One name is the other in short (without { $rest }), and its first word is hardly anybody else's.
likeness-forms = The names are equal, but their legal forms differ ({ $forms }): perhaps two entities of one group.
likeness-places = The names are equal, but of different states ({ $states }).
likeness-common = The names are equal, but of common words and without legal forms that could tell them apart.
likeness-acronym = One name is the initials of the other ({ $likened }).
likeness-initials = One name may be the initials or the beginnings of the other's words ({ $likened }).
likeness-group = { $group ->
    [subsidiary] One is said to be a subsidiary of the other: two entities of one group.
   *[other] { $domain ->
        [equal] Both use one domain, which makes them one group; left over of the names: { $rest }.
       *[other] One name is the other with a place or group word ({ $rest }): perhaps another entity of one group.
    }
}
likeness-domain = The names are alike, and both use one domain.
likeness-domains = The names are alike, but the domains differ.
likeness-countries = The names are alike, but the countries differ: perhaps two entities of one group.
likeness-part = One name is part of the other; left over: { $rest }.
likeness-kin = Both names have a word that is hardly anybody else's; left over: { $rest }.
likeness-similar = The names are similar; left over: { $rest }.
likeness-numbers_one = The names are alike, but only one has the number { $rest }.
likeness-numbers = A number tells them apart ({ $rest }).
likeness-differ = What tells companies apart differs ({ $rest }).
likeness-nothing = The names have no word in common.

## Blind checks: what is told of a deal that nobody registered yet

blind-clear = No live claim of another partner meets this deal. Only a registration holds a place.
blind-likely_conflict = A registration of this deal would probably wait, or be left to a reviewer: it is claimed.
blind-own = You have registered this deal already, as { $own }; another registration would be rejected.
blind-needs_identifier = Names alone do not settle it; give a valid { $settles }.

## Timelines: what stands around their lines

timeline-about = { $kind } { $about }, vendor { $vendor }, times of { $zone }
timeline-now = Now
timeline-credit = Credit
timeline-rewards = Rewards
timeline-claim = { $registration } of { $partner }: { $state }{ $until ->
    [none] {""}
   *[other] {" "}until { $until }
}
timeline-share = { $whose }: { $amount } { $role } ({ $portion }) of { $opportunity }
timeline-sum = In all, { $partner }: { $amount } { $status }
timeline-left = { $left } left of { $amount }
timeline-reversed = { $amount } reversed, nothing is due
timeline-payable = { $left }, payable since { $due }, due now
timeline-payable-blocked = { $left }, payable since { $due }, not paid while { $partner } is suspended
timeline-held = { $left }, held, due { $due }
timeline-held-waits = { $left }, held: { $waits }; due { $due } at the earliest
timeline-held-over = { $left }, held: { $waits }; its hold ended { $due }
timeline-waits-case = a reviewer has to decide { $case }
timeline-waits-suspended = { $partner } is suspended
timeline-more = There are more entries than shown here: see /v1/events.

## Problems: what is wrong with a request, by its code

problem-accept-none = The response exists in no accepted media type
problem-ambiguous = The request may or may not have been accepted
problem-body-encoding = The content encoding is not accepted
problem-body-media_type = The content type is not accepted here
problem-body-too_large = The body is too large
problem-bulk-backlog = The vendor's earlier facts are not decided yet
problem-bulk-busy = A bulk import of this vendor is in progress
problem-bulk-too_many_rows = The bulk request has too many rows
problem-calendar-unknown = The vendor document has no such calendar
problem-calendar-year_missing = The calendar lists no holidays of that year
problem-case-closed = The case is closed
problem-case-unknown = No such case
problem-certification-unknown = The vendor document has no such certification
problem-clock-behind = The sandbox's clock is past that time
problem-clock-too_far = The sandbox's clock cannot be moved that far at once
problem-conflict-open = A conflict of the registration is open
problem-conflict-unknown = No such conflict
problem-connection-unknown = No such CRM connection
problem-endpoint-address = Address cannot be used
problem-endpoint-disabled = Webhook endpoint is disabled
problem-endpoint-name = Name could not be resolved
problem-endpoint-position = No such position
problem-endpoint-too_many = Too many webhook endpoints
problem-endpoint-unknown = No such webhook endpoint
problem-correction-vendor_only = Only the vendor corrects a claim
problem-credential-ended = The credential has ended
problem-credential-expired = The credential has expired
problem-credential-last_administrator = The credential is the vendor's last administrator
problem-credential-missing = No credential was sent
problem-credential-not_found = No such credential
problem-credential-revoked = The credential was revoked
problem-credential-rotated = The credential was already rotated
problem-credential-unknown = The credential is unknown
problem-credential-vendor_only = Only the vendor's credentials can read this
problem-file-encoding = The encoding of the file cannot be told, or is another one
problem-file-separator = The separator of the file cannot be told
problem-file-column = A column of the file is no field, or a field has two
problem-file-dates = The dates of a column can be read in two ways
problem-file-decimal = The numbers of a column can be read in two ways
problem-file-row = A row of the file cannot be read
problem-file-value = A cell of the file cannot be read
problem-file-too_long = The file has too many rows
problem-csv-too_large = More rows match than one CSV file may have
problem-cursor-invalid = The cursor belongs to no such list
problem-crm-amount_missing = A line item has no amount
problem-crm-app_other = The event is of another app
problem-crm-archived_won = A won deal is archived in the CRM
problem-crm-away = The CRM does not answer
problem-crm-currency_missing = The amount has no currency
problem-crm-date_invalid = The date is none
problem-crm-deal_gone = The CRM has no such deal
problem-crm-not_configured = The connection has no CRM settings
problem-crm-number_invalid = The amount is no number
problem-crm-partner_missing = The deal names no partner
problem-crm-partner_unknown = The partner of the deal is not known
problem-crm-portal_other = The event is of another account
problem-crm-rate_limited = The CRM asks for a pause
problem-crm-record_invalid = The payload is neither a delivery nor a deal
problem-crm-refund_incomplete = The refund has no id
problem-crm-request_refused = The CRM refuses the question
problem-crm-revision_missing = The deal does not say when it was changed
problem-crm-stage_unknown = The stage is not mapped
problem-crm-token_refused = The CRM refuses the access token
problem-customer-identical = The two customers are one already
problem-customer-identifiers_equal = The customers have the same identifier
problem-decider-fault = The request could not be decided
problem-duplicate_of_own = The partner already registered this deal
problem-event-too_large = The event is too large for the log
problem-evidence-too_many = The registration has too much evidence
problem-evidence-unknown = No such evidence on the registration
problem-extension-deal_taken = The deal has another claim by now
problem-extension-evidence_required = The extension needs evidence
problem-extension-late = The extension was requested too late
problem-extension-none_pending = No extension is pending
problem-extension-not_offered = The program offers no extension
problem-extension-pending = An extension is already pending
problem-extension-used_up = No extensions are left
problem-fact-unknown = No such request
problem-fact-unreadable = The request cannot be read
problem-field-missing = The field is missing
problem-field-not_open = The field cannot change now
problem-field-required = The field cannot be removed
problem-field-unknown = The request has no such field
problem-http-expectation = The Expect header cannot be met
problem-http-head_too_large = Request line and headers are too large
problem-http-host = The Host header is missing or wrong
problem-http-host_unknown = The service has another name
problem-http-malformed = The request is not HTTP/1.1
problem-http-target_too_long = Path and query are too long
problem-http-too_slow = The request came too slowly
problem-http-version = The HTTP version is not supported
problem-idempotency-key_invalid = The Idempotency-Key header is invalid
problem-idempotency-key_missing = The Idempotency-Key header is missing
problem-idempotency-key_reused = The key was used with another request
problem-identity-blocked = The vendor has blocked you
problem-identity-unknown = No such identity
problem-import-paused = The vendor's import is paused
problem-internal = Internal error
problem-items-currency = The items are in another currency
problem-items-sum = The items do not add up to the amount
problem-json-duplicate_key = The body names a field twice
problem-json-malformed = The body is not JSON
problem-json-too_deep = The body is nested too deeply
problem-json-too_many_values = The body has too many values
problem-line-unknown = The vendor document has no such product line
problem-link-unchanged = The link is already set
problem-link-winner_required = Who won is not said
problem-link-winner_unknown = The winner is neither of the two partners
problem-match-not_decided = The match is not decided yet
problem-match-self = The two registrations are one
problem-match-unknown = No such match
problem-method-not_allowed = The method is not allowed
problem-objection-none_pending = No objection is pending
problem-objection-nothing_lost = No loss waits for an objection
problem-objection-pending = An objection is already pending
problem-opportunity-open = The opportunity is open
problem-opportunity-unknown = No such opportunity
problem-overloaded = Too many requests are waiting
problem-partner-active = The partner is not suspended
problem-partner-exists = The partner already exists
problem-partner-not_found = No such partner
problem-partner-not_yours = The credential is bound to another partner
problem-partner-suspended = The partner is suspended
problem-partner-unknown = The vendor has no such partner
problem-partner_type-unknown = The vendor document has no such partner type
problem-path-unknown = The path does not exist
problem-policy-effective_in_past = The policy would take effect in the past
problem-policy-invalid = The policy has invalid fields
problem-policy-version_exists = The policy version already exists
problem-position-not_reached = The position is not reached yet
problem-precondition-invalid = The If-Match header is invalid
problem-precondition-missing = The If-Match header is missing
problem-product-unknown = The catalogue has no such product
problem-program-not_found = No such program
problem-program-unknown = The vendor has no such program
problem-program-withdrawn = The program takes no new registrations
problem-provider-away = The identity provider does not answer
problem-provider-taken = Another provider takes these tokens
problem-saved_view-unknown = No such saved view
problem-saved_view-exists = A saved view has this name
problem-saved_view-too_many = There are too many saved views
problem-provider-too_many = The vendor has too many identity providers
problem-provider-unknown = No such identity provider
problem-rate-exceeded = Too many requests
problem-recorded_at-future = The recorded time is in the future
problem-recorded_at-invalid = The recorded time is invalid
problem-recorded_at-older = The recorded time is older than the last one
problem-refund-currency = The refund is in another currency
problem-refund-nothing = The refund is of nothing
problem-refund-repeated = The refund was told before
problem-refund-too_large = The refund is more than is left
problem-refund-too_many = The order has too many refunds
problem-registration-exists = The registration already exists
problem-registration-not_invited = The registration's turn has not come
problem-registration-not_open = The registration does not allow this now
problem-registration-unknown = No such registration
problem-request-invalid = The request has invalid fields
problem-revision-mismatch = The registration has changed since that revision
problem-reward-unknown = No such reward
problem-scenario-busy = Other scenarios are being run
problem-scenario-invalid = The scenarios cannot be read as they stand
problem-scenario-not_expressible = A scenario says what this release cannot say yet
problem-scenario-too_long = The scenarios take too long to be run
problem-role-missing = The identity provider gives you no role
problem-scope-missing = The credential lacks the scope
problem-score-unknown = The vendor document has no such score
problem-source-older = The message is older than the last one
problem-template-not_found = No such program template
problem-territory-unknown = The vendor document has no such territory
problem-target-too_many = The partner has as many targets as it may have
problem-target-unknown = The partner has no such target
problem-tier-unknown = The vendor document has no such tier
problem-timer-not_failed = The timer has not failed
problem-token-expired = The token has expired
problem-token-invalid = The token is not accepted
problem-unavailable = A server that dealreg needs does not answer
problem-vendor-exists = The vendor already exists
problem-vendor-importing = The vendor is importing its history
problem-vendor-live = The vendor is live
problem-vendor-not_sandbox = The vendor is not a sandbox
problem-vendor-sandbox = The vendor is a sandbox
problem-vendor-unknown = No such vendor
problem-view-behind = The view is behind
problem-webhook-id_reused = The message id was used with another body
problem-webhook-replayed = The message was accepted already
problem-webhook-signature_invalid = The signature does not verify
problem-webhook-timestamp_outside_tolerance = The message's time is outside the tolerance

## Problems of one field

problem-audience-client = The audience is the client
problem-date-impossible = There is no such day or month
problem-date-out_of_range = The date is out of range
problem-field-choice = The value is none of those allowed
problem-field-invalid = The value is not valid
problem-field-not_applicable = The field does not belong here
problem-field-type = The value has the wrong type
problem-list-too_long = The list is too long
problem-list-too_short = The list is too short
problem-money-currency = There is no such currency
problem-money-decimals = The amount has too many decimals
problem-money-negative = The amount is negative
problem-money-not_decimal = The amount is no decimal number
problem-money-too_large = The amount is too large
problem-name-twice = The name stands there twice
problem-number-out_of_range = The number is out of range
problem-number-too_long = The number has too many digits
problem-patch-empty = The patch changes nothing
problem-percentage-invalid = The percentage is not valid
problem-period-invalid = The period is not valid
problem-person-one_of = Name exactly one person
problem-position-invalid = The position is not valid
problem-position-vendor_only = Only the vendor may give a number
problem-provider-purpose = The provider is for nothing
problem-rates-invalid = The rates are not valid
problem-review-code_missing = The verdict needs a code
problem-review-fields = The fields do not go with the verdict
problem-role-for_everybody = The role has no condition
problem-role-partner_twice = The role names a partner twice
problem-scope-not_for_partners = The scope is not for partners
problem-scope-openid = The sign-in does not ask for openid
problem-text-control_character = The text has control characters
problem-text-not_unicode = The text is not Unicode
problem-text-outer_space = The text begins or ends with white space
problem-text-pattern = The text has the wrong form
problem-text-too_long = The text is too long
problem-text-too_short = The text is too short
problem-time-future = The time is in the future
problem-time-impossible = There is no such time
problem-time-out_of_range = The time is out of range
problem-time-past = The time is in the past
problem-time-without_offset = The time has no offset
problem-url-invalid = The address is not of a form that is accepted

page-hold-title = Who may hold a deal
page-hold-one = { $max ->
    [one] one partner at a time
   *[other] up to { $max } partners at a time
 }
page-hold-shared = every partner that registers it
page-hold-none = nobody is kept out
page-hold-cooling_off = After protection ended, not again for
page-same-title = One deal is
page-same-deal = what a customer buys of the same products
page-same-line = what a customer buys of one product line
page-same-customer = everything that a customer buys
page-same-workload = one workload of a customer
page-same-subscription = one subscription of a customer
page-same-site = , at one site
page-same-territory = , in one territory

## Why a file, a column or a cell cannot be used

file-encoding-unknown = line { $line } is not UTF-8, and whether it is windows-1252 (Western) or windows-1256 (Arabic) cannot be told; declare the encoding, or save the file as UTF-8
file-encoding-other = line { $line } is not { $encoding }; declare another encoding, or save the file as UTF-8
file-separator-no_field = cannot be told, since the first line names no field that is known; declare the separator, and map the columns
file-separator-several = cannot be told; declare it
file-too_long = has more than { $most } rows; split it
file-row-no_header = has no header line; name the columns in the first line
file-row-quotes = line { $line }: the quotes of a cell do not match, so nothing after it can be read; correct it
file-row-long_cell = line { $line }: a cell has more than { $most } characters; shorten it, or correct the quotes before it
file-row-cells = has { $cells } cells, the first line has { $columns }; correct the row
file-column-pair = must be { $kind ->
    [value] field=value
   *[column] header=field
}, each name once; not { $text }
file-column-no_such_field = { $text } is no field of { $kind ->
    [opportunities] opportunities
   *[registrations] registrations
}; use one of: { $fields }
file-column-no_field = column { $column } is no field of { $kind ->
    [opportunities] opportunities
   *[registrations] registrations
}; map it (header=field), or leave it out (header=). Fields: { $fields }
file-column-twice = { $text } is given by column { $column } and by column { $other }; leave one out
file-column-value_too = { $text } is given by column { $column } and by value; leave one out
file-column-absent = the file has no column { $column }; correct the mapping
file-dates-unclear = column { $column }, line { $line }: { $text } is two dates, and no other line tells which; declare dmy or mdy
file-dates-mixed = column { $column }, line { $line } has { $text } and line { $other_line } has { $other }: write all in one order
file-decimal-unclear = column { $column }, line { $line }: { $text } is two numbers, and no other line tells which; declare point or comma
file-decimal-mixed = column { $column }, line { $line } has { $text } and line { $other_line } has { $other }: write all in one way
file-value-date = '{ $text }' is not a date as YYYY-MM-DD{ $convention ->
    [dmy] , nor as day, month, year
    [mdy] , nor as month, day, year
   *[iso] {""}
}; correct it
file-value-no_day = '{ $text }' is a day that no calendar has{ $convention ->
    [dmy] , nor as day, month, year
    [mdy] , nor as month, day, year
   *[iso] {""}
}; correct it
file-value-number = '{ $text }' is not a number with a decimal { $convention ->
    [comma] comma
   *[point] point
}; correct it
file-value-integer = '{ $text }' is not a whole number; correct it
