# Scores and prices, as they stand on every card.

label-panel = Panel
label-community = Community
label-community-all = Community, all servers
label-entry = Entry

# "50% · 2 of 4" and "82% · 34 votes".
score-panel = { $percent } ship · { $ship } of { $total }
score-panel-server = { $ship } of { $total } from this server
score-community = { $percent } ship · { $votes ->
    [one] { $votes } vote
   *[other] { $votes } votes
}
score-early = early
score-held = { $held } held back
score-everywhere = Everywhere { $percent } · { $votes ->
    [one] { $votes } vote
   *[other] { $votes } votes
} in { $servers } servers

# Why there is no community score.
votes-no-store = no votes on this machine
votes-unknown = not known here

entry-free = free
entry-paid = paid
entry-unknown = not known
entry-from = from { $price }
entry-from-per = from { $price } per { $per }
entry-checked = checked { $date }
entry-stale = checked { $date }, may be out of date
