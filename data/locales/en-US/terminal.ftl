# What the terminal says.

terminal-ambiguous = “{ $typed }” could be { $tools }. Say which, for example: { $example }
terminal-unknown = There is no tool “{ $typed }”. The closest: { $tools }. If you meant the first: { $example }
terminal-unknown-nothing-near = There is no tool “{ $typed }”, and nothing like it. List what there is with: tiebreaker top --limit 1000
terminal-category = There is no category “{ $typed }”. There are { $known }.
terminal-category-near = There is no category “{ $typed }”. Did you mean { $near }? There are { $known }.
terminal-other-reviews = What the others say
terminal-top-by-panel = Ordered by the panel, as no votes are known; --by community orders by votes.
terminal-top-nothing = Nothing has a score here yet.
terminal-of = { $ship } of { $total }

votes-store-busy = the store is busy
votes-store-refused = the store does not open

find-match = “{ $query }” is { $tool }
find-ambiguous = “{ $query }” could be one of these
find-none = “{ $query }” is no tool; the closest
find-nothing = “{ $query }” is no tool, and nothing is like it
