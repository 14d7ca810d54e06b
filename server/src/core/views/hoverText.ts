import type { CardRow, CardTable, HoverCard } from "./hoverCard.ts";
import { codeSpan, escapeMarkdown, pathSpan } from "./markdown.ts";
import { escapeSteering, fitPath } from "./reportCells.ts";

/** Ready URIs that lead from a card to where there is more to see; absent for clients without them. */
export interface CardLinks {
  /** Shows the card's row in the layer tree. */
  readonly reveal?: string | undefined;
  /** Shows what its layer is made of. */
  readonly treemap?: string | undefined;
  /** Shows what grew since the last build. */
  readonly grown?: string | undefined;
  /** Opens a file of a layer. */
  readonly openFile?: ((path: string, layer: number) => string) | undefined;
}

/** A hover as Markdown. */
export function cardToMarkdown(
  card: HoverCard,
  { reveal, treemap, grown, openFile }: CardLinks = {},
): string {
  const links = [
    ...(reveal === undefined ? [] : [`[Show in the layer tree](${reveal})`]),
    ...(treemap === undefined ? [] : [`[Show as a treemap](${treemap})`]),
    ...(grown === undefined ? [] : [`[Show what grew](${grown})`]),
  ];
  const facts = card.facts.map(
    ({ label, value, isCode }) =>
      `- ${label}: ${isCode === true ? codeSpan(value) : escapeMarkdown(value)}`,
  );
  const lists = card.lists.map(({ heading, rows }) =>
    [
      `${escapeMarkdown(heading)}:`,
      "",
      ...rows.map((row) => `- ${escapeMarkdown(row.text)}${pathOfRow(row, openFile)}`),
    ].join("\n"),
  );
  return [
    `**${escapeMarkdown(card.title)}**`,
    ...(facts.length === 0 ? [] : [facts.join("\n")]),
    ...lists,
    ...(card.tables ?? []).map(tableToMarkdown),
    ...(card.notes.length === 0 ? [] : [card.notes.map(escapeMarkdown).join("  \n")]),
    ...(links.length === 0 ? [] : [links.join(" · ")]),
  ].join("\n\n");
}

/** A longer path is shown and not linked: a client cuts off what would not fit into a hover. */
const longestLinked = 400;

function pathOfRow({ path, fileIn }: CardRow, openFile: CardLinks["openFile"]): string {
  if (path === undefined) return "";
  const shown = pathSpan(path);
  const isLinked = openFile !== undefined && fileIn !== undefined && path.length <= longestLinked;
  return isLinked ? ` [${shown}](${openFile(path, fileIn)})` : ` ${shown}`;
}

function tableToMarkdown({ heading, columns, rows }: CardTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [
    `${escapeMarkdown(heading)}:`,
    "",
    line(columns),
    `|${columns.map(() => "---").join("|")}|`,
    ...rows.map(line),
  ].join("\n");
}

function tableToPlainText({ heading, columns, rows }: CardTable): readonly string[] {
  return [
    `${heading}:`,
    ...rows.map((cells) =>
      columns
        .map((column, index) => [column, cells[index] ?? ""] as const)
        .filter(([, cell]) => cell !== "")
        .map(([column, cell], index) => (index === 0 ? `  ${cell}` : `${column}: ${cell}`))
        .map(escapeSteering)
        .join(", "),
    ),
  ];
}

/** A hover for clients that show no Markdown. */
export function cardToPlainText(card: HoverCard): string {
  return [
    escapeSteering(card.title),
    ...card.facts.map(({ label, value }) => `${label}: ${escapeSteering(value)}`),
    ...card.lists.flatMap(({ heading, rows }) => [
      `${heading}:`,
      ...rows.map(
        ({ text, path }) =>
          `  ${text}${path === undefined ? "" : ` ${fitPath(escapeSteering(path), 64)}`}`,
      ),
    ]),
    ...(card.tables ?? []).flatMap(tableToPlainText),
    ...card.notes.map(escapeSteering),
  ].join("\n");
}
