# What the bot says around its cards.

compare-card-stands = Vote on { $tool }
compare-quiet-member = You asked often within a minute, so only you see this one and no new cards were posted.
compare-quiet-channel = This channel had many comparisons within a minute, so only you see this one and no new cards were posted.
# $tools is "Cursor and Ollama".
compare-rest = Compare { $tools }
compare-pick-rest = { $count ->
    [one] One more name to pick
   *[other] { $count } more names to pick
}
mention-unclear = I am not sure which tools you mean.
mention-ask-back = Choose, only you see it
mention-quiet = That was a lot within a minute. Use /compare: then only you see the answer.
