# The card of one tool, and all its reviews.

tool-made-by = { $category } · { $vendor }
tool-for = For
tool-against = Against
tool-no-reviews = No reviews yet.
tool-vote = React 🚢 to ship it, ⏭️ to skip it.
tool-vote-lacks-permission = Voting needs the permission Add Reactions in this channel.
tool-all-reviews = { $count ->
    [one] Read { $count } review
   *[other] Read all { $count } reviews
}
tool-server-made = Added by this server.

reviews-title = { $tool }: what reviewers say
reviews-from-server = from this server
reviews-page = Page { $page } of { $pages }
page-previous = Back
page-next = Next
