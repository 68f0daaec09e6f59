// The only place that speaks to the server: commands of members, looking around, faults, typing.

/** A command that was not carried out. `kind` is `refused`, `not_possible`, `no_response`, `timed_out`, `bad_command` or `offline`. */
export class NotDone extends Error {
  constructor(kind, message, discord) {
    super(message);
    this.kind = kind;
    this.discord = discord;
  }

  /** In words for the person who tried. */
  get words() {
    if (this.kind === "no_response") return "The application did not respond";
    if (this.kind === "offline") return "The simulator does not answer. Is `tiebreaker play` still running?";
    if (this.discord?.message) return this.discord.message;
    const text = this.message.replace(/^(refused|not possible): /, "");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
}

/** Carries out one command of the control interface and gives its result. */
export async function control(command) {
  const answer = await request("/control", command);
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const { kind = "refused", message = `status ${answer.status}`, discord } = body.error ?? {};
  throw new NotDone(kind, message, discord);
}

/** Servers, channels, roles, members. */
export const world = () => read("/control/world");

/** Who is here to be, and what this run is. */
export const info = () => read("/play/info");

/** Starts or ends a fault; gives how things stand. */
export async function fault(body) {
  const answer = await request("/play/fault", body);
  if (!answer.ok) throw new NotDone("refused", await answer.text());
  return answer.json();
}

/** Tells the others in the channel that this person writes. Nothing depends on it. */
export function typing(as, channel) {
  request("/control", { do: "typing", as, channel }).catch(() => {});
}

async function read(path) {
  let answer;
  try {
    answer = await fetch(path);
  } catch {
    throw new NotDone("offline", "no answer");
  }
  if (!answer.ok) throw new NotDone("refused", `${path}: status ${answer.status}`);
  return answer.json();
}

async function request(path, body) {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new NotDone("offline", "no answer");
  }
}
