# A name that is not one tool.

find-unsure = Which one is { $typed }?
find-unknown = { $typed } is not in the catalog
find-closest = The closest names:
find-remembered = Moderators of this server see which names were asked for.
find-pick = Pick a tool
find-rival = Compare with { $tool }
