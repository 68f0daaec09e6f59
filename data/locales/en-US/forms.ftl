# Forms for moderators. Titles and labels: at most 45 characters, hints: at most 100.

form-review-title = Review of { $tool }
form-reviewer = Reviewer
form-reviewer-hint = Your own name, or a name of this server.
form-quote = Your reason
form-quote-hint = 1 to 1,000 characters. Everybody in this server can read it, with the reviewer's name.

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

form-details-title = Maker and price
form-category = Category
form-vendor = Maker
form-amount = Price
form-amount-hint = Digits with a point, such as 20 or 0.50.
form-currency = Currency
form-currency-hint = Three capitals, such as USD.
form-per = What the price buys
form-per-hint = Such as month, or seat and month.
form-note = Note on the price
form-note-hint = Such as: research licence. Up to 120 characters.
form-other = What you typed
