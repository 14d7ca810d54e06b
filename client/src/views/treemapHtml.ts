import { randomBytes } from "node:crypto";

/** Addresses of what the page of a treemap is made of, as its webview reaches them. */
export interface TreemapParts {
  readonly script: string;
  readonly style: string;
  /** Where the webview's own files come from, for the policy. */
  readonly cspSource: string;
}

/** The page of a treemap: our own script and style, no inline code, no other source, no network. */
export function treemapHtml({ script, style, cspSource }: TreemapParts): string {
  const nonce = randomBytes(16).toString("hex");
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>Treemap</title>
  </head>
  <body>
    <div id="page"></div>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
