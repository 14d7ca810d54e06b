/** How an image came to stand for a Dockerfile, in the order in which they win. DESIGN §5. */
export type ChosenBy = "directive" | "setting" | "remembered" | "history";

/** What is known of how a Dockerfile's image was found and how far reading has come; made by the server, shown by the views. */
export interface ImageContext {
  /** `none`: no image belongs to it · `looking`: being found · `reading`: described, files being read · `read`: all there · `failed`: see message · `untrusted`: not looked for. */
  readonly state: "none" | "looking" | "reading" | "read" | "failed" | "untrusted";
  /** As the user wrote it. */
  readonly reference?: string;
  readonly chosenBy?: ChosenBy;
  /** One sentence for a person, saying what to do next; in `none` and `failed`. Quotes facts from outside unescaped. */
  readonly message?: string;
}

/** How the image was chosen, for people; plain text. */
export function chosenByText(chosenBy: ChosenBy): string {
  switch (chosenBy) {
    case "directive":
      return "named by the tare comment in this file";
    case "setting":
      return "named by the setting tare.images";
    case "remembered":
      return "chosen by you";
    case "history":
      return "matched by its history: no comment or setting names an image for this file";
  }
}
