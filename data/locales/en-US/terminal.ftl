# What the terminal says.

terminal-ambiguous = “{ $typed }” could be { $tools }. Say which, for example: { $example }
terminal-unknown = There is no tool “{ $typed }”. The closest: { $tools }. If you meant the first: { $example }
terminal-unknown-far = There is no tool “{ $typed }”. The closest are { $tools }, and they are not close. List what there is with: tiebreaker top --limit 1000
terminal-unknown-nothing-near = There is no tool “{ $typed }”, and nothing like it. List what there is with: tiebreaker top --limit 1000
terminal-empty = A name is empty. Type what you remember of it, for example: tiebreaker { $command } cursor
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
find-export = This is an export of a store, not a catalog; take it back with: tiebreaker import

import-left-out = The field “{ $field }” means nothing here and was left out of { $records ->
    [one] { $records } record
   *[other] { $records } records
}.
import-cut = { $count ->
    [one] { $count } text was too long and was cut.
   *[other] { $count } texts were too long and were cut.
}
import-categories = { $count ->
    [one] { $count } category in words became an id.
   *[other] { $count } categories in words became ids.
}
import-alike = { $count ->
    [one] { $count } tool reads like another one of this import; people will be asked which they mean.
   *[other] { $count } tools read like another one of this import; people will be asked which they mean.
}
import-done = Imported: { $new } new, { $changed } changed, { $same } the same, { $refused } refused.
import-dry-run = Would import: { $new } new, { $changed } changed, { $same } the same, { $refused } refused. Nothing was changed.
import-refused = Nothing was imported: { $new } new, { $changed } changed, { $same } the same, { $refused } refused. Mend the lines above, or import the rest with --skip-bad.
import-nothing = There is no tool in { $source }; nothing was imported.
import-export-dry-run = This is a whole export of { $records } records. Nothing was changed.
import-export-done = { $records } records were put into the store.

export-done = { $records } records were written.

upkeep-good = No faults: { $tallies } tallies agree with { $marks } marks on { $cards } cards; { $others } other records.
upkeep-bad = { $faults ->
    [one] { $faults } fault
   *[other] { $faults } faults
} among { $tallies } tallies, { $marks } marks, { $cards } cards and { $others } other records. Take a snapshot back with: tiebreaker restore

recount-done = { $cards } cards compared with Discord: { $right } were right, { $marks } marks repaired, { $skipped } could not be read and were left as they are.

forget-done = Erased in { $servers ->
    [one] { $servers } server
   *[other] { $servers } servers
}: { $marks } marks, { $subscriptions } subscriptions, the name in { $changes } changes. A reaction given from now on counts again.

restore-unknown = There is no snapshot “{ $snapshot }”, and no such file. List the snapshots with: tiebreaker restore
restore-done = { $snapshot } stands in the place of the store: { $records } records. What was there was set aside.
restore-none = There are no snapshots in { $folder }.
restore-size = { $kilobytes } kB
restore-how = Put one back with: tiebreaker restore NAME (or latest). Stop the bot first.
