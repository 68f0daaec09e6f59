# Leaderboard and history.

top-title = What ships here
top-title-category = What ships here: { $category }
top-by-community = By votes of this server. A few perfect votes do not outrank many good ones.
top-by-panel = By reviews. A few perfect ones do not outrank many good ones.
top-line = { $place }.
top-empty = Nobody here has voted yet. Compare two tools with /compare and react on their cards.
top-empty-panel = There are no reviews yet.

history-title = What was changed here
history-empty = Nothing has been changed here yet.
history-undo = Undo { $number }
history-by = { $by } · { $date }
history-by-operator = The operator
history-by-erased = Somebody whose data was erased
history-altered = { $field }: { $before } → { $after }
history-undoes = took back change { $number }
history-undone = was taken back
history-tool-added = { $number } · { $subject }: tool added
history-tool-changed = { $number } · { $subject }: tool changed
history-tool-removed = { $number } · { $subject }: tool removed
history-tool-back = { $number } · { $subject }: tool back again
history-review-added = { $number } · { $subject }: review added
history-review-changed = { $number } · { $subject }: review replaced
history-review-removed = { $number } · { $subject }: review removed
history-reviewer-added = { $number } · { $subject }: reviewer added
history-reviewer-changed = { $number } · { $subject }: reviewer changed
history-reviewer-removed = { $number } · { $subject }: reviewer removed

history-refused = This cannot be taken back any more
history-refused-text = { $subject } was changed again since. Change it by hand if the older version is the right one.
history-refused-fields = Changed since: { $fields }.
history-version-undo = Undo would bring back
history-version-now = It is now

# Fields of tools and reviews, as a history names them.
field-name = name
field-aliases = other names
field-formerly = earlier ids
field-vendor = maker
field-category = category
field-also = further categories
field-tagline = tagline
field-description = description
field-link = official page
field-lang = language
field-hidden = removed
field-entry = price
field-entry-kind = price
field-entry-note = note on the price
field-entry-checked = price checked on
field-entry-amount = amount
field-entry-currency = currency
field-entry-per = price buys
field-reviewer = reviewer
field-verdict = verdict
field-quote = quote
field-date = date
field-role = role
field-motto = motto
