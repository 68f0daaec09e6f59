# Mistakes in catalog files. Each text stands behind "file:line: field:" and says what is wrong and what to write instead.

check-syntax = this is not { $format }: { $detail }
check-top-field = this does not belong at the top of a file with lists; put tools under “tools” and reviewers under “reviewers”
check-csv-header = the first line must name the columns, among them “name” or “id”; found: { $found }
check-csv-cells = this line has { $count } cells and there are { $columns } columns; put cells that hold commas in quotes
check-more = … and { $count } more

check-unknown-field = no such field; take it out (known here: { $known })
check-unknown-field-near = no such field; did you mean “{ $guess }”?
check-missing = this must be there; add it
check-field-twice = this field stands here twice; keep one
check-kind = { $wanted ->
    [text] a text in quotes
    [list] a list in brackets
    [table] a table
   *[other] another kind of value
} belongs here, and this is { $got ->
    [text] a text
    [number] a number
    [flag] true or false
    [day] a day
    [time] a time
    [list] a list
    [table] a table
   *[other] nothing
}

check-hostile = character { $at } is { $code }, which is invisible or a control character; take it out
check-spaces = there is a space at the beginning or the end; take it out
check-short = { $count ->
    [0] this is empty; write at least { $min ->
        [one] one character
       *[other] { $min } characters
    }
   *[other] this has { $count } characters; write at least { $min }
}
check-long = this has { $count } characters and { $max } fit; take out { $over }
check-many = there are { $count } and { $max } fit
check-item-twice = “{ $text }” stands here twice; keep one

check-id = “{ $id }” is no id; use small letters, digits and hyphens, at most 40, not beginning with “srv-” (for a tool with a file of its own: rename the file)
check-id-differs = the id is “{ $id }”, but the file's name says “{ $file }”; leave the id out or rename the file
check-id-twice = “{ $id }” stands in { $first } already; give this tool another id
check-category-form = “{ $id }” is no id of a category; use small letters, digits and hyphens, at most 40
check-category = there is no category “{ $id }”; choose one of { $known }
check-category-near = there is no category “{ $id }”; did you mean “{ $guess }”?
check-also-category = “{ $category }” is the category itself already; take it out here
check-link = “{ $link }” is no address of a page; write https://… without spaces
check-lang = “{ $lang }” is no language tag; write one such as en, de or pt-BR

check-entry-kind = “{ $got }” is neither “free” nor “paid”; write “free” when one can start without paying
check-amount = “{ $got }” is no amount; write digits with a point, such as “20” or “0.50”
check-currency = “{ $got }” is no currency; write three capitals, such as USD
check-needs = this says nothing without { $other }; add that or take this out

check-day = this is no day; write YEAR-MONTH-DAY, such as { $today }
check-day-quoted = days stand without quotes in TOML; write { $day }
check-future = { $day } lies in the future (today is { $today }); write the day on which it was so

check-reviewer = there is no reviewer “{ $id }”; choose one of { $known }
check-reviewer-near = there is no reviewer “{ $id }”; did you mean “{ $guess }”?
check-reviewer-twice = “{ $id }” has spoken about this tool already; keep one of the two reviews
check-reviewer-id-twice = there is a reviewer “{ $id }” already; give this one another id
check-verdict = “{ $got }” is neither “ship” nor “skip”

check-no-letters = “{ $name }” holds no letter and no digit, so nobody could type it; write another name
check-name-twice = “{ $name }” and “{ $other }” of this tool read the same ({ $folded }); take one out
check-name-taken = “{ $name }” reads like “{ $other }” in { $file } ({ $folded }); nobody could tell them apart, so change one
check-formerly-now = “{ $id }” is the id of { $now } today; an earlier id must be free
check-formerly-twice = “{ $id }” is an earlier id in { $first } already; votes can move to one tool only

check-no-files = { $folder } holds no catalog files (.toml, .json, .jsonl, .csv, .tsv)
check-good = No mistakes: { $tools ->
    [one] { $tools } tool
   *[other] { $tools } tools
}, { $reviewers ->
    [one] { $reviewers } reviewer
   *[other] { $reviewers } reviewers
}, { $reviews ->
    [one] { $reviews } review
   *[other] { $reviews } reviews
} in { $files ->
    [one] { $files } file
   *[other] { $files } files
}.
check-bad = { $problems ->
    [one] { $problems } mistake
   *[other] { $problems } mistakes
} in { $files ->
    [one] { $files } file
   *[other] { $files } files
}.
