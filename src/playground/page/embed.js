// Embeds and files of a message. Nothing is loaded from elsewhere: a picture with a foreign address is a link.

import { h, icon } from "./dom.js";
import { safeLink } from "./links.js";
import { richLine, richMessage } from "./rich.js";
import { stamp } from "./time.js";

const INLINE_IN_A_ROW = 3;

/** One embed. */
export function drawEmbed(embed, attachments) {
  const box = h("div", { class: "embed" });
  if (Number.isInteger(embed.color))
    box.style.borderInlineStartColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  const title =
    embed.title &&
    h(
      "div",
      { class: "embed-title" },
      embed.url ? safeLink(embed.url, richLine(embed.title)) : richLine(embed.title),
    );
  const thumbnail =
    embed.thumbnail && picture(embed.thumbnail.url, attachments, "embed-thumbnail", "Thumbnail");
  box.append(
    h(
      "div",
      { class: "embed-grid" },
      h(
        "div",
        { class: "embed-main" },
        embed.provider?.name && h("div", { class: "embed-provider", text: embed.provider.name }),
        embed.author?.name &&
          h(
            "div",
            { class: "embed-author" },
            embed.author.url ? safeLink(embed.author.url, embed.author.name) : embed.author.name,
          ),
        title,
        embed.description && h("div", { class: "embed-description" }, richMessage(embed.description, false)),
        embed.fields?.length > 0 &&
          h(
            "div",
            { class: "embed-fields" },
            rowsOf(embed.fields).map((row) =>
              h("div", { class: row.inline ? "embed-row inline" : "embed-row" }, row.fields.map(field)),
            ),
          ),
      ),
      thumbnail,
    ),
  );
  if (embed.image) box.append(picture(embed.image.url, attachments, "embed-image", "Picture"));
  const foot = [embed.footer?.text, embed.timestamp && stamp(Date.parse(embed.timestamp))]
    .filter(Boolean)
    .join(" • ");
  if (foot) box.append(h("div", { class: "embed-footer", text: foot }));
  return box;
}

/** Fields beside each other go three to a row; every other field has a row of its own. */
function rowsOf(fields) {
  const rows = [];
  for (const one of fields) {
    const last = rows.at(-1);
    if (one.inline && last?.inline && last.fields.length < INLINE_IN_A_ROW) last.fields.push(one);
    else rows.push({ inline: one.inline === true, fields: [one] });
  }
  return rows;
}

const field = ({ name, value }) =>
  h(
    "div",
    { class: "embed-field" },
    h("div", { class: "embed-field-name" }, richLine(name)),
    h("div", { class: "embed-field-value" }, richMessage(value, false)),
  );

/** Where a file of a message is here; null for every other address. */
function local(url, attachments = []) {
  if (url?.startsWith("attachment://")) {
    const name = url.slice("attachment://".length);
    return local(attachments.find((file) => file.filename === name)?.url);
  }
  try {
    const { pathname } = new URL(url, location.origin);
    return pathname.startsWith("/attachments/") ? pathname : null;
  } catch {
    return null;
  }
}

/** A picture of a message, or a link to where it would be. */
export function picture(url, attachments, className, alt) {
  const src = local(url, attachments);
  if (src) return h("img", { src, alt, class: className, loading: "lazy" });
  return h("div", { class: "embed-elsewhere" }, safeLink(url ?? "", `${alt} (not loaded)`));
}

/** The files that stand by themselves: a picture within an embed is not shown a second time. */
export function ownFiles(message) {
  const used = JSON.stringify([message.embeds, message.components]);
  return message.attachments.filter(
    (file) => !used.includes(JSON.stringify(`attachment://${file.filename}`)),
  );
}

/** One file. */
export function drawAttachment(file) {
  const src = local(file.url);
  if (src && /^image\/(png|jpe?g|gif|webp)$/.test(file.content_type ?? "")) {
    return h("img", {
      src,
      alt: file.description ?? file.filename,
      class: "attachment-image",
      loading: "lazy",
    });
  }
  return h(
    "div",
    { class: "attachment" },
    icon("file"),
    h(
      "div",
      { class: "attachment-text" },
      src
        ? h("a", { href: src, download: file.filename, text: file.filename })
        : h("span", { text: file.filename }),
      h("small", { text: size(file.size) }),
    ),
  );
}

function size(bytes) {
  if (bytes < 1_024) return `${bytes} bytes`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(2)} KB`;
  return `${(bytes / 1_048_576).toFixed(2)} MB`;
}
