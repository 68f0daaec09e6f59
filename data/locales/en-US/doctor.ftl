# What `tiebreaker doctor` says. A finding that is not good has two more texts: …-stops says what does not work because of
# it, …-fix what to do.

doctor-good = ok
doctor-note = note
doctor-broken = broken
doctor-what-stops = What stops: { $text }
doctor-what-to-do = What to do: { $text }
doctor-healthy = The bot can do its work{ $notes ->
    [0] .
    [one] ; one thing is worth a look.
   *[other] ; { $notes } things are worth a look.
}
doctor-unwell = { $broken ->
    [one] One thing is broken.
   *[other] { $broken } things are broken.
}

doctor-settings = all settings can be read
doctor-settings-wrong = { $why }
doctor-settings-wrong-stops = nothing starts with this setting.
doctor-settings-wrong-fix = correct it in the environment or in .env; .env.example says what each setting takes.

doctor-token = it belongs to the application { $name } ({ $id })
doctor-token-none = DISCORD_TOKEN is not set
doctor-token-none-stops = the bot cannot start. Comparing in the terminal works without a token.
doctor-token-none-fix = put the token of your application (developer portal, Bot, Reset Token) into the environment or into .env.
doctor-token-wrong = Discord does not accept DISCORD_TOKEN
doctor-token-wrong-stops = the bot cannot start.
doctor-token-wrong-fix = make a new token in the developer portal: your application, Bot, Reset Token.

doctor-reach = { $place } answers within { $ms } ms
doctor-reach-none = { $place } does not answer as it should: { $why }
doctor-reach-none-stops = the bot cannot start, and a running one cannot answer.
doctor-reach-none-fix = look at the network, a firewall or proxy, and at DISCORD_API_URL if it is set; discordstatus.com tells of outages.

doctor-intents = the bot needs no privileged intent, and none is on
doctor-intents-unneeded = switched on, but not needed: { $intents }
doctor-intents-unneeded-stops = nothing now; from 10,000 users on Discord reviews bots with privileged intents.
doctor-intents-unneeded-fix = switch them off in the developer portal: your application, Bot, Privileged Gateway Intents.

doctor-endpoint = the application has an interactions endpoint: { $url }
doctor-endpoint-stops = Discord sends slash commands and buttons to that address, and none to the bot.
doctor-endpoint-fix = empty “Interactions Endpoint URL” in the developer portal: your application, General Information.
doctor-code-grant = “Requires OAuth2 Code Grant” is switched on
doctor-code-grant-stops = nobody can add the bot to a server.
doctor-code-grant-fix = switch it off in the developer portal: your application, Bot.

doctor-gateway = { $url } takes connections
doctor-gateway-none = { $url } cannot be connected to: { $why }
doctor-gateway-none-stops = no command, mention or vote reaches the bot.
doctor-gateway-none-fix = let WebSocket connections to that address through firewall and proxy.
doctor-sessions = { $remaining } of { $total } sessions are left today
doctor-sessions-few = only { $remaining } of { $total } sessions are left today
doctor-sessions-few-stops = nothing now; at 0 the bot cannot connect until the day is over, and Discord resets the token of a bot that goes on trying.
doctor-sessions-few-fix = find out why it connects anew so often; its log says when sessions begin.
doctor-sessions-none = no session is left for another { $minutes } minutes
doctor-sessions-none-stops = the bot cannot connect until then.
doctor-sessions-none-fix = wait, and find out why it was started so often.
doctor-shards = SHARDS says { $shards }, Discord recommends { $wanted }
doctor-shards-stops = nothing now; a shard with more than { $most } servers is refused.
doctor-shards-fix = set SHARDS=auto.

doctor-commands = Discord holds the { $count } commands of this version
doctor-commands-differ = not the same at Discord: { $commands }
doctor-commands-differ-stops = people are not offered these commands, or in an earlier form.
doctor-commands-differ-fix = start the bot, or run: tiebreaker register
doctor-commands-bug = the commands cannot be written down: { $why }
doctor-commands-bug-stops = no command can be registered.
doctor-commands-bug-fix = this is a fault of the program; please report it.

doctor-permissions = nothing is missing in { $count ->
    [one] the one server
   *[other] the { $count } servers
} of the bot; channels may have rules of their own
doctor-permission-missing = { $permission } is missing in { $count ->
    [one] one server
   *[other] { $count } servers
}: { $servers }{ $more ->
    [0] {""}
   *[other] {" "}and { $more } more
}
doctor-permission-missing-fix = a member with Manage Roles can allow it there: Server Settings, Roles, the role of the bot.
doctor-servers-none = the bot is in no server
doctor-servers-none-stops = nobody can use it.
doctor-servers-none-fix = add it to a server: { $link }

doctor-store-opens = { $folder } opens: store { $store }, schema { $schema }, commit { $commit }
doctor-store-served = a bot runs on { $folder } and answers: store { $store }, schema { $schema }, commit { $commit }
doctor-store-none = there is none in { $folder } yet
doctor-store-none-stops = nothing; votes are kept from the first start on.
doctor-store-none-fix = start the bot, or import a catalog: tiebreaker run, tiebreaker import
doctor-store-folder = { $folder } cannot be made or written to: { $why }
doctor-store-folder-stops = the bot cannot start: there is no place for votes.
doctor-store-folder-fix = give this user the right to write there, or choose another folder with DATABASE_URL.
doctor-store-busy = another process has { $folder } open and does not answer
doctor-store-busy-stops = no second bot can start, and commands of the terminal do not see the votes.
doctor-store-busy-fix = stop that process, then look again.
doctor-store-refused = { $why }
doctor-store-refused-stops = the bot cannot start, and votes cannot be shown.
doctor-store-refused-fix = do as it says; take a copy of the folder before you change anything.
doctor-store-application = it belongs to the application { $found }, the token to { $given }
doctor-store-application-stops = the bot cannot start with this token: the cards are those of another bot.
doctor-store-application-fix = use the token of { $found }, or another folder (DATABASE_URL) for { $given }.

doctor-key-setting = VOTER_KEY has the fingerprint { $fingerprint }
doctor-key-file = { $file } has the fingerprint { $fingerprint }; it belongs in every backup
doctor-key-other = the store's voters were hashed with the key { $found }, the key at hand is { $given }
doctor-key-other-stops = the bot cannot start with this key: it would not know anybody's votes.
doctor-key-other-fix = put the right key file back, or set VOTER_KEY to the right key.
doctor-key-missing = { $file } holds no key; the store's has the fingerprint { $found }
doctor-key-missing-stops = the bot cannot start again: nobody's votes could be told apart.
doctor-key-missing-fix = put the key file back from a backup, or set VOTER_KEY.
doctor-key-open = others on this machine can read { $file }
doctor-key-open-stops = nothing; but with the key and the store they could find out who voted.
doctor-key-open-fix = chmod 600 { $file }

doctor-snapshots = { $count ->
    [one] one snapshot
   *[other] { $count } snapshots
}, the newest of { $taken }
doctor-snapshots-none = there is no snapshot yet
doctor-snapshots-none-stops = nothing now; a damaged store could not be restored.
doctor-snapshots-none-fix = leave the bot running: it takes one by itself. To have one now: tiebreaker export FILE
doctor-snapshots-unread = the snapshots cannot be listed: { $why }
doctor-snapshots-unread-stops = a damaged store could not be restored.
doctor-snapshots-unread-fix = give this user the right to read that folder.

doctor-catalog = { $starter } tools of the starter catalog, { $imported } imported records
doctor-catalog-empty = it is empty: the starter catalog is off and nothing was imported
doctor-catalog-empty-stops = there is nothing to compare.
doctor-catalog-empty-fix = set STARTER=on, or import tools: tiebreaker import
doctor-catalog-faulty = the starter catalog holds { $problems } mistakes
doctor-catalog-faulty-stops = tools with mistakes are left out.
doctor-catalog-faulty-fix = list the mistakes: tiebreaker check-data

doctor-metrics = METRICS_ADDR { $address } cannot be listened on: { $why }
doctor-metrics-stops = the bot cannot start.
doctor-metrics-fix = choose an address that is free, or leave METRICS_ADDR unset.
