"""A small bot on discord.py. What it does and what it writes is the same as in ../discordjs/bot.mjs."""

import io
import json
import logging
import os
import traceback
import urllib.request

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = f"{os.environ['DISCORD_API']}/api/v10"
# The library asks REST for the gateway, but falls back to a built-in address after a lost session.
with urllib.request.urlopen(f"{discord.http.Route.BASE}/gateway") as answer:
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(json.load(answer)["url"])
TOOLS = ["Axolotl", "Axon", "Haiku"]


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


intents = discord.Intents.none()
intents.guilds = intents.guild_messages = intents.guild_reactions = True
client = discord.AutoShardedClient(intents=intents, allowed_mentions=discord.AllowedMentions.none())
tree = app_commands.CommandTree(client)


class More(discord.ui.View):
    def __init__(self, tool):
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="More", style=discord.ButtonStyle.primary, custom_id=f"more:{tool}"))


class Form(discord.ui.Modal, title="Your words"):
    quote = discord.ui.TextInput(
        label="Your quote", custom_id="quote", style=discord.TextStyle.paragraph, min_length=3, max_length=200
    )

    async def on_submit(self, interaction):
        text = f"You wrote: {self.quote.value}"
        await interaction.response.send_message(text, ephemeral=True)
        await interaction.followup.send("And a follow-up.")
        await interaction.edit_original_response(content=f"{text} (kept)")


@tree.command(name="ask", description="Asks about a tool")
@app_commands.describe(tool="Its name")
async def ask(interaction, tool: str):
    embed = discord.Embed(title=tool, color=0x3355FF).add_field(name="Panel", value="75%")
    await interaction.response.send_message(f"You asked for {tool}.", embed=embed, view=More(tool))


@ask.autocomplete("tool")
async def complete(interaction, typed):
    return [app_commands.Choice(name=t, value=t.lower()) for t in TOOLS if t.lower().startswith(typed.lower())]


@tree.command(name="form", description="Opens a form")
async def form(interaction):
    await interaction.response.send_modal(Form(custom_id="form"))


@tree.command(name="card", description="Posts a card")
async def card(interaction):
    await interaction.response.defer()
    message = await interaction.edit_original_response(content="A card")
    # As the application, not as the webhook of the interaction: reactions need the channel.
    posted = interaction.channel.get_partial_message(message.id)
    await posted.add_reaction("🚢")
    await posted.add_reaction("⏭️")
    file = discord.File(io.BytesIO(b"a note"), filename="note.txt")
    plain = await interaction.channel.send("A plain message.", reference=posted, file=file)
    tell("card", message=str(message.id), plain=str(plain.id), file=plain.attachments[0].filename)


@tree.context_menu(name="Look at this")
async def look(interaction, message: discord.Message):
    await interaction.response.send_message(f"It says: {message.content}", ephemeral=True)


@client.event
async def on_interaction(interaction):
    custom_id = (interaction.data or {}).get("custom_id", "")
    if interaction.type is discord.InteractionType.component and custom_id.startswith("more:"):
        tool = custom_id.removeprefix("more:")
        await interaction.response.edit_message(content=f"More about {tool}.", view=None)


@client.event
async def on_ready():
    registered = await tree.sync()
    guilds = sorted(guild.name for guild in client.guilds)
    tell("ready", name=client.user.name, guilds=guilds, commands=sorted(command.name for command in registered))


def told(payload, added):
    if payload.user_id != client.user.id:
        tell("reaction", added=added, emoji=payload.emoji.name, user=str(payload.user_id))


@client.event
async def on_raw_reaction_add(payload):
    told(payload, True)


@client.event
async def on_raw_reaction_remove(payload):
    told(payload, False)


@client.event
async def on_message(message):
    if message.author.bot or client.user not in message.mentions:
        return
    if message.content.endswith("count"):
        await count(message)
    elif message.content.endswith("stop"):
        tell("bye")
        await client.close()


async def count(message):
    """Reads who reacted (the library turns the pages), writes it onto the card, and clears up."""
    posted = await message.channel.fetch_message(message.reference.message_id)
    lines = []
    for reaction in posted.reactions:
        names = [user.name async for user in reaction.users(limit=None) if not user.bot]
        lines.append(f"{reaction.emoji} {reaction.count}: {', '.join(sorted(names))}")
    await posted.edit(content="\n".join(lines))
    await posted.clear_reaction("⏭️")
    await message.reply("Counted.", mention_author=False)


@client.event
async def on_shard_resumed(shard):
    tell("resumed", shard=shard)


@client.event
async def on_error(event, *_):
    tell("error", text=f"{event}: {traceback.format_exc()}")


@tree.error
async def on_command_error(_, error):
    tell("error", text="".join(traceback.format_exception(error)))


client.run(os.environ["DISCORD_TOKEN"], log_level=logging.WARNING)
