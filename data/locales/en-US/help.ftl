# Help, two screens.

help-title = Tiebreaker: A or B, which one should we ship with?
help-title-moderators = Tiebreaker for moderators
help-intro = Compare two to four tools: what a panel of reviewers says, what this server says, what it costs to start, and an honest call.
help-intro-moderators = For members with Manage Server, or with the role that counts as moderator here. What you add is seen in this server only.
help-vote = Vote with the reactions on a tool's card: 🚢 to ship it, ⏭️ to skip it. Your newest reaction counts, on whichever card of that tool it stands.

help-commands = Commands
help-compare = puts two to four tools side by side
help-tool = shows one tool's card and its reviews
help-top = ranks tools by votes or by the panel
help-reviewer = what one reviewer ships and skips
help-privacy = what is stored about you, as a file, or erased
help-mention = asks the same in your own words
help-menu = in the menu of a message: compares the tools it names

help-review = a verdict with a reason, seen here
help-tools = this server's own entries
help-history = who changed what, with undo
help-wanted = names people asked for that are missing
help-digest = a regular post of what moved
help-setup = permissions, moderators, rules for votes
help-recount = compares cards with the reactions on them

help-scores = How scores are read
help-scores-text = A score always shows its count. Under 5 votes it is called early. The community leans to a tool when it is at least 95% likely that its ship rate is the highest; below that it is too close to call. Reactions can be seen by everybody in the channel, as always; no name is stored with them.

help-to-moderators = For moderators
help-to-everybody = For everybody
help-hint = Ask me “A vs B”, or use /compare. More: /help
