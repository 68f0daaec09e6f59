# What moderators are told. What they type stands behind the name of its box: "Name: this has 90 characters and 80 fit".

moderation-not-allowed = Only moderators of this server can do that: members with Manage Server, or with the role that counts as moderator here.
moderation-given-back = You are no moderator here any more, so nothing was changed. What you typed:
moderation-mistakes = Nothing was changed yet
moderation-mistakes-text = { $count ->
    [one] One thing needs another look. What you typed is kept for an hour.
   *[other] { $count } things need another look. What you typed is kept for an hour.
}
moderation-typed-more = What you typed, continued
moderation-correct = Correct it
moderation-correct-texts = Correct the texts
moderation-correct-details = Correct maker and price
moderation-go-on = Go on with name and texts
moderation-details-good = Maker and price are noted
moderation-details-good-text = Now the name and what it is.
moderation-draft-gone = I do not have what you typed any more: it is kept for an hour, and not over a restart. It still stands in the message above; use the command again and copy it from there.

moderation-tool-gone = This tool is not listed here any more.
moderation-review-gone = This review does not stand any more.
moderation-changed-meanwhile = Somebody else changed the same thing at this moment. Look at it and try once more.
moderation-nothing-to-undo = There is nothing left to take back: this change was taken back already.
moderation-undo-name-taken = “{ $name }” cannot come back: it reads like { $other }, which is listed here by now. Rename or remove that one first.
moderation-purging = The data of this server is just being deleted. Try again in a minute.
moderation-many-tools = this server has { $max } tools of its own already; remove one first
moderation-many-reviews = this tool has { $max } reviews of this server already; remove one first
moderation-many-reviews-all = this server holds { $max } reviews already; remove one first
moderation-name-taken = “{ $name }” reads like { $other }, which is listed here; choose another name, or change that one with /edittool
moderation-reviewer-of-panel = { $name } belongs to the panel and speaks in the shared catalog only; take another name
moderation-needs-currency = a price needs its currency, such as USD
moderation-needs-amount = this says nothing without a price; add the price or take this out
moderation-edited-meanwhile = somebody changed this while your form was open; it is now “{ $now }”
moderation-too-much = maker and price together are too long for a form; shorten the note

moderation-review-added = Review added
moderation-review-replaced = Review replaced
moderation-review-same = This review stands already
moderation-review-removed = Review removed
moderation-review-before = It replaces
moderation-tool-added = { $tool } is listed here now
moderation-tool-changed = { $tool } is changed here
moderation-tool-same = { $tool } says that already
moderation-tool-removed = { $tool } is hidden here now
moderation-tool-removed-text = Its cards here say so. Its votes are kept for 30 days and come back with undo.
moderation-undo = Undo
moderation-undone = Change { $number } is taken back
moderation-only-here = Seen in this server only. Cards of it that stand here are brought up to date.
moderation-only-here-new = Seen in this server only.
moderation-tidied = Characters that nobody can see were taken out.
moderation-read-as = “{ $typed }” was read as { $tool }.
moderation-shared = It comes from the shared catalog; other servers keep it as it is.

moderation-ask-tool = Hide { $tool } in this server?
moderation-ask-tool-text = Nobody here finds it any more. { $votes ->
    [0] Nobody here has voted on it; undo brings it back.
    [one] Its one vote is kept for 30 days; undo brings the tool and its vote back until then.
   *[other] Its { $votes } votes are kept for 30 days; undo brings the tool and its votes back until then.
}
moderation-ask-review = Remove this review of { $tool }?
moderation-ask-review-text = It stays in the history and can be brought back from there.
moderation-remove = Remove
moderation-keep = Keep
moderation-kept = Nothing was changed
moderation-no-own-reviews = This server has no reviews of { $tool } of its own. Reviews of the shared catalog cannot be removed here.
moderation-add-it = Is it not listed yet? Add it with /addtool.
moderation-which-review = Whose review of { $tool }?
moderation-which-review-text = Nobody named “{ $typed }” has reviewed it here.
moderation-pick-review = Choose a review

tool-hidden-name = A tool that is gone
tool-hidden-button = Removed
tool-hidden = This tool was removed from the list of this server. Votes given here count again if it comes back within 30 days.
