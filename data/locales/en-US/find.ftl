# A name that is not one tool.

find-unsure = Which one is { $typed }?
find-unknown = { $typed } is not in the catalog
find-closest = The closest names:
find-remembered = It is noted for the moderators of this server, without your name.
find-pick = Pick a tool
find-rival = Compare with { $tool }
