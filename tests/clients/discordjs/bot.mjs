// A small bot on discord.js. What it does and what it writes is the same as in ../discordpy/bot.py.
import {
  ActionRowBuilder,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";

const TOOLS = ["Axolotl", "Axon", "Haiku"];
const tell = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMessageReactions],
  rest: { api: `${process.env.DISCORD_API}/api` },
});

const COMMANDS = [
  {
    name: "ask",
    description: "Asks about a tool",
    options: [{ type: 3, name: "tool", description: "Its name", required: true, autocomplete: true }],
  },
  { name: "card", description: "Posts a card" },
  { name: "form", description: "Opens a form" },
  { name: "Look at this", type: ApplicationCommandType.Message },
];

client.once(Events.ClientReady, async () => {
  const registered = await client.application.commands.set(COMMANDS);
  // Servers arrive one by one after the first event.
  const guilds = client.guilds.cache.map((guild) => guild.name).sort();
  tell("ready", { name: client.user.username, guilds, commands: registered.map((command) => command.name).sort() });
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused().toLowerCase();
    const found = TOOLS.filter((tool) => tool.toLowerCase().startsWith(typed));
    await interaction.respond(found.map((tool) => ({ name: tool, value: tool.toLowerCase() })));
  } else if (interaction.isMessageContextMenuCommand()) {
    await interaction.reply({
      content: `It says: ${interaction.targetMessage.content}`,
      flags: MessageFlags.Ephemeral,
      allowedMentions: { parse: [] },
    });
  } else if (interaction.isChatInputCommand()) {
    await command(interaction);
  } else if (interaction.isButton()) {
    await interaction.update({ content: `More about ${interaction.customId.slice("more:".length)}.`, components: [] });
  } else if (interaction.isModalSubmit()) {
    const quote = interaction.fields.getTextInputValue("quote");
    await interaction.reply({ content: `You wrote: ${quote}`, flags: MessageFlags.Ephemeral });
    await interaction.followUp({ content: "And a follow-up." });
    await interaction.editReply({ content: `You wrote: ${quote} (kept)` });
  }
});

async function command(interaction) {
  if (interaction.commandName === "ask") {
    const tool = interaction.options.getString("tool", true);
    const more = new ButtonBuilder().setCustomId(`more:${tool}`).setLabel("More").setStyle(ButtonStyle.Primary);
    await interaction.reply({
      content: `You asked for ${tool}.`,
      embeds: [new EmbedBuilder().setTitle(tool).setColor(0x3355ff).addFields({ name: "Panel", value: "75%" })],
      components: [new ActionRowBuilder().addComponents(more)],
    });
  } else if (interaction.commandName === "form") {
    const quote = new TextInputBuilder()
      .setCustomId("quote")
      .setStyle(TextInputStyle.Paragraph)
      .setMinLength(3)
      .setMaxLength(200);
    const label = new LabelBuilder().setLabel("Your quote").setTextInputComponent(quote);
    await interaction.showModal(new ModalBuilder().setCustomId("form").setTitle("Your words").addLabelComponents(label));
  } else if (interaction.commandName === "card") {
    await interaction.deferReply();
    const card = await interaction.editReply({ content: "A card" });
    await card.react("🚢");
    await card.react("⏭️");
    const plain = await interaction.channel.send({
      content: "A plain message.",
      reply: { messageReference: card.id },
      files: [{ attachment: Buffer.from("a note"), name: "note.txt" }],
      allowedMentions: { parse: [] },
    });
    tell("card", { message: card.id, plain: plain.id, file: plain.attachments.first().name });
  }
}

for (const [event, added] of [
  [Events.MessageReactionAdd, true],
  [Events.MessageReactionRemove, false],
]) {
  client.on(event, (reaction, user) => {
    if (user.id !== client.user.id) tell("reaction", { added, emoji: reaction.emoji.name, user: user.id });
  });
}

client.on(Events.MessageCreate, async (message) => {
  if (message.author.bot || !message.mentions.has(client.user)) return;
  if (message.content.endsWith("count")) {
    await count(message);
  } else if (message.content.endsWith("stop")) {
    tell("bye");
    await client.destroy();
  }
});

// Reads who reacted in pages of two, writes it onto the card, and clears up.
async function count(message) {
  const card = await message.fetchReference();
  const lines = [];
  for (const reaction of card.reactions.cache.values()) {
    const names = [];
    let after;
    for (;;) {
      const page = await reaction.users.fetch({ limit: 2, after });
      names.push(...page.filter((user) => !user.bot).map((user) => user.username));
      if (page.size < 2) break;
      after = page.lastKey();
    }
    lines.push(`${reaction.emoji.name} ${reaction.count}: ${names.sort().join(", ")}`);
  }
  await card.edit({ content: lines.join("\n") });
  await card.reactions.cache.find((reaction) => reaction.emoji.name === "⏭️").remove();
  await message.reply({ content: "Counted.", allowedMentions: { repliedUser: false } });
}

client.on(Events.ShardResume, (shard, replayed) => tell("resumed", { shard, replayed }));
client.on(Events.Error, (error) => tell("error", { text: String(error) }));
process.on("unhandledRejection", (error) => tell("error", { text: String(error?.stack ?? error) }));

await client.login(process.env.DISCORD_TOKEN);
