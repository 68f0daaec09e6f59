# Short answers that only the asker sees.

notice-error = That did not work
notice-fault = Something went wrong on our side
notice-fault-id = It is in the log under the number { $id }. Try again, and quote that number if it stays.

notice-permissions = I am missing permissions in this channel
notice-permissions-fix = A member who may edit the channel can allow them under its permissions.

permission-view-channel = View Channel
permission-view-channel-why = without it no vote here reaches me, so no cards are posted.
permission-send-messages = Send Messages
permission-send-messages-why = without it I cannot answer when somebody mentions me.
permission-send-in-threads = Send Messages in Threads
permission-send-in-threads-why = without it I cannot answer when somebody mentions me in a thread.
permission-embed-links = Embed Links
permission-embed-links-why = without it cards are plain text.
permission-add-reactions = Add Reactions
permission-add-reactions-why = without it nobody can vote with one tap.
permission-read-message-history = Read Message History
permission-read-message-history-why = without it I cannot read the votes on a card, so no cards are posted.
