# Forms for moderators. Titles and labels: at most 45 characters, hints: at most 100.

form-review-title = Review of { $tool }
form-quote = Your reason
form-quote-hint = 1 to 1,000 characters. Everybody in this server can read it, with your name or the reviewer's.

form-add-tool-title = Add a tool to this server
form-edit-tool-title = Change { $tool }
form-name = Name
form-aliases = Other names people type
form-aliases-hint = Separated by commas.
form-tagline = What it is, in one line
form-tagline-hint = Up to 100 characters.
form-description = What it does, in two or three sentences
form-description-hint = Up to 600 characters.
form-link = Official page
form-link-hint = Begins with https://
