# Comparing cards with the reactions on them.

recount-runs = A recount of this server is running already. Wait for its answer.
recount-begins = Reading the reactions on the cards of this server
recount-goes-on = { $done } of { $total } cards compared
recount-right = Every card is right
recount-differs = { $count ->
    [one] One card differs from its reactions
   *[other] { $count } cards differ from their reactions
}
recount-repaired = { $count ->
    [0] Nothing had to be changed
    [one] One card was made right
   *[other] { $count } cards were made right
}
recount-compared = { $count ->
    [0] There were no cards to compare.
    [one] One card was compared.
   *[other] { $count } cards were compared.
}
recount-gone = { $count ->
    [one] One is deleted; its votes stay until those members vote again.
   *[other] { $count } are deleted; their votes stay until those members vote again.
}
recount-unreadable = { $count ->
    [one] One could not be read and stays as it is.
   *[other] { $count } could not be read and stay as they are.
}
recount-left = { $count ->
    [one] There was no time for one, the oldest. Use /recount again.
   *[other] There was no time for { $count }, the oldest. Use /recount again.
}
recount-on-cards = { $count ->
    [one] on one card
   *[other] on { $count } cards
}
recount-kinds = same votes, given in another way
recount-more = { $count ->
    [one] and one more tool
   *[other] and { $count } more tools
}
recount-not-yet = Nothing was changed yet.
recount-apply = Make them right
