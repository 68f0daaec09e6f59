# The head-to-head: "A vs B".

compare-title = { $first } vs { $next }

# The call. $rates is "75% to 50%", or "75% to 50% and 25%".
call-agree = Panel and community both lean to { $tool }: { $panel } on the panel, { $community } in votes.
call-disagree = They disagree: the panel leans to { $panelTool }, { $panel }, the community to { $communityTool }, { $community }.

call-rates = { $leader } to { $others }
call-panel-leans = The panel leans to { $tool }, { $rates }.
call-panel-leans-barely = The panel leans to { $tool }, by less than a point.
call-panel-reported = On the panel { $tool } is ahead, { $rates }, but there are too few reviews of { $thin } to call it.
call-panel-tie = The panel ties { $tools } at { $percent }.
call-panel-only = Only { $tool } has been reviewed so far, at { $percent } ship.
call-panel-none = The panel has reviewed none of them yet.

call-community-none = Nobody has voted yet.
call-community-none-invite = Nobody here has voted yet: react on the cards below.
call-community-few = There are too few votes to compare.
call-community-few-some = Too few votes for { $tools } to compare.
call-community-leans = The community leans to { $tool }, { $rates }.
call-community-close = The community is too close to call.
call-community-left-out = Too few votes for { $tools }.

not-substitutes = These are not substitutes: { $tools }.
not-substitutes-some = Not all of these are substitutes: { $tools }.
not-substitutes-tool = { $tool } ({ $category })

split-title = Reviewer by reviewer
split-both = Both: { $who }
split-all = All: { $who }
split-neither = Neither: { $who }
split-none = None: { $who }
split-only = Only { $tool }: { $who }
split-picks = { $who }: { $tools }
split-more = { $count ->
    [one] and { $count } more reviewer
   *[other] and { $count } more reviewers
}

pricing-title = Pricing
pricing-all-free = { $count ->
    [2] Both are free to start.
   *[other] All are free to start.
}
pricing-all-paid = { $count ->
    [2] Both are paid from the start.
   *[other] All are paid from the start.
}
pricing-free = Free to start: { $tools }.
pricing-paid = Paid: { $tools }.
pricing-unknown = Not known: { $tools }.
pricing-line = { $tool }: { $what }

quotes-title = { $tool }: for and against

# How a name was read that was not typed exactly.
read-as = { $typed } was read as { $tool }
read-as-how = { $typed } was read as { $tool } ({ $how })

panel-note = Panel reviews are opinions of Tiebreaker's own panel.
