# What went wrong, in words of the person in front of the screen. Each text says what to do next.

error-tool-id = “{ $id }” cannot be the id of a tool. Use small letters, digits and hyphens, at most 40, and do not begin with “srv-”.
error-category-id = “{ $id }” cannot be the id of a category. Use small letters, digits and hyphens, at most 40.

error-compare-too-few = Name at least { $min } tools to compare.
error-compare-too-many = A comparison takes up to { $max } tools; you named { $count }.
error-compare-same = { $tool } stands there twice. Name another tool to compare it with.

error-name-empty = Name a tool.
error-server-only = This works in servers only.
error-command-unknown = /{ $command } belongs to an earlier version of this bot. Type / to see what there is now.
error-menu-outdated = This belongs to an earlier state of things. Ask once more.
error-restarting = I am restarting and back in a moment. Ask once more then.
